/** One peer: bytes in, scanned pieces out, answers back; its own limits of time, noise and unanswered frames. */
import type { Socket } from 'node:net';
import { createFrameScanner, type Scanned } from '../emissions/hj212/frameScanner.ts';
import type { GatewayLimits } from './limits.ts';

export interface ConnectionOptions {
  readonly id: string;
  readonly socket: Socket;
  readonly address: string;
  readonly limits: GatewayLimits;
  readonly clock: () => number;
  readonly onScanned: (scanned: Scanned, from: Connection) => Promise<void> | void;
  readonly onFault: (fault: unknown) => void;
  readonly onClosed: (connection: Connection, why: string) => void;
}

export class Connection {
  readonly id: string;
  readonly peer: string;
  readonly address: string;
  identified = false;
  readonly #options: ConnectionOptions;
  readonly #scanner = createFrameScanner('tolerant');
  readonly #openedMs: number;
  #lastFrameMs: number;
  #pendingSinceMs: number | undefined;
  #faultsInRow = 0;
  #inFlight = 0;
  #gatewayRests = false;
  #work: Promise<void> = Promise.resolve();
  #why = 'peer';
  closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { id, socket, address, clock } = options;
    this.id = id;
    this.address = address;
    this.peer = `${address}:${socket.remotePort ?? 0}`;
    this.#openedMs = clock();
    this.#lastFrameMs = this.#openedMs;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(this.#scanner.push(chunk)));
    socket.on('end', () => this.#take(this.#scanner.end()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      // What a peer left unfinished is judged as it is.
      this.#take(this.#scanner.end());
      this.#work.finally(() => options.onClosed(this, this.#why));
    });
  }

  /** A frame was judged; a row of bad ones closes the connection. */
  judged({ good }: { good: boolean }): void {
    const { strangerFaults, deviceFaults } = this.#options.limits;
    if (good) {
      this.#faultsInRow = 0;
      this.#lastFrameMs = this.#options.clock();
    } else if (++this.#faultsInRow > (this.identified ? deviceFaults : strangerFaults)) this.close('abuse');
  }

  /** A frame has begun, or ended, to wait for the log. */
  waits(by: 1 | -1): void {
    this.#inFlight += by;
    this.#feel();
  }

  rest(resting: boolean): void {
    this.#gatewayRests = resting;
    this.#feel();
  }

  /** Closed for a row of bad frames. */
  get abused(): boolean {
    return this.#why === 'abuse';
  }

  /** Sends an answer; false where nobody is there to take it. */
  answer(bytes: Uint8Array): boolean {
    const { socket, limits } = this.#options;
    if (this.closed || !socket.writable) return false;
    socket.write(bytes);
    if (socket.writableLength > limits.unreadAnswerBytes) this.close('answers_unread');
    return true;
  }

  /** Looks at the clock: unfinished frames, silence, strangers. */
  sweep(nowMs: number): void {
    const { readTimeoutMs, identifyTimeoutMs, idleTimeoutMs } = this.#options.limits;
    // While we do not read, the peer cannot be late.
    if (this.#options.socket.isPaused()) {
      if (this.#pendingSinceMs !== undefined) this.#pendingSinceMs = nowMs;
      return;
    }
    if (this.#pendingSinceMs !== undefined && nowMs - this.#pendingSinceMs >= readTimeoutMs)
      this.#take(this.#scanner.end());
    if (!this.identified && nowMs - this.#openedMs >= identifyTimeoutMs) this.close('no_device');
    else if (nowMs - this.#lastFrameMs >= idleTimeoutMs) this.close('idle');
  }

  close(why: string): void {
    if (this.closed) return;
    this.#why = why;
    this.closed = true;
    this.#options.socket.destroy();
  }

  /** Reads no more; answers can still be sent. */
  stopReading(): void {
    this.#options.socket.removeAllListeners('data').pause();
  }

  /** Ends after the answers that are on their way. */
  end(): void {
    this.#why = 'drained';
    this.#options.socket.end();
  }

  #take(found: readonly Scanned[]): void {
    // From the first byte of a frame, so that a drop now and then does not hold it open.
    if (this.#scanner.pending === 0) this.#pendingSinceMs = undefined;
    else if (this.#pendingSinceMs === undefined || found.length > 0)
      this.#pendingSinceMs = this.#options.clock();
    for (const scanned of found) {
      this.#work = this.#work
        .then(() => this.#options.onScanned(scanned, this))
        .catch((fault: unknown) => this.#options.onFault(fault));
    }
    if (found.length > 0) this.#feel();
  }

  #feel(): void {
    const { socket, limits } = this.#options;
    if (this.closed) return;
    const full = this.#gatewayRests || this.#inFlight >= limits.inFlightPerConnection;
    if (full && !socket.isPaused()) socket.pause();
    else if (!full && socket.isPaused()) socket.resume();
  }
}
