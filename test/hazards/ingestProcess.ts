/** The parent's side of `ingestChild.ts`: starts it, gives orders, waits for events, kills it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChildEvent, ChildSettings, Order } from './ingestChild.ts';

const CHILD = fileURLToPath(new URL('./ingestChild.ts', import.meta.url));
const WAIT_LIMIT_MS = 240_000;

export class IngestProcess {
  readonly events: ChildEvent[] = [];
  /** Messages settled in this life. */
  settled = 0;
  /** Resolves with the signal or code that it ended on. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private over = false;
  private readonly watchers = new Set<() => void>();

  constructor(settings: ChildSettings) {
    // kafkajs asks for timers in the past; Node says so once a process.
    const quiet = '--disable-warning=TimeoutNegativeWarning';
    this.child = spawn(process.execPath, [quiet, CHILD, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdin?.on('error', () => undefined);
    const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => this.hear(JSON.parse(line) as ChildEvent));
    this.ended = once(this.child, 'exit').then(([code, signal]) => {
      this.over = true;
      for (const watcher of this.watchers) watcher();
      return String(signal ?? code);
    });
  }

  private hear(event: ChildEvent): void {
    this.events.push(event);
    if (event.at === 'settled') this.settled = event.messages;
    for (const watcher of this.watchers) watcher();
  }

  get faults(): string[] {
    return this.events.flatMap((event) => (event.at === 'fault' ? [event.message] : []));
  }

  order(order: Order): void {
    this.child.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** Gives an order and waits until it is carried out. */
  async carryOut(order: Order): Promise<void> {
    const before = this.events.length;
    this.order(order);
    await this.until(
      () => this.events.slice(before).some((event) => event.at === 'done' && event.order === order.do),
      order.do,
    );
  }

  started(): Promise<void> {
    return this.until(() => this.events.some((event) => event.at === 'started'), 'start');
  }

  /** Waits until `condition` holds after some event; fails when the process ends or takes too long before that. */
  async until(condition: () => boolean, what: string, limitMs = WAIT_LIMIT_MS): Promise<void> {
    await this.untilOrEnd(condition, what, limitMs);
    if (!condition())
      throw new Error(`the ingest ended (${await this.ended}) before: ${what} ${this.faults}`);
  }

  /** The same, but the end of the process is as good. */
  async untilOrEnd(condition: () => boolean, what: string, limitMs = WAIT_LIMIT_MS): Promise<void> {
    let watcher: (() => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        watcher = () => {
          if (condition() || this.over) resolve();
        };
        this.watchers.add(watcher);
        timer = setTimeout(
          () => reject(new Error(`not within ${limitMs} ms: ${what} ${this.faults}`)),
          limitMs,
        );
        watcher();
      });
    } finally {
      clearTimeout(timer);
      if (watcher) this.watchers.delete(watcher);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Drains and ends. */
  async stop(): Promise<void> {
    this.order({ do: 'stop' });
    await this.ended;
  }
}
