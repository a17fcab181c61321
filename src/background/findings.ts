/** Something seen in the data: what, where, and what was done about it. */
import { type GateAction, type GateCode, seenText } from '../../schemas/reference/gateTexts.ts';

export type Facts = Readonly<Record<string, string | number>>;

export interface Finding {
  readonly code: GateCode;
  readonly processId: string;
  /** Empty where the finding is about the dataset as a whole. */
  readonly exchangeId: string;
  /** Numbers and names that the code's text is filled with. */
  readonly facts: Facts;
  /** The text in English. */
  readonly detail: string;
  readonly action: GateAction;
}

/** A finding about a process, or about one exchange of it. */
export function finding(
  code: GateCode,
  processId: string,
  exchangeId: string,
  action: GateAction,
  facts: Facts = {},
): Finding {
  return { code, processId, exchangeId, facts, detail: seenText(code, facts, 'en'), action };
}
