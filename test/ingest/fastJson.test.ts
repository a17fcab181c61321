/** The short way for JSON and the contract's schema give the same answer, whatever a producer writes. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { StreamContract } from '../../schemas/stream.ts';
import { STREAMS } from '../../schemas/streams/index.ts';
import { RowSet } from '../../src/ingest/columnSet.ts';
import { fastJsonFor } from '../../src/ingest/fastJson.ts';
import { decodeJson } from '../../src/ingest/jsonDecoder.ts';
import { arbitraryBadReading, arbitraryReading } from '../schemas/arbitraryReading.ts';

const RUNS = process.env.TANLIU_TEST_FULL ? 20_000 : 300;
const flat = STREAMS.filter((contract) => fastJsonFor(contract) !== undefined);

/** Rows that the short way gives, or `undefined` where it leaves the message to the schema. */
function byFast(contract: StreamContract, text: Uint8Array): Buffer | undefined {
  const rows = new RowSet(contract);
  // The message lies in the middle of others, as in a range.
  const around = Buffer.concat([Buffer.from('{"zone":"'), text, Buffer.from('","quality":"measured"}]')]);
  const taken = fastJsonFor(contract)?.decode(around, 9, 9 + text.length, rows.values);
  if (!taken) {
    expect(rows.rows).toBe(0);
    return undefined;
  }
  rows.stamp(0, 'source', 7, 1_770_000_000_000);
  return Buffer.from(rows.toIpc());
}

function bySchema(contract: StreamContract, text: Uint8Array): Buffer | undefined {
  const rows = new RowSet(contract);
  if (decodeJson(contract, text, rows.values)) {
    expect(rows.rows).toBe(0);
    return undefined;
  }
  rows.stamp(0, 'source', 7, 1_770_000_000_000);
  return Buffer.from(rows.toIpc());
}

/** What the short way takes, the schema accepts with the same bytes. */
function agree(contract: StreamContract, text: string | Uint8Array): void {
  const bytes = Buffer.from(text as string);
  const fast = byFast(contract, bytes);
  if (fast) expect(fast.equals(bySchema(contract, bytes) ?? Buffer.alloc(0))).toBe(true);
}

/** JSON of a value in some spelling: order of keys, blanks, forms of numbers. */
const spelled = (reading: Record<string, unknown>) =>
  fc
    .record({
      order: fc.shuffledSubarray(Object.keys(reading), { minLength: Object.keys(reading).length }),
      blank: fc.constantFrom('', ' ', '  ', '\n', '\t'),
      number: fc.constantFrom('plain', 'exponent', 'point', 'plus'),
    })
    .map(({ order, blank, number }) => {
      const spell = (value: unknown) => {
        if (typeof value !== 'number' || number === 'plain') return JSON.stringify(value);
        if (number === 'exponent') return value.toExponential();
        if (number === 'plus') return `+${value}`;
        return Number.isInteger(value) ? `${value}.0` : String(value);
      };
      return `{${order
        .filter((key) => reading[key] !== undefined)
        .map((key) => `"${key}":${blank}${spell(reading[key])}`)
        .join(`,${blank}`)}}`;
    });

describe.each(flat.map((contract) => [contract.topic, contract] as const))('%s', (_topic, contract) => {
  const reading = arbitraryReading(contract);

  test.prop([reading.chain(spelled)], { numRuns: RUNS })(
    'agrees on accepted readings in every spelling',
    (text) => agree(contract, text),
  );

  test.prop([fc.array(reading, { minLength: 1, maxLength: 5 })], { numRuns: RUNS })(
    'agrees on arrays of readings',
    (list) => agree(contract, JSON.stringify(list)),
  );

  test.prop([arbitraryBadReading(contract)], { numRuns: RUNS })(
    'never takes what the schema refuses',
    (bad) => agree(contract, JSON.stringify(bad)),
  );

  test.prop([reading, fc.nat(), fc.integer({ min: 0, max: 255 })], { numRuns: RUNS * 3 })(
    'agrees when one byte is another',
    (value, at, byte) => {
      const bytes = Buffer.from(JSON.stringify(value));
      bytes[at % bytes.length] = byte;
      agree(contract, bytes);
    },
  );

  test.prop([reading, fc.nat()], { numRuns: RUNS })('agrees when the end is missing', (value, at) => {
    const text = JSON.stringify(value);
    agree(contract, text.slice(0, at % (text.length + 1)));
  });
});

describe('the short way', () => {
  const contract = STREAMS.find(({ topic }) => topic === 'plant.generation') as StreamContract;
  const plain =
    '{"plant":"plant/a","meter":"m-1","start":"2026-03-01T00:00:00Z","durationS":900,"energyWh":5,"quality":"measured","revision":0}';

  it('takes the common spelling: the tests above are not empty', () => {
    for (const text of [
      plain,
      `[${plain},${plain}]`,
      plain.replaceAll(',', ', ').replaceAll('":', '": '),
      `${plain}\n`,
      plain.replace(',"revision":0', ''),
      plain.replace('5', 'null'),
    ]) {
      expect(byFast(contract, Buffer.from(text))).toBeDefined();
    }
  });

  it.each([
    ['a repeated key', plain.replace('"revision":0', '"revision":0,"revision":1')],
    ['an unknown key', plain.replace('"revision":0', '"revisions":0')],
    ['a leading zero', plain.replace('"energyWh":5', '"energyWh":05')],
    ['minus zero', plain.replace('"energyWh":5', '"energyWh":-0')],
    ['a number beyond 2^53', plain.replace('"energyWh":5', '"energyWh":9007199254740993')],
    ['30 February', plain.replace('2026-03-01', '2026-02-30')],
    ['a time without offset', plain.replace('00Z', '00')],
    ['an escape', plain.replace('plant/a', 'plant\\/a')],
    ['two documents', `${plain}${plain}`],
    ['a trailing comma', plain.replace('}', ',}')],
    ['an id of 129 letters', plain.replace('plant/a', 'x'.repeat(129))],
  ])('leaves %s to the schema', (_what, text) => {
    expect(byFast(contract, Buffer.from(text))).toBeUndefined();
  });
});
