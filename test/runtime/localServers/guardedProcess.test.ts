import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import {
  readServerRecord,
  startGuarded,
  withServerFolder,
} from '../../../src/runtime/localServers/guardedProcess.ts';
import { identify } from '../../../src/runtime/localServers/processIdentity.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { goneAfter, startOwner } from './ownerProgram.ts';

const DEAF = ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done'];

function start(dir: string, command: string, ...args: string[]) {
  return withServerFolder('test', dir, () =>
    startGuarded({ name: 'test', dir, command, args, output: join(dir, 'out'), ports: { some: 20_001 } }),
  );
}

async function guardianOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]);
  return Number(stdout);
}

test('a process is recorded while it runs and gone after stop', async () => {
  const dir = temporaryFolder('guarded');
  const server = await start(dir, '/bin/sleep', '600');
  expect(await readServerRecord(dir)).toMatchObject({
    server: { pid: server.pid },
    owner: { pid: process.pid },
    ports: { some: 20_001 },
  });
  await server.stop();
  expect(await server.exited).toBe('signal SIGTERM');
  expect(await identify(server.pid)).toBeUndefined();
});

test('a command that does not exist fails with its name', async () => {
  await expect(start(temporaryFolder('guarded'), '/nowhere/server')).rejects.toMatchObject({
    code: 'TL_SERVER_START',
    message: expect.stringContaining('ENOENT'),
  });
});

test('a second start in a folder whose server runs is refused, and the first goes on', async () => {
  const dir = temporaryFolder('guarded');
  const first = await start(dir, '/bin/sleep', '600');
  await expect(start(dir, '/bin/sleep', '600')).rejects.toThrow(/runs in .* already, under process/);
  expect(await identify(first.pid)).toBeDefined();
  await first.stop();
});

test('two programs that start in one folder at once: one gets it', async () => {
  const dir = temporaryFolder('guarded');
  const both = await Promise.allSettled([start(dir, '/bin/sleep', '600'), start(dir, '/bin/sleep', '600')]);
  const won = both.filter((result) => result.status === 'fulfilled');
  expect(won).toHaveLength(1);
  await won[0]?.value.stop();
});

test('when its program is killed, a server that ignores SIGTERM goes with its children', async () => {
  const dir = temporaryFolder('guarded');
  const { owner, told } = await startOwner<{ pid: number }>('idleOwner.ts', [dir, ...DEAF]);
  const guardian = await guardianOf(told.pid);
  owner.kill('SIGKILL');
  expect(await goneAfter([told.pid, guardian], 8_000)).toBeGreaterThan(1_000);
});

test('when program and guardian are killed together, the next start ends the stray server first', async () => {
  const dir = temporaryFolder('guarded');
  const { owner, told } = await startOwner<{ pid: number }>('idleOwner.ts', [dir, '/bin/sleep', '600']);
  // Stopped first, so that the owner cannot see its guardian die and end the server itself.
  owner.kill('SIGSTOP');
  process.kill(await guardianOf(told.pid), 'SIGKILL');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(await identify(told.pid)).toBeDefined();
  const next = await start(dir, '/bin/sleep', '600');
  const left = await identify(told.pid);
  await next.stop();
  expect(left).toBeUndefined();
});

test('when only the guardian is killed, the program ends the server', async () => {
  const dir = temporaryFolder('guarded');
  const server = await start(dir, '/bin/sleep', '600');
  process.kill(await guardianOf(server.pid), 'SIGKILL');
  expect(await server.exited).toBe('the guardian was ended');
  await goneAfter([server.pid], 2_000);
});

test('a process that has the number of a dead server by chance is left alone', async () => {
  const dir = temporaryFolder('guarded');
  const server = await start(dir, '/bin/sleep', '600');
  const record = await readServerRecord(dir);
  await server.stop();
  const bystander = await start(temporaryFolder('guarded'), '/bin/sleep', '600');
  const wrong = { ...record, server: { ...record?.server, pid: bystander.pid } };
  await writeFile(join(dir, 'server.json'), JSON.stringify(wrong));
  await (await start(dir, '/bin/sleep', '600')).stop();
  expect(await identify(bystander.pid)).toBeDefined();
  await bystander.stop();
});
