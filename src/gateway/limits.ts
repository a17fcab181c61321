/** Every limit of a gateway, with its default. */
export interface GatewayLimits {
  readonly maxConnections: number;
  /** Many stations may stand behind one address of a telecom operator. */
  readonly maxPerAddress: number;
  /** Time within which a frame that has begun must be complete (ms). */
  readonly readTimeoutMs: number;
  /** Time within which a connection must have sent a frame of a registered device (ms). */
  readonly identifyTimeoutMs: number;
  /** Longest silence of a known device (ms): some send hours only. */
  readonly idleTimeoutMs: number;
  readonly splitTimeoutMs: number;
  /** How far ahead of receipt a DataTime may lie (ms). */
  readonly futureToleranceMs: number;
  /** Broken frames and stretches of noise in a row after which a connection is closed: of strangers, of known devices. */
  readonly strangerFaults: number;
  readonly deviceFaults: number;
  /** Frames of one connection that are not answered yet; beyond it the connection is not read. */
  readonly inFlightPerConnection: number;
  /** Answers that the peer does not take (bytes). */
  readonly unreadAnswerBytes: number;
  /** Entries and bytes on the way to the log; beyond them no connection is read. */
  readonly outboxEntries: number;
  readonly outboxBytes: number;
  /** Keys of frames that are remembered to tell repeats from corrections. */
  readonly rememberedFrames: number;
  /** Parts that wait for the time of their first part. */
  readonly heldParts: number;
  readonly drainMs: number;
}

export const DEFAULT_GATEWAY_LIMITS: GatewayLimits = {
  maxConnections: 5_000,
  maxPerAddress: 256,
  readTimeoutMs: 10_000,
  identifyTimeoutMs: 30_000,
  idleTimeoutMs: 2 * 3_600_000,
  splitTimeoutMs: 60_000,
  futureToleranceMs: 600_000,
  strangerFaults: 20,
  deviceFaults: 200,
  inFlightPerConnection: 64,
  unreadAnswerBytes: 64 << 10,
  outboxEntries: 20_000,
  outboxBytes: 32 << 20,
  rememberedFrames: 250_000,
  heldParts: 2_000,
  drainMs: 20_000,
};
