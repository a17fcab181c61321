/** Exit codes and error output shared by all commands. */
import { Refusal } from '../../schemas/refusal.ts';
import { Fault } from '../runtime/errors.ts';
import { say } from '../runtime/say.ts';

export { say } from '../runtime/say.ts';

/** ECMAScript JSON.rawJSON, present in Node 24 and not yet in the type library. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

export const EXIT = { done: 0, refused: 1, usage: 2, machine: 3 } as const;

/** Wrong use of a command: exit code 2. */
export class UsageError extends Error {}

/** Wraps a command's action: a refusal ends with 1, wrong use with 2, a machine fault with 3, each with a readable message on standard error. */
export function action<A extends unknown[]>(handler: (...args: A) => Promise<void> | void) {
  return async (...args: A): Promise<void> => {
    try {
      await handler(...args);
    } catch (error) {
      process.exitCode = report(error);
    }
  };
}

function report(error: unknown): number {
  if (error instanceof Refusal) {
    say(
      `refused [${error.code}]: ${error.message}`,
      error.place && `  where: ${error.place}`,
      error.remedy && `  would be right: ${error.remedy}`,
    );
    return EXIT.refused;
  }
  if (error instanceof UsageError) {
    say(`wrong use: ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof Fault) {
    say(`failed [${error.code}]: ${error.message}`, error.remedy && `  what helps: ${error.remedy}`);
    if (process.env.TANLIU_DEBUG) console.error(error);
    return EXIT.machine;
  }
  console.error(error);
  return EXIT.machine;
}

/** One JSON document to standard output; `bigint` becomes a JSON integer. */
export function printJson(value: unknown): void {
  process.stdout.write(`${toJson(value)}\n`);
}

/** JSON text in which `bigint` is written as an integer. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item) => (typeof item === 'bigint' ? rawJSON(item.toString()) : item),
    indent,
  );
}
