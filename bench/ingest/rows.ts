/** The rows of the ingest benchmark: metered generation of 200 plants, as messages with the headers of a CloudEvent. */

import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import type { OutgoingMessage } from '../../src/log/port.ts';
import { arrowMessage } from '../../src/sheets/arrowMessage.ts';

const PLANTS = 200;
const METERS = 7;
const INTERVALS = 2976;
const MONTH_START_MS = Date.UTC(2026, 2, 1);
const SOURCE = '/tanliu/bench';

export interface BenchReading {
  readonly plant: string;
  readonly meter: string;
  readonly start: string;
  readonly durationS: number;
  readonly energyWh: number;
  readonly quality: string;
  readonly revision: number;
}

/** The n-th reading; all of one month, as a settlement sees them. */
function reading(n: number): BenchReading {
  return {
    plant: `plant/p-${n % PLANTS}`,
    meter: `m-${n % METERS}`,
    start: new Date(MONTH_START_MS + 900_000 * (n % INTERVALS)).toISOString().replace('.000Z', 'Z'),
    durationS: 900,
    energyWh: 1_000_000 + n * 37,
    quality: 'measured',
    revision: 0,
  };
}

const headers = (id: string, contentType: string) => ({
  ce_specversion: '1.0',
  ce_id: id,
  ce_source: SOURCE,
  ce_type: 'com.tanliu.plant.generation',
  ce_time: '2026-04-01T00:00:00Z',
  'content-type': contentType,
});

export function jsonMessage(n: number, timestampMs?: number): OutgoingMessage {
  const row = reading(n);
  return {
    key: row.plant,
    value: JSON.stringify(row),
    headers: headers(`bench-${n}`, 'application/json'),
    ...(timestampMs !== undefined && { timestampMs }),
  };
}

/** One Arrow message of `rows` readings of one plant. */
export function arrowBatch(index: number, rows: number): OutgoingMessage {
  const readings = Array.from({ length: rows }, (_, i) => ({
    ...reading((index * rows + i) * PLANTS + (index % PLANTS)),
  }));
  return {
    key: readings[0]?.plant ?? null,
    value: Buffer.from(arrowMessage(plantGeneration, readings)),
    headers: headers(`bench-arrow-${index}`, 'application/vnd.apache.arrow.stream'),
  };
}
