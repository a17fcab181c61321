/** The closed list of reasons for which a frame goes to the dead letters, and the exception that carries one inside the decoder. */
export const BAD_FRAME_REASONS = [
  'noise',
  'bad_length',
  'bad_crc',
  'truncated',
  'too_long',
  'bad_header',
  'unknown_mn',
  'bad_flag_bits',
  'bad_split',
  'split_incomplete',
  'bad_cp',
  'bad_item',
  'bad_number',
  'bad_time',
  'unknown_data_flag',
  'unknown_factor',
  'field_conflict',
  'unit_conflict',
  'future_time',
  'decrypt_failed',
] as const;
export type BadFrameReason = (typeof BAD_FRAME_REASONS)[number];

/** A fault found while reading a frame; the decoder turns the first one into its verdict. */
export interface FrameFault {
  readonly reason: BadFrameReason;
  /** What was found, with the text concerned. */
  readonly detail: string;
}

/** Gathers faults and warnings of one frame: a bad item does not hide the good ones beside it. */
export class Findings {
  readonly faults: FrameFault[] = [];
  readonly warnings: string[] = [];

  fault(reason: BadFrameReason, detail: string): void {
    this.faults.push({ reason, detail: detail.slice(0, MAX_DETAIL) });
  }

  warn(warning: string): void {
    if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }
}

const MAX_DETAIL = 160;
