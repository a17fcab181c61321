/** Reads a settlement statement from JSON text, with every fault named. */
import { z } from 'zod';
import {
  type SettlementStatement,
  settlementStatement,
} from '../../schemas/documents/settlementStatement.ts';
import { Refusal } from '../../schemas/refusal.ts';

/** @throws Refusal `E_STATEMENT` */
export function parseStatement(text: string, place: string): SettlementStatement {
  const refuse = (message: string) =>
    new Refusal(message, {
      code: 'E_STATEMENT',
      place,
      remedy: 'a settlement statement as the settlement engine writes it',
    });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw refuse(`not readable as JSON: ${(error as Error).message}`);
  }
  const parsed = settlementStatement.safeParse(document);
  if (!parsed.success) throw refuse(`not a settlement statement:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
