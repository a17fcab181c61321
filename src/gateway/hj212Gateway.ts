/**
 * TCP gateway for HJ 212 stations. A frame is judged, sent to the log with its verdict, and answered only once all
 * replicas have it; a repeat is answered and makes no new row, another content under the same key is a new revision.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { encodeAcknowledgement } from '../emissions/hj212/encode.ts';
import type { Scanned } from '../emissions/hj212/frameScanner.ts';
import { SplitAssembler } from '../emissions/hj212/splitAssembler.ts';
import type { LogProducer } from '../log/port.ts';
import { AddressBook } from './addressBook.ts';
import { Connection } from './connection.ts';
import { Counters, increase } from './counters.ts';
import type { Devices } from './deviceRegister.ts';
import { outgoing, readingsOf, type Topics, withTime } from './frameRecord.ts';
import { HeldParts } from './heldParts.ts';
import { frameKey, type JudgedFrame, judgeFrame, passwordOf } from './judgeFrame.ts';
import type { GatewayLimits } from './limits.ts';
import { Outbox } from './outbox.ts';
import { type KnownContent, madeDurable, type SeenContent, SeenFrames } from './seenFrames.ts';

export interface GatewayOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Names this run of the gateway in the names of its connections. */
  readonly run: string;
  readonly topics: Topics;
  readonly limits: GatewayLimits;
  readonly devices: () => Devices;
  readonly openProducer: () => Promise<LogProducer>;
  /** What the store knows of a key: for frames about times before this gateway began. */
  readonly knownContents: (message: JudgedFrame['message']) => Promise<readonly KnownContent[]>;
  readonly clock: () => number;
  readonly onFault: (fault: unknown) => void;
}

const SWEEP_MS = 500;

