/** Errors of kafkajs as the project's faults. */
import { connectionAdvice } from '../../runtime/connectionAdvice.ts';
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
    throw new Fault('TL_LOG_BROKER', `${doing}: ${wordsOf(error)}`, {
      cause: error,
      remedy: adviceOn(error) ?? 'check KAFKA_BROKERS and that the broker answers',
    });
  };
}

/** kafkajs gathers the errors of several topics in one that says nothing itself. */
function wordsOf(error: unknown): string {
  const { message = String(error), errors = [] } = error as { message?: string; errors?: Error[] };
  const parts = [...new Set(errors.map((part) => part.message))];
  return [message.trim(), ...parts].join(': ');
}

/** What would be right, by variable. */
function adviceOn(error: unknown): string | undefined {
  const { errors = [] } = error as { errors?: unknown[] };
  for (const cause of [...chainOf(error), ...errors.flatMap(chainOf)]) {
    const advice = loginAdvice(cause) ?? requestAdvice(cause.type) ?? connectionAdvice('KAFKA', cause);
    if (advice) return advice;
  }
  return undefined;
}

interface KafkaError extends Error {
  readonly type?: string;
}

function chainOf(error: unknown): KafkaError[] {
  const chain: KafkaError[] = [];
  for (let cause = error; cause instanceof Error && chain.length < 6; cause = cause.cause) chain.push(cause);
  return chain;
}

function loginAdvice({ name, message, type }: KafkaError): string | undefined {
  if (/mechanism is not supported/i.test(message) || type === 'UNSUPPORTED_SASL_MECHANISM')
    return 'KAFKA_SASL_MECHANISM: would be right: a mechanism that the broker offers (plain, scram-sha-256 or scram-sha-512)';
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED')
    return 'KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD (or KAFKA_SASL_PASSWORD_FILE): would be right: a user that the broker knows by KAFKA_SASL_MECHANISM, and its password';
  if (type === 'ILLEGAL_SASL_STATE')
    return 'the broker asks for no login there; would be right: the port for logins in KAFKA_BROKERS, or no KAFKA_SASL_MECHANISM';
  return undefined;
}

function requestAdvice(type: string | undefined): string | undefined {
  if (type === 'INVALID_REPLICATION_FACTOR')
    return 'KAFKA_REPLICAS: would be right: at most as many as there are brokers';
  if (type?.endsWith('AUTHORIZATION_FAILED'))
    return 'the user (KAFKA_SASL_USERNAME, or the certificate of KAFKA_CERT_FILE) lacks a right; would be right: an ACL on the broker for the topics of KAFKA_TOPIC_PREFIX and the group of TANLIU_CONSUMER_GROUP';
  return undefined;
}
