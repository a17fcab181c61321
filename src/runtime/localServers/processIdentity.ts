/** Tells one process from a later one with the same number: number, start time and command line together. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that stays recognisable after its number was given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system counts it (clock ticks since boot on Linux, a date elsewhere), with the boot's id on Linux. */
  readonly started: string;
  readonly command: string;
}

/** The identity of a living process; undefined when there is none (a zombie counts as none). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** Whether that very process is still alive. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid);
  return now !== undefined && now.started === identity.started && now.command === identity.command;
}

async function fromProc(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const [stat, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The second field, the program's name in brackets, may hold blanks: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, started: `${boot.trim()} ${fields[19]}`, command: command.replaceAll('\0', ' ').trim() };
  } catch {
    return undefined;
  }
}

async function fromPs(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const [state, started, command] = await Promise.all(
      ['stat=', 'lstart=', 'command='].map(async (column) => {
        const { stdout } = await run('ps', ['-ww', '-o', column, '-p', String(pid)], { env });
        return stdout.trim();
      }),
    );
    if (!state || !started || !command || state.startsWith('Z')) return undefined;
    return { pid, started, command };
  } catch {
    return undefined;
  }
}
