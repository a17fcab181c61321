/** A gateway process under test, seen from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { OwnerSettings } from './gatewayOwner.ts';

export interface GatewayState {
  readonly rssMib: number;
  readonly cpuS: number;
  readonly connections: number;
  readonly seen: number;
  readonly accepted: number;
}

export class GatewayProcess {
  readonly port: number;
  state: GatewayState | undefined;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(settings: OwnerSettings): Promise<GatewayProcess> {
    const owner = new URL('./gatewayOwner.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [owner, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout! });
    const [first] = (await once(lines, 'line')) as [string];
    const process_ = new GatewayProcess(child, (JSON.parse(first) as { port: number }).port);
    lines.on('line', (line) => {
      process_.state = JSON.parse(line) as GatewayState;
    });
    return process_;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
