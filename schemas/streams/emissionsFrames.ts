/** `emissions.frames`: every frame that a gateway of HJ 212 received, as bytes, with the verdict on it. */
import type { z } from 'zod';
import {
  id,
  integer,
  items,
  oneOf,
  optionalId,
  optionalInstant,
  optionalText,
  quality,
  revision,
  start,
  text,
} from '../fields.ts';
import { BAD_FRAME_REASONS } from '../reference/hj212.ts';
import { readings } from '../stream.ts';

const count = (en: string, zh: string) => integer({ en, zh }, { unit: '1', aggregation: 'none', minimum: 0 });

/** Bytes of a frame in one piece of base64. */
export const FRAME_PIECE_BYTES = 3_072;
/** Pieces of a frame; what is longer than 24 KiB can only be noise and is cut. */
export const FRAME_PIECES = 8;

export const emissionsFrames = readings({
  topic: 'emissions.frames',
  about: { en: 'HJ 212 frames as received, with verdict', zh: 'HJ 212 原始报文与判定' },
  key: 'device',
  // A frame's place on its connection names it; a later judgement of the same bytes is a higher revision.
  subject: ['device', 'connection', 'position'],
  shape: {
    device: id(
      { en: 'MN as far as it can be read, else unreadable', zh: '设备编号（MN）' },
      { example: '010000A8900016F000169DC0' },
    ),
    connection: id({ en: 'connection of the gateway', zh: '连接' }, { example: 'g1f3a-12' }),
    position: count('bytes of the connection before the frame', '报文在连接中的位置'),
    start: start(),
    peer: optionalText({ en: 'address of the peer', zh: '对端地址' }),
    verdict: oneOf(['accepted', 'dead', 'event'], {
      en: 'accepted, dead letter, or an event about frames before',
      zh: '判定',
    }),
    reason: oneOf(['none', ...BAD_FRAME_REASONS], { en: 'why it is a dead letter', zh: '拒收原因' }),
    detail: optionalText({ en: 'what was found', zh: '说明' }),
    warnings: optionalText({ en: 'warnings, separated by commas', zh: '警告' }),
    dialect: optionalId({ en: 'edition of HJ 212 by which it was read', zh: 'HJ 212 版本' }),
    qn: optionalText({ en: 'request number (QN)', zh: '请求编码' }),
    st: optionalId({ en: 'system (ST)', zh: '系统编码' }),
    cn: optionalId({ en: 'command (CN)', zh: '命令编码' }),
    pnum: count('parts of the message, 0 where not split', '总包数'),
    pno: count('number of this part, 0 where not split', '包号'),
    dataTime: optionalInstant({ en: 'DataTime', zh: '数据时间' }),
    contentHash: optionalText({ en: 'hash of the data area', zh: '数据区摘要' }),
    contentRevision: count('revision of this content among those of the same key', '内容修订号'),
    readings: count('readings of emissions.cems taken from it', '所得读数'),
    partial: oneOf(['no', 'yes'], { en: 'only its good items were taken', zh: '仅取有效项' }),
    raw: items(
      { base64: text({ en: 'bytes in base64, in pieces', zh: '原始字节' }) },
      { en: 'frame as received', zh: '原始报文' },
      FRAME_PIECES,
    ),
    quality: quality(),
    revision: revision(),
  },
});
export type EmissionsFrame = z.infer<typeof emissionsFrames.schema>;
