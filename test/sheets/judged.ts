/** A file judged as `tanliu produce` does, and rows of grid.load to make files of. */
import { streamOf } from '../../schemas/streams/index.ts';
import { acceptedReadings, judgeFiles } from '../../src/sheets/produceFiles.ts';
import type { ReadOptions } from '../../src/sheets/readSheet.ts';
import { faultText } from '../../src/sheets/sheetFault.ts';

export async function judge(path: string, topic = 'grid.load', options: ReadOptions = {}) {
  const contract = streamOf(topic)!;
  const judged = await judgeFiles([path], contract, options);
  const values: Record<string, unknown>[] = [];
  for await (const { value } of acceptedReadings(judged, contract, options)) values.push(value);
  return {
    ...judged,
    values,
    lines: judged.faults.kept.map(faultText),
    codes: judged.faults.kept.map(({ code }) => code),
  };
}

export const HEADER = ['zone', 'start', 'durationS', 'energyMwh', 'quality'];
export const RIGHT = ['CN-SC-5101', '2026-03-01T00:00:00+08:00', '900', '12.5', 'measured'];
export const ACCEPTED = {
  zone: 'CN-SC-5101',
  start: '2026-02-28T16:00:00Z',
  durationS: 900,
  energyMwh: 12.5,
  quality: 'measured',
  revision: 0,
};
export const csv = (...rows: string[][]) => rows.map((row) => `${row.join(',')}\n`).join('');
export const withCell = (column: string, text: string) =>
  csv(
    HEADER,
    RIGHT.map((cell, i) => (HEADER[i] === column ? text : cell)),
  );
