/** Faults and warnings of one frame; the reasons are the closed list of the dead letters. */
import type { BadFrameReason } from '../../../schemas/reference/hj212.ts';

export type { BadFrameReason } from '../../../schemas/reference/hj212.ts';

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
