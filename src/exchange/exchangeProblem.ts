/** An error as PACT words it: a code of a closed list, a message, and the status that belongs to the code. */
const STATUS = {
  BadRequest: 400,
  AccessDenied: 403,
  TokenExpired: 401,
  NotFound: 404,
  NotImplemented: 400,
  InternalError: 500,
} as const;

export type ExchangeCode = keyof typeof STATUS;

export class ExchangeProblem extends Error {
  readonly code: ExchangeCode;

  constructor(code: ExchangeCode, message: string) {
    super(message);
    this.name = 'ExchangeProblem';
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
