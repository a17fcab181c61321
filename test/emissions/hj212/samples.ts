/** Frames for the tests: the worked example of the standard, an hour of a stack, and the public packets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HJ212_DIALECTS } from '../../../schemas/reference/hj212.ts';
import { dataDir } from '../../sharedData.ts';

export const bytesOf = (text: string) => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** HJ 212-2017 Annex A. */
export const annexA =
  '##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n';

export const head = 'QN=20260301090003120;ST=31;CN=2061;PW=123456;MN=51010000000000000000A001;Flag=5;';

/** A segment with hour data of a stack. */
export const hourSegment = (items = 'a21026-Avg=18.30,a21026-Cou=10.21,a21026-Flag=N') =>
  `${head}CP=&&DataTime=20260301080000;${items}&&`;

const packetRow = z.object({
  packet: z.string(),
  frame_ok: z.boolean(),
  valid: z.boolean(),
  dialect: z.enum(HJ212_DIALECTS),
  reason: z.string(),
});
export const packetsFile = dataDir && join(dataDir, 'grid/hj212-packets.jsonl');

export function publicPackets(): Array<z.infer<typeof packetRow>> {
  const lines = readFileSync(packetsFile!, 'utf8').trim().split('\n');
  return lines.map((line) => packetRow.parse(JSON.parse(line)));
}
