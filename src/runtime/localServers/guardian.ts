/**
 * Stands between a program and a local server it started: when the program is gone in any way, SIGKILL
 * included, the pipe on standard input closes, and the guardian takes the server's process group down.
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

/** What the guardian is told on its command line, as JSON. */
export interface GuardianOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** File to which the server's standard output and error are appended. */
  readonly output: string;
  /** Milliseconds between SIGTERM and SIGKILL when the pipe closes. */
  readonly graceMs: number;
}

const order = JSON.parse(process.argv[2] ?? '') as GuardianOrder;
const output = openSync(order.output, 'a');
// A group of its own, so that whatever the server starts goes with it.
const server = spawn(order.command, order.args, {
  cwd: order.cwd,
  stdio: ['ignore', output, output],
  detached: true,
});

server.once('error', (error) => {
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
  process.exit(127);
});
server.once('spawn', () => process.stdout.write(`${JSON.stringify({ pid: server.pid })}\n`));
server.once('exit', (code, signal) => {
  signalGroup('SIGKILL');
  process.stdout.write(`${JSON.stringify({ code, signal })}\n`, () => process.exit(0));
});

function signalGroup(signal: NodeJS.Signals): void {
  if (!server.pid) return;
  try {
    process.kill(-server.pid, signal);
  } catch {
    // The group is empty already.
  }
}

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), order.graceMs);
}

process.stdin.once('end', end).once('close', end).once('error', end).resume();
// Nobody reads any more once the program is gone: that must not end the guardian before the server.
process.stdout.on('error', end);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
