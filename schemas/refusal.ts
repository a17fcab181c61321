/** A refusal: data that cannot be accepted. It says what is wrong, where, and what would be right. */
export interface RefusalDetail {
  /** Stable code, e.g. `E_WH_NEGATIVE` or `TL_TEMPLATE_HEADER`. */
  readonly code: string;
  /** Where: file, row and column, JSON path, contract id. */
  readonly place?: string;
  /** What would be right. */
  readonly remedy?: string;
}

/** Thrown when input is refused as a whole; nothing has changed when it is thrown. */
export class Refusal extends Error {
  readonly code: string;
  readonly place: string | undefined;
  readonly remedy: string | undefined;

  constructor(message: string, detail: RefusalDetail) {
    super(message);
    this.name = 'Refusal';
    this.code = detail.code;
    this.place = detail.place;
    this.remedy = detail.remedy;
  }
}
