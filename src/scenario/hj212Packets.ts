/** Public and constructed HJ 212 packets (one JSON row a line) as stack readings, through the project's own decoder. */
import { z } from 'zod';
import { HJ212_DIALECTS } from '../../schemas/reference/hj212.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type CemsDevice, toCemsReadings } from '../emissions/hj212/cemsReadings.ts';
import { type DecodedFrame, decodePacket } from '../emissions/hj212/decode.ts';
import type { Reading } from './scenario.ts';

const packetRow = z.object({
  packet: z.string().min(1),
  dialect: z.enum(HJ212_DIALECTS),
  source: z.string().default(''),
});
type PacketRow = z.infer<typeof packetRow>;

export interface PacketReadings {
  readonly readings: readonly Reading[];
  readonly frames: number;
  /** Frames that the decoder refused; these belong in the dead letters. */
  readonly refused: number;
  /** Sound frames without stack data: commands, answers, water and ambient air. */
  readonly withoutStackData: number;
  /** Readings whose key an earlier frame of the file had already filled. */
  readonly repeated: number;
}

/** ST of stationary sources of air pollution. */
const STACK_SYSTEM = '31';

/** Intervals of the devices are not in the file: real-time data every 30 s and minute data every minute are assumed. */
function deviceOf(mn: string): CemsDevice {
  return {
    site: `site/hj212-${mn}`,
    stack: `stack-${mn}`,
    realtimeIntervalS: 30,
    minuteIntervalS: 60,
    // `%` and `°` are no marks of a unit on the stream.
    units: {
      a01012: { unit: 'degC' },
      a01014: { unit: 'percent' },
      a19001: { unit: 'percent' },
    },
  };
}

/**
 * @param text JSON lines `{packet, dialect, source}`
 * @throws Refusal TL_HJ212_ROW with the line that is no such row
 */
export function readHj212Packets(name: string, text: string): PacketReadings {
  const readings = new Map<string, Reading>();
  const count = { frames: 0, refused: 0, withoutStackData: 0, repeated: 0 };
  text.split('\n').forEach((line, at) => {
    if (line.trim() === '') return;
    const row = rowOf(line, `${name} line ${at + 1}`);
    const message = decodePacket(new TextEncoder().encode(row.packet), { dialect: row.dialect });
    count.frames++;
    if (!message.valid) {
      count.refused++;
      return;
    }
    const found = stackReadings(row, message);
    if (found.length === 0) count.withoutStackData++;
    for (const reading of found) {
      const key = [reading.device, reading.pollutant, reading.period, reading.start].join('|');
      if (readings.has(key)) count.repeated++;
      else readings.set(key, reading);
    }
  });
  return { readings: [...readings.values()], ...count };
}

function stackReadings(row: PacketRow, message: DecodedFrame): Reading[] {
  if (message.st !== STACK_SYSTEM || message.mn === undefined) return [];
  const constructed = row.source.startsWith('constructed');
  return toCemsReadings(message, deviceOf(message.mn), row.packet.trim()).map((reading) => ({
    ...reading,
    // A packet made for a test measured nothing.
    ...(constructed && { quality: 'simulated' }),
  }));
}

function rowOf(line: string, place: string): PacketRow {
  try {
    return packetRow.parse(JSON.parse(line));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Refusal(`no packet row: ${problem}`, {
      code: 'TL_HJ212_ROW',
      place,
      remedy: 'a JSON object with packet, dialect (2005, 2017 or 2025) and source',
    });
  }
}
