/** What the gateway sends to the log: the frame itself with its verdict, and the readings that were taken from it. */
import { ID_PATTERN, parseInstantMs, TEXT_MAX } from '../../schemas/fields.ts';
import type { EmissionsCems } from '../../schemas/streams/emissionsCems.ts';
import {
  type EmissionsFrame,
  FRAME_PIECE_BYTES,
  FRAME_PIECES,
} from '../../schemas/streams/emissionsFrames.ts';
import { toCemsReadings } from '../emissions/hj212/cemsReadings.ts';
import { instantText } from '../emissions/hj212/civilTime.ts';
import type { DecodedFrame } from '../emissions/hj212/decode.ts';
import type { OutgoingMessage } from '../log/port.ts';
import type { JudgedFrame } from './judgeFrame.ts';
import type { Outgoing } from './outbox.ts';

/** `ce_source` of every gateway: the same frame is the same reading, whichever of them it came through. */
const GATEWAY_SOURCE = 'hj212';
const UNREADABLE = 'unreadable';
const STACK_SYSTEM = '31';

export interface FramePlace {
  readonly connection: string;
  readonly peer: string;
}

export interface RecordedFrame {
  readonly judged: JudgedFrame;
  readonly place: FramePlace;
  readonly verdict: EmissionsFrame['verdict'];
  readonly contentRevision: number;
  readonly readings: readonly EmissionsCems[];
  /** Judgement of the same bytes; the first is 0. */
  readonly attempt: number;
}

/** Readings of a stack frame; none of water, ambient air, states and commands, which are kept as frames only. */
export function readingsOf({ message, device, usable }: JudgedFrame, revision: number): EmissionsCems[] {
  if (!usable || device === undefined || message.st !== STACK_SYSTEM) return [];
  return toCemsReadings(message, device)
    .filter(({ pollutant }) => device.factors?.has(pollutant) ?? true)
    .map((reading) => ({ ...reading, revision }));
}

/** The frame as `emissions.frames` keeps it. Keys in it are blanked: they would let others in, and prove nothing. */
function frameRecord(recorded: RecordedFrame): EmissionsFrame {
  const { judged, place, verdict, contentRevision, readings, attempt } = recorded;
  const { message, reason, detail, contentHash } = judged;
  const { bytes, cut, blanked } = kept(judged.bytes);
  const warnings = [...message.warnings, ...(blanked ? ['secret_blanked'] : []), ...(cut ? ['cut'] : [])];
  const dataTime = message.dataTimeMs === undefined ? undefined : instantText(message.dataTimeMs);
  return {
    device: idOr(message.mn) ?? UNREADABLE,
    connection: place.connection,
    position: judged.position,
    start: instantText(judged.receivedMs),
    peer: place.peer,
    verdict,
    reason: reason ?? 'none',
    detail: detail?.slice(0, TEXT_MAX) ?? null,
    warnings: warnings.length > 0 ? warnings.join(',') : null,
    dialect: message.dialect ?? null,
    qn: idOr(message.qn) ?? null,
    st: idOr(message.st) ?? null,
    cn: idOr(message.cn) ?? null,
    pnum: message.pnum ?? 0,
    pno: message.pno ?? 0,
    dataTime: dataTime !== undefined && parseInstantMs(dataTime) !== undefined ? dataTime : null,
    contentHash: contentHash ?? null,
    contentRevision,
    readings: readings.length,
    partial: reason !== undefined && readings.length > 0 ? 'yes' : 'no',
    raw: pieces(bytes),
    quality: 'measured',
    revision: attempt,
  };
}

export interface Topics {
  readonly frames: string;
  readonly cems: string;
}

/** Frame and readings as messages of the log: one message holds all readings of a frame, so that they stand together. */
export function outgoing(recorded: RecordedFrame, topics: Topics, onDurable: () => void): Outgoing {
  const { judged, readings } = recorded;
  const frame = frameRecord(recorded);
  const id = `${frame.connection}-${frame.position}-${frame.revision}`;
  const messages = [
    { topic: topics.frames, message: event('emissions.frames', id, frame.device, judged.receivedMs, frame) },
  ];
  if (readings.length > 0) {
    const site = readings[0]!.site;
    messages.push({
      topic: topics.cems,
      message: event('emissions.cems', id, site, judged.receivedMs, readings),
    });
  }
  const bytes = messages.reduce(
    (sum, { message }) => sum + (message.value as Buffer).length + MESSAGE_OVERHEAD,
    0,
  );
  return { messages, bytes, onDurable };
}

const MESSAGE_OVERHEAD = 256;

function event(topic: string, id: string, key: string, atMs: number, value: unknown): OutgoingMessage {
  return {
    key,
    value: Buffer.from(JSON.stringify(value)),
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: GATEWAY_SOURCE,
      ce_type: `com.tanliu.${topic}`,
      ce_time: instantText(atMs),
      'content-type': 'application/json',
    },
  };
}

const idOr = (text: string | undefined): string | undefined =>
  text !== undefined && ID_PATTERN.test(text) ? text : undefined;

const SECRET = /(New(?:SK|PW)=)([^;,&]+)/g;

function kept(bytes: Uint8Array): { bytes: Buffer; cut: boolean; blanked: boolean } {
  const most = FRAME_PIECE_BYTES * FRAME_PIECES;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, most));
  const text = buffer.toString('latin1');
  const blank = text.replace(
    SECRET,
    (_all, name: string, secret: string) => name + '*'.repeat(secret.length),
  );
  return {
    bytes: blank === text ? buffer : Buffer.from(blank, 'latin1'),
    cut: bytes.length > most,
    blanked: blank !== text,
  };
}

function pieces(bytes: Buffer): { base64: string }[] {
  const list: { base64: string }[] = [];
  for (let at = 0; at < bytes.length; at += FRAME_PIECE_BYTES)
    list.push({ base64: bytes.subarray(at, at + FRAME_PIECE_BYTES).toString('base64') });
  return list;
}

/** The message with the time that its first part gave. */
export function withTime(
  message: DecodedFrame,
  time: { dataTime: string; dataTimeMs: number },
): DecodedFrame {
  return { ...message, dataTimeMs: time.dataTimeMs, fields: { ...message.fields, DataTime: time.dataTime } };
}
