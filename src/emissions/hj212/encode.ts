/** Frames to be sent: the envelope around a segment, and the replies of a host. */
import {
  dialectRulesOf,
  type Hj212Dialect,
  hj212ExeReturn,
  hj212QnReturn,
} from '../../../schemas/reference/hj212.ts';
import { crcAnnexA, crcText } from './crc.ts';

/** `##` LLLL segment CCCC CR LF. Throws `RangeError` when the length does not fit four digits. */
export function encodeFrame(segment: string): Uint8Array {
  const bytes = new TextEncoder().encode(segment);
  if (bytes.length > 9999) throw new RangeError(`a segment of ${bytes.length} bytes has no length field`);
  const length = String(bytes.length).padStart(4, '0');
  return new TextEncoder().encode(`##${length}${segment}${crcText(crcAnnexA(bytes))}\r\n`);
}

/** The message that is answered. */
export interface Answered {
  readonly qn?: string;
  readonly mn?: string;
}

/**
 * Acknowledgement of data (9014) or of a notice (9013): same QN and MN, system 91, no acknowledgement wanted.
 * To be sent only once the frame is durable.
 */
export function encodeAcknowledgement(
  cn: '9013' | '9014',
  { qn, mn }: Answered,
  dialect: Hj212Dialect,
  password: string,
): Uint8Array {
  const flag = dialectRulesOf(dialect).flagVersion << 2;
  const head = [
    qn === undefined ? '' : `QN=${qn};`,
    `ST=91;CN=${cn};PW=${password};MN=${mn ?? ''};Flag=${flag};`,
  ];
  return encodeFrame(`${head.join('')}CP=&&&&`);
}

/** What a station answers to a command of its host: 9011 on taking it, 9012 when it is carried out. */
export function encodeStationReply(
  reply:
    | { readonly cn: '9011'; readonly code: keyof typeof hj212QnReturn }
    | { readonly cn: '9012'; readonly code: keyof typeof hj212ExeReturn },
  { qn, mn }: Answered,
  dialect: Hj212Dialect,
  password: string,
): Uint8Array {
  const flag = dialectRulesOf(dialect).flagVersion << 2;
  const result =
    reply.cn === '9011' ? `QnRtn=${hj212QnReturn[reply.code]}` : `ExeRtn=${hj212ExeReturn[reply.code]}`;
  const number = qn === undefined ? '' : `QN=${qn};`;
  return encodeFrame(
    `${number}ST=91;CN=${reply.cn};PW=${password};MN=${mn ?? ''};Flag=${flag};CP=&&${result}&&`,
  );
}
