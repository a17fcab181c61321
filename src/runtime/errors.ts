/** Faults of the machine (not of the data): a closed list of codes. Temporal retries those that can pass. */
export const FAULTS = {
  TL_CONFIG: { retryable: false, about: 'the configuration is not usable' },
  TL_REQUIREMENT_MISSING: { retryable: false, about: 'a program that must be on the machine is missing' },
  TL_SERVER_START: { retryable: true, about: 'a local server did not start' },
  TL_SERVER_LOST: { retryable: true, about: 'a server does not answer' },
  TL_STORE_QUERY: { retryable: true, about: 'ClickHouse refused or failed a query' },
  TL_STORE_BUSY: { retryable: true, about: 'the data directory is held by another process' },
  TL_MIGRATION_CHANGED: { retryable: false, about: 'a migration that was applied before has changed' },
  TL_LOG_BROKER: { retryable: true, about: 'Kafka refused or failed a request' },
  TL_LOG_FENCED: { retryable: true, about: 'the partition belongs to another consumer now' },
  TL_TOPIC_CONFIG: { retryable: false, about: 'a topic is missing or set up wrongly' },
  TL_TRANSPARENCY_LOG: { retryable: false, about: 'files and key of the transparency log do not agree' },
  TL_WORKFLOW: { retryable: true, about: 'Temporal refused or failed a request' },
  TL_INTERNAL: { retryable: false, about: 'a fault in the program itself' },
} as const;

export type FaultCode = keyof typeof FAULTS;

/** An exception with one of the codes above and, where known, what would help. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly remedy: string | undefined;

  constructor(code: FaultCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.remedy = options.remedy;
  }

  get retryable(): boolean {
    return FAULTS[this.code].retryable;
  }
}
