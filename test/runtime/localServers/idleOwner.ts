/** A program for tests that are to kill it: runs one given command behind the guardian in a folder, tells the numbers, then idles. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startGuarded, withServerFolder } from '../../../src/runtime/localServers/guardedProcess.ts';

const [dir = '', command = '', ...args] = process.argv.slice(2);
await mkdir(dir, { recursive: true });
const server = await withServerFolder('idle', dir, () =>
  startGuarded({ name: 'idle', dir, command, args, output: join(dir, 'out'), ports: {} }),
);
process.stdout.write(`${JSON.stringify({ pid: server.pid })}\n`);
setInterval(() => undefined, 60_000);
