/** Every queue and range has a stated limit. */
export interface IngestLimits {
  /** Messages of a range. */
  readonly maxMessages: number;
  /** Bytes of the values of a range. */
  readonly maxBytes: number;
  /** Age at which a range is closed, ms. */
  readonly maxAgeMs: number;
  /** Ranges closed and not yet settled, of one partition and of all. */
  readonly maxPendingOfPartition: number;
  readonly maxPending: number;
  /** Attempts to insert one range before the stretch ends with a fault. */
  readonly insertAttempts: number;
  readonly sessionTimeoutMs: number;
  readonly decodeThreads: number;
  /** An open intent older than this is settled by comparison, since its token may have left the table's window, ms. */
  readonly trustTokenMs: number;
  readonly maxBytesPerPartition: number;
}

export const DEFAULT_LIMITS: IngestLimits = {
  maxMessages: 100_000,
  maxBytes: 16 << 20,
  maxAgeMs: 200,
  maxPendingOfPartition: 2,
  maxPending: 4,
  insertAttempts: 6,
  sessionTimeoutMs: 30_000,
  decodeThreads: 1,
  trustTokenMs: 20 * 60_000,
  maxBytesPerPartition: 2 << 20,
};
