/** Decodes and judges the messages of a range: accepted readings as one Arrow block, refusals one by one. */
import type { StreamContract } from '../../schemas/stream.ts';
import { decodeArrow } from './arrowDecoder.ts';
import { RowSet } from './columnSet.ts';
import { DEAD_REASONS, type Rejection, reject } from './deadReasons.ts';
import { type FastJson, fastJsonFor } from './fastJson.ts';
import { decodeJson } from './jsonDecoder.ts';
import { NO_SOURCE, PAYLOAD, type PackedRange } from './rangePacker.ts';

/** Longest value of a message. */
const MAX_VALUE_BYTES = 1 << 20;

export interface RefusedMessage extends Rejection {
  /** Position of the message in the range. */
  readonly index: number;
}

export interface DecodedRange {
  readonly rows: number;
  /** Arrow IPC stream of the rows, `undefined` where there are none. */
  readonly ipc: Uint8Array | undefined;
  readonly refused: readonly RefusedMessage[];
}

export class RangeDecoder {
  private readonly contract: StreamContract;
  private readonly rows: RowSet;
  private readonly fast: FastJson | undefined;

  constructor(contract: StreamContract) {
    this.contract = contract;
    this.rows = new RowSet(contract);
    this.fast = fastJsonFor(contract);
  }

  /** One reading block for all accepted messages, in offset order; the same range always gives the same bytes. */
  decode(range: PackedRange): DecodedRange {
    const { rows } = this;
    rows.clear();
    const refused: RefusedMessage[] = [];
    let begin = 0;
    for (let index = 0; index < range.count; index++) {
      const end = range.ends[index] as number;
      const before = rows.rows;
      const rejection = this.message(range, index, begin, end);
      if (rejection) refused.push({ index, ...rejection });
      else {
        const source = range.sourceNames[range.sources[index] as number] as string;
        rows.stamp(before, source, range.offsets[index] as number, range.timestampsMs[index] as number);
      }
      begin = end;
    }
    return { rows: rows.rows, ipc: rows.rows > 0 ? rows.toIpc() : undefined, refused };
  }

  private message(range: PackedRange, index: number, begin: number, end: number): Rejection | undefined {
    const payload = range.payloads[index];
    if (payload === PAYLOAD.tombstone || end === begin)
      return reject('empty_message', '', DEAD_REASONS.empty_message);
    if (end - begin > MAX_VALUE_BYTES) return reject('too_large', '', `${end - begin} bytes`);
    if (range.sources[index] === NO_SOURCE)
      return reject('missing_header', 'ce_source', 'ce_source is missing, empty or over 256 bytes');
    if (payload === PAYLOAD.missing)
      return reject('missing_header', 'content-type', 'content-type is missing');
    if (payload === PAYLOAD.other)
      return reject('wrong_content_type', 'content-type', DEAD_REASONS.wrong_content_type);
    const { values } = range;
    const into = this.rows.values;
    if (payload === PAYLOAD.arrow) return decodeArrow(this.contract, values.subarray(begin, end), into);
    if (this.fast?.decode(values, begin, end, into)) return undefined;
    return decodeJson(this.contract, values.subarray(begin, end), into);
  }
}