export class Hj212Gateway {
  readonly counters = new Counters();
  readonly #options: GatewayOptions;
  readonly #outbox: Outbox;
  readonly #book: AddressBook;
  readonly #seen: SeenFrames;
  readonly #assembler: SplitAssembler;
  readonly #held: HeldParts;
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  #sweeper: NodeJS.Timeout | undefined;
  #connectionNumber = 0;
  #resting = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { limits, clock } = options;
    this.#book = new AddressBook(limits);
    this.#seen = new SeenFrames({ maxKeys: limits.rememberedFrames, sinceMs: clock() });
    this.#assembler = new SplitAssembler({ timeoutMs: limits.splitTimeoutMs, maxGroups: 10_000 });
    this.#held = new HeldParts(limits.heldParts);
    this.#outbox = new Outbox({
      openProducer: options.openProducer,
      maxEntries: limits.outboxEntries,
      maxBytes: limits.outboxBytes,
      onPressure: (resting) => this.#rest(resting),
      onFault: (fault) => {
        this.counters.logFaults++;
        options.onFault(fault);
      },
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Listens; returns the port. Rejects where the log or the port is not to be had. */
  async start(): Promise<number> {
    await this.#outbox.open();
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 4_096 }, resolve);
    });
    this.#server.on('error', this.#options.onFault);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Takes no more, makes durable and answers what was received, and ends. Returns the frames that stay unanswered. */
  async stop(): Promise<number> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.stopReading();
    const left = await this.#outbox.drain(this.#options.limits.drainMs);
    clearInterval(this.#sweeper);
    for (const connection of this.#connections) connection.end();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.close('drained');
    }, 1_000);
    await closed;
    clearTimeout(timer);
    return left;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Entries and bytes that are on their way to the log. */
  get waiting(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#outbox.entries, bytes: this.#outbox.bytes };
  }

  #accept(socket: Socket): void {
    const { clock, limits, run, onFault } = this.#options;
    const address = socket.remoteAddress ?? 'unknown';
    const admission = this.#book.admit(address, clock());
    if (admission !== 'admitted') {
      increase(this.counters.refusedConnections, admission);
      socket.destroy();
      return;
    }
    this.counters.connectionsAccepted++;
    const connection = new Connection({
      id: `${run}-${++this.#connectionNumber}`,
      socket,
      address,
      limits,
      clock,
      onScanned: (scanned, from) => this.#take(scanned, from),
      onFault,
      onClosed: (closed, why) => {
        this.#connections.delete(closed);
        this.#book.leave(address, closed);
        if (why === 'abuse') this.#book.strike(address, clock());
        increase(this.counters.closedConnections, why);
      },
    });
    this.#connections.add(connection);
    if (this.#resting) connection.rest(true);
  }

  async #take(scanned: Scanned, from: Connection): Promise<void> {
    if (scanned.kind === 'noise') this.counters.noiseBytes += scanned.bytes.length;
    // What comes behind the last fault that is borne is counted in bytes and not kept.
    if (from.abused) return;
    const { clock, devices, limits } = this.#options;
    this.counters.seen++;
    const judged = judgeFrame(scanned, {
      devices: devices(),
      receivedMs: clock(),
      futureToleranceMs: limits.futureToleranceMs,
    });
    if (judged.device !== undefined && judged.message.frameOk && !from.identified) {
      from.identified = true;
      this.#book.identify(from.address);
    }
    from.judged({ good: judged.reason === undefined });
    if (judged.reason === undefined) await this.#accepted(judged, from);
    else this.#record(judged, from, { verdict: 'dead' });
  }

  async #accepted(judged: JudgedFrame, from: Connection): Promise<void> {
    const { message } = judged;
    const part = message.pnum !== undefined && message.pnum > 1;
    const timeless = part && message.dataTimeMs === undefined && (message.items?.length ?? 0) > 0;
    const repeated = await this.#repeat(judged, from);
    if (repeated === 'repeat') return;
    if (!timeless) return this.#assemble(judged, from, [repeated]);
    const time = this.#assembler.openTimeOf(message);
    if (time) return this.#assemble(timed(judged, time), from, [repeated]);
    // Not answered before it can be used: until then the device has to keep it.
    const given = this.#held.hold({ judged, from, content: repeated, atMs: judged.receivedMs });
    if (given) this.#incomplete(given.judged, given.from, given.content);
  }

  /** Answers a repeat; else returns the content to be made durable. */
  async #repeat(judged: JudgedFrame, from: Connection): Promise<SeenContent | undefined | 'repeat'> {
    const { message, contentHash } = judged;
    const key = frameKey(message);
    if (key === undefined || contentHash === undefined) return undefined;
    const aboutMs = message.dataTimeMs ?? judged.receivedMs;
    if (!this.#seen.knows(key, aboutMs)) {
      from.waits(1);
      const known = await this.#options.knownContents(message).finally(() => from.waits(-1));
      this.#seen.learn(key, known);
    }
    const seen = this.#seen.see(key, contentHash, message.qn, aboutMs);
    if (seen.kind === 'new') return seen.content;
    const answer = () => {
      this.counters.duplicates++;
      this.#answer(judged, from);
    };
    if (seen.content.durable) answer();
    else {
      from.waits(1);
      seen.content.waiting.push(() => {
        from.waits(-1);
        answer();
      });
    }
    return 'repeat';
  }

  #assemble(judged: JudgedFrame, from: Connection, contents: readonly (SeenContent | undefined)[]): void {
    const corrected = contents.some((content) => content !== undefined && content.revision > 0);
    const assembly = corrected ? undefined : this.#assembler.add(judged.message, judged.receivedMs);
    if (assembly?.kind === 'conflict') {
      const dead = { ...judged, reason: 'field_conflict' as const, detail: assembly.detail, usable: false };
      this.#record(dead, from, { verdict: 'dead', contents });
      return;
    }
    this.#record(judged, from, { verdict: 'accepted', contents });
    for (const held of this.#held.release(judged.message)) {
      const time = { dataTime: judged.message.fields!.DataTime!, dataTimeMs: judged.message.dataTimeMs! };
      this.#assemble(timed(held.judged, time), held.from, [held.content]);
    }
  }

  /** Sends frame and readings to the log; counts and answers once they are durable. */
  #record(
    judged: JudgedFrame,
    from: Connection,
    how: { verdict: 'accepted' | 'dead'; contents?: readonly (SeenContent | undefined)[] },
  ): void {
    const contents = how.contents ?? [];
    const contentRevision = Math.max(0, ...contents.map((content) => content?.revision ?? 0));
    const readings = readingsOf(judged, contentRevision);
    const place = { connection: from.id, peer: from.peer };
    from.waits(1);
    this.#outbox.add(
      outgoing(
        { judged, place, verdict: how.verdict, contentRevision, readings, attempt: 0 },
        this.#options.topics,
        () => {
          from.waits(-1);
          this.counters.readings += readings.length;
          if (how.verdict === 'accepted') this.counters.accepted++;
          else this.counters.deadOf(judged.reason ?? 'noise');
          this.#answer(judged, from);
          for (const content of contents) if (content) madeDurable(content);
        },
      ),
    );
  }

  #answer({ reply, message, bytes }: JudgedFrame, from: Connection): void {
    if (reply === undefined || message.dialect === undefined) return;
    const { qn, mn } = message;
    const about = { ...(qn !== undefined && { qn }), ...(mn !== undefined && { mn }) };
    if (from.answer(encodeAcknowledgement(reply, about, message.dialect, passwordOf(bytes))))
      this.counters.answered++;
  }

  #sweep(): void {
    const nowMs = this.#options.clock();
    for (const connection of this.#connections) connection.sweep(nowMs);
    for (const { parts, missing } of this.#assembler.expire(nowMs)) {
      this.counters.splitIncomplete++;
      const [first] = parts;
      if (first) this.#event(first, `${missing} of ${first.pnum} parts did not come`, nowMs);
    }
    for (const { judged, from, content } of this.#held.expire(nowMs - this.#options.limits.splitTimeoutMs))
      this.#incomplete(judged, from, content);
  }

  #incomplete(judged: JudgedFrame, from: Connection, content: SeenContent | undefined): void {
    const detail = 'the part with DataTime did not come';
    this.#record({ ...judged, reason: 'split_incomplete', detail, usable: false }, from, {
      verdict: 'dead',
      contents: [content],
    });
  }

  /** Something about frames that were accepted before; it is no frame and is not counted as one. */
  #event(message: JudgedFrame['message'], detail: string, nowMs: number): void {
    const judged: JudgedFrame = {
      message,
      bytes: new Uint8Array(0),
      position: ++this.#connectionNumber,
      receivedMs: nowMs,
      reason: 'split_incomplete',
      detail,
      usable: false,
    };
    const place = { connection: `${this.#options.run}-events`, peer: '' };
    const event = { judged, place, verdict: 'event', contentRevision: 0, readings: [], attempt: 0 } as const;
    this.#outbox.add(outgoing(event, this.#options.topics, () => undefined));
  }

  #rest(resting: boolean): void {
    this.#resting = resting;
    for (const connection of this.#connections) connection.rest(resting);
  }
}

const timed = (judged: JudgedFrame, time: { dataTime: string; dataTimeMs: number }): JudgedFrame => ({
  ...judged,
  message: withTime(judged.message, time),
});
