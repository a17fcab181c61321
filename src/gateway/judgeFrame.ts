/** What one scanned piece of a connection is: accepted or not and why, how it is answered, and by what it is known again. */
import { hash } from 'node:crypto';
import { type BadFrameReason, hj212Notices, hj212Uploads } from '../../schemas/reference/hj212.ts';
import { type DecodedFrame, decodeScanned } from '../emissions/hj212/decode.ts';
import type { Scanned } from '../emissions/hj212/frameScanner.ts';
import type { Devices, GatewayDevice } from './deviceRegister.ts';

export interface JudgedFrame {
  readonly message: DecodedFrame;
  readonly bytes: Uint8Array;
  readonly position: number;
  readonly receivedMs: number;
  readonly device?: GatewayDevice;
  /** Absent where the frame is accepted. */
  readonly reason?: BadFrameReason;
  readonly detail?: string;
  /** Only faults of single items: what is good beside them may be used. */
  readonly usable: boolean;
  /** The answer that the frame asks for. */
  readonly reply?: '9013' | '9014';
  /** Hash of the data area. */
  readonly contentHash?: string;
}

export interface JudgeContext {
  readonly devices: Devices;
  readonly receivedMs: number;
  readonly futureToleranceMs: number;
}

/** Faults that concern items and leave their neighbours as they are. */
const OF_ITEMS = new Set<BadFrameReason>([
  'bad_item',
  'bad_number',
  'unknown_data_flag',
  'unknown_factor',
  'unit_conflict',
]);
/** Shares in percent: what lies outside was sent in another unit than the register says. */
const PERCENT_FACTORS = new Set(['a01014', 'a19001']);

/** Judges a frame by the register of now. A frame without CR LF is only good for a device that may leave it out. */
export function judgeFrame(
  scanned: Scanned,
  { devices, receivedMs, futureToleranceMs }: JudgeContext,
): JudgedFrame {
  const message = decodeScanned(scanned, {
    dialectOf: (mn) => devices.get(mn)?.dialect,
    isRegistered: (mn) => devices.has(mn),
    isFactorKnown: (mn, factor) => devices.get(mn)?.factors?.has(factor) ?? true,
    received: { atMs: receivedMs, toleranceMs: futureToleranceMs },
  });
  const device = message.mn === undefined ? undefined : devices.get(message.mn);
  const fault = faultOf(scanned, message, device);
  const reply = replyOf(message);
  return {
    message,
    bytes: scanned.bytes,
    position: scanned.position,
    receivedMs,
    usable: fault === undefined || OF_ITEMS.has(fault.reason),
    ...(device && { device }),
    ...fault,
    ...(reply && { reply }),
    ...(scanned.kind === 'frame' && { contentHash: contentHash(scanned.segment) }),
  };
}

function faultOf(
  scanned: Scanned,
  message: DecodedFrame,
  device: GatewayDevice | undefined,
): { reason: BadFrameReason; detail?: string } | undefined {
  if (scanned.kind === 'frame' && scanned.trailerMissing && device?.trailer !== 'tolerant')
    return { reason: 'truncated', detail: 'no CR LF' };
  if (message.reason !== undefined)
    return { reason: message.reason, ...(message.detail !== undefined && { detail: message.detail }) };
  const odd = (message.items ?? []).find((item) => isOtherUnit(item, device));
  return odd && { reason: 'unit_conflict', detail: `${odd.factor} is no share in percent` };
}

function isOtherUnit(
  { factor, values }: { factor: string; values: Readonly<Record<string, number>> },
  device: GatewayDevice | undefined,
): boolean {
  const percent = device?.units?.[factor]
    ? device.units[factor].unit === 'percent'
    : PERCENT_FACTORS.has(factor);
  return percent && ['Avg', 'Rtd'].some((suffix) => values[suffix] !== undefined && values[suffix] > 100);
}

/** A frame that was read is answered even where its content is refused: repeating it cannot help. */
function replyOf({ frameOk, flag, cn, qn, mn }: DecodedFrame): JudgedFrame['reply'] {
  if (!frameOk || flag?.acknowledge !== true || cn === undefined || qn === undefined || mn === undefined)
    return undefined;
  if (hj212Uploads.includes(cn)) return '9014';
  return hj212Notices.includes(cn) ? '9013' : undefined;
}

function contentHash(segment: Uint8Array): string {
  const text = Buffer.from(segment.buffer, segment.byteOffset, segment.length);
  const at = text.indexOf('CP=');
  return hash('sha256', at === -1 ? text : text.subarray(at), 'base64url')
    .slice(0, 22)
    .replaceAll('_', '+');
}

/** The password of a frame, to be repeated in its answer and kept nowhere. */
export function passwordOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256)).toString('latin1');
  return /;PW=([^;]*);/.exec(head)?.[1] ?? '';
}

/** By what a frame is known again: the same data of the same device, whichever QN it has. */
export function frameKey({ mn, st, cn, fields, pno, qn }: DecodedFrame): string | undefined {
  const time = fields?.DataTime ?? (qn === undefined ? undefined : `QN${qn}`);
  return mn === undefined || time === undefined ? undefined : [mn, st, cn, time, pno ?? 0].join('|');
}
