/** One local server's process: started behind the guardian, recorded in its folder, stopped with a limit. */
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Fault } from '../errors.ts';
import { withFileLock } from './fileLock.ts';
import type { GuardianOrder } from './guardian.ts';
import { identify, isAlive, type ProcessIdentity } from './processIdentity.ts';

const GUARDIAN = fileURLToPath(new URL('./guardian.ts', import.meta.url));
/** How long a server may take to close after SIGTERM. */
const STOP_LIMIT_MS = 15_000;
/** The same when its program is gone: shorter, since nobody waits for a tidy end any more. */
const ORPHAN_GRACE_MS = 4_000;
const LOCK_LIMIT_MS = 30_000;
const LARGEST_OUTPUT_BYTES = 8 * 1024 * 1024;

const identitySchema = z.object({ pid: z.int().positive(), started: z.string(), command: z.string() });
const recordSchema = z.object({
  server: identitySchema,
  owner: identitySchema,
  /** Ports by use, e.g. `{broker: 21034}`. */
  ports: z.record(z.string(), z.int()),
});

/** What stands in `server.json` while a server runs, and after it until the next start. */
export type ServerRecord = z.infer<typeof recordSchema>;

/** How a server is started. */
export interface ServerCommand {
  readonly name: string;
  /** The server's folder: holds its data, `server.json` and its output. */
  readonly dir: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly output: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** A running server process. */
export interface GuardedProcess {
  readonly pid: number;
  /** Resolves when the process is gone, with what it ended on. */
  readonly exited: Promise<string>;
  /** SIGTERM, then SIGKILL after a limit; resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL at once. */
  kill(): Promise<void>;
}

/** The record in a server's folder, or undefined where none was ever started. */
export async function readServerRecord(dir: string): Promise<ServerRecord | undefined> {
  const text = await readFile(join(dir, 'server.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = recordSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/** Runs `work` alone in a server's folder, after whatever a crashed program left running there is ended. */
export async function withServerFolder<T>(
  name: string,
  dir: string,
  work: (last: ServerRecord | undefined) => Promise<T>,
): Promise<T> {
  return withFileLock(join(dir, 'start.lock'), { limitMs: LOCK_LIMIT_MS }, async () => {
    const last = await readServerRecord(dir);
    if (last && (await isAlive(last.server))) await endOrphan(name, dir, last);
    return work(last);
  });
}

async function endOrphan(name: string, dir: string, record: ServerRecord): Promise<void> {
  if (await isAlive(record.owner)) {
    throw new Fault('TL_SERVER_START', `${name} runs in ${dir} already, under process ${record.owner.pid}`, {
      remedy: 'use that one, stop it (tanliu down), or set another TANLIU_HOME',
    });
  }
  signalGroup(record.server.pid, 'SIGTERM');
  if (await goneWithin(record.server, ORPHAN_GRACE_MS)) return;
  signalGroup(record.server.pid, 'SIGKILL');
  if (await goneWithin(record.server, ORPHAN_GRACE_MS)) return;
  throw new Fault('TL_SERVER_START', `a stray ${name} (process ${record.server.pid}) cannot be ended`);
}

async function goneWithin(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(50)) {
    if (!(await isAlive(identity))) return true;
  }
  return false;
}

/** Starts a server behind its guardian and records it. Call it inside `withServerFolder`. */
export async function startGuarded(server: ServerCommand): Promise<GuardedProcess> {
  await rotate(server.output);
  const order: GuardianOrder = {
    command: server.command,
    args: server.args,
    cwd: server.dir,
    output: server.output,
    graceMs: ORPHAN_GRACE_MS,
  };
  const log = await open(server.output, 'a');
  const guardian = spawn(process.execPath, [GUARDIAN, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', log.fd],
    // Out of the terminal's group: Ctrl-C reaches the program, which then stops its servers in order.
    detached: true,
    env: serverEnvironment(),
  });
  await log.close();
  const { pid, exited } = await follow(guardian, server.name);
  const [identity, owner] = await Promise.all([identify(pid), identify(process.pid)]);
  if (identity && owner)
    await writeRecord(server.dir, { server: identity, owner, ports: { ...server.ports } });
  return guarded(pid, exited);
}

/** The guardian's lines as promises: the server's number, then what it ended on. */
async function follow(
  guardian: ChildProcess,
  name: string,
): Promise<{ pid: number; exited: Promise<string> }> {
  let ended = 'the guardian was ended';
  const exited = new Promise<string>((resolve) => guardian.once('close', () => resolve(ended)));
  const pid = await new Promise<number>((resolve, reject) => {
    const fail = (why: string) => reject(new Fault('TL_SERVER_START', `${name} did not start: ${why}`));
    guardian.once('error', (error) => fail(error.message));
    guardian.once('close', () => fail('the guardian ended at once'));
    createInterface({ input: guardian.stdout! }).on('line', (line) => {
      const message = parseJson(line) as { pid?: number; error?: string; code?: number; signal?: string };
      if (message.pid) resolve(message.pid);
      else if (message.error) fail(message.error);
      else ended = message.signal ? `signal ${message.signal}` : `exit code ${message.code}`;
    });
  });
  // Servers do not keep their program running; whoever needs them waits for something of its own.
  return { pid, exited };
}

function guarded(pid: number, exited: Promise<string>): GuardedProcess {
  let gone = false;
  const closed = exited.then(() => {
    gone = true;
    // The guardian itself may have been killed: then the server is still there and must go.
    signalGroup(pid, 'SIGKILL');
  });
  const signal = (name: NodeJS.Signals) => {
    if (!gone) signalGroup(pid, name);
  };
  return {
    pid,
    exited,
    async stop() {
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), STOP_LIMIT_MS);
      await closed;
      clearTimeout(timer);
    },
    async kill() {
      signal('SIGKILL');
      await closed;
    },
  };
}

/** The program's environment without the variables that the servers' own command lines would read. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TEMPORAL_|KAFKA_|NODE_|VITEST)/.test(name)),
  );
}

async function writeRecord(dir: string, record: ServerRecord): Promise<void> {
  const path = join(dir, 'server.json');
  await writeFile(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** Keeps one older output file, so that what servers write stays bounded over many starts. */
async function rotate(output: string): Promise<void> {
  const size = await stat(output).then(
    (file) => file.size,
    () => 0,
  );
  if (size < LARGEST_OUTPUT_BYTES) return;
  await rm(`${output}.1`, { force: true });
  await rename(output, `${output}.1`);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
