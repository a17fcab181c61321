/** Errors of kafkajs as the project's faults. */
import { Fault } from '../../runtime/errors.ts';

/** Types of error that say: this member's assignment has passed to others. */
const FENCED = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

export const isFenced = (type: string | undefined): boolean => type !== undefined && FENCED.has(type);

/** A handler for rejected promises that throws a `Fault`. */
export function logFault(doing: string): (error: unknown) => never {
  return (error: unknown) => {
    if (error instanceof Fault) throw error;
    const { type, message } = error as { type?: string; message?: string };
    if (isFenced(type)) throw new Fault('TL_LOG_FENCED', `${doing}: ${message}`, { cause: error });
    throw new Fault('TL_LOG_BROKER', `${doing}: ${message}`, {
      cause: error,
      remedy: 'check KAFKA_BROKERS and that the broker answers',
    });
  };
}
