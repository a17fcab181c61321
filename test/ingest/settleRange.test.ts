/** Ranges of which rows stand already: by another contract, of an insert cut short, or with a view that lacks them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StreamContract } from '../../schemas/stream.ts';
import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import { RangeDecoder } from '../../src/ingest/rangeDecoder.ts';
import { expectWithin, isFenced, raiseFence } from '../../src/ingest/rangeFence.ts';
import { insertRange } from '../../src/ingest/rangeInsert.ts';
import { RangePacker } from '../../src/ingest/rangePacker.ts';
import { leaveRange, type Settlement, settleRange } from '../../src/ingest/settleRange.ts';
import { StoredMessage } from '../../src/ingest/storedMessage.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import { otherPlantGeneration } from '../hazards/otherContracts.ts';

let dir: string;
let store: ChdbStore;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tanliu-settle-'));
  store = await openChdbStore(dir);
  await migrate(store);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

interface Build {
  readonly contract: StreamContract;
  readonly version: string;
}
const usual: Build = { contract: plantGeneration, version: 'A' };
const other: Build = { contract: otherPlantGeneration, version: 'B' };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function reading(energyWh: number, month = 3): object {
  const start = new Date(Date.UTC(2026, month - 1, 1) + Math.abs(energyWh % 1000) * 900_000).toISOString();
  return { plant: `p${energyWh % 7}`, meter: 'm', start, durationS: 900, energyWh, quality: 'measured' };
}

const message = (offset: number, value: object): StoredMessage =>
  new StoredMessage({
    offset: String(offset),
    knownAtMs: '1772000000000',
    key: null,
    value: base64(JSON.stringify(value)),
    headers: JSON.stringify({ ce_source: [base64('s')], 'content-type': [base64('application/json')] }),
  });

function range({ contract, version }: Build, messages: readonly StoredMessage[]) {
  const packer = new RangePacker();
  for (const one of messages) packer.add(one);
  const [first, last] = [messages[0]?.offset ?? 0, messages.at(-1)?.offset ?? 0];
  const target = { store, contract, contractVersion: version, generation: 1, partition: 0, first, last };
  return { target, decoded: new RangeDecoder(contract).decode(packer.pack()), messages };
}

async function insert(build: Build, messages: readonly StoredMessage[], token: string): Promise<void> {
  const { target, decoded } = range(build, messages);
  await insertRange(target, decoded, messages, token);
}

async function settle(
  build: Build,
  messages: readonly StoredMessage[],
  settlement: Settlement,
): Promise<void> {
  const { target, decoded } = range(build, messages);
  await settleRange(target, decoded, messages, settlement);
}

async function standing(): Promise<{ readings: string[]; dead: number[]; view: number }> {
  const readings = await store.query<{ row: string }>(
    "SELECT concat(toString(_offset), '.', toString(_row), contract) AS row FROM plant_generation ORDER BY _offset, _row, contract",
  );
  const dead = await store.query<{ o: number }>('SELECT toUInt32(_offset) AS o FROM dead_letters ORDER BY o');
  const [view] = await store.query<{ n: number }>('SELECT toUInt32(sum(rows)) AS n FROM stream_windows');
  return { readings: readings.map(({ row }) => row), dead: dead.map(({ o }) => o), view: view?.n ?? 0 };
}

/** Offset 1 is accepted by the other build only, offset 2 by the usual one only, offset 3 by neither. */
const mixed = (): StoredMessage[] => [
  message(0, reading(5)),
  message(1, reading(-7)),
  message(2, reading(2_000_000_000)),
  message(3, { nothing: true }),
  message(4, reading(9)),
];

const dropView = () => store.command('DROP VIEW plant_generation_windows');
async function makeView(): Promise<void> {
  await store.command(
    `CREATE MATERIALIZED VIEW plant_generation_windows TO stream_windows AS
     SELECT 'plant.generation' AS topic, '' AS key, toStartOfHour(start) AS hour, count() AS rows,
       max(known_at) AS last_known_at, max(start + toIntervalSecond(duration_s)) AS last_end
     FROM plant_generation GROUP BY hour`,
  );
}

describe('a range that another contract judged', () => {
  it('keeps what stands when the whole insert had come through', async () => {
    await insert(usual, mixed(), 'T');
    const before = await standing();
    await settle(other, mixed(), { token: 'T', before: 'A' });
    expect(await standing()).toEqual(before);
    expect(before).toEqual({ readings: ['0.0A', '2.0A', '4.0A'], dead: [1, 3], view: 3 });
  });

  it('brings what is missing when only the readings had come through', async () => {
    const { target, decoded } = range(usual, mixed());
    await insertRange(target, { ...decoded, refused: [] }, mixed(), 'T');
    for (let attempt = 0; attempt < 3; attempt++) await settle(other, mixed(), { token: 'T', before: 'A' });
    expect(await standing()).toEqual({ readings: ['0.0A', '1.0B', '2.0A', '4.0A'], dead: [3], view: 4 });
  });

  it('is judged by the new contract alone when nothing had come through, and shuts a late writer out', async () => {
    await settle(other, mixed(), { token: 'T', before: 'A' });
    await insert(usual, mixed(), 'T');
    expect(await standing()).toEqual({ readings: ['0.0B', '1.0B', '4.0B'], dead: [2, 3], view: 3 });
  });

  it('shuts a late writer out also where it puts nothing into a table or a month by itself', async () => {
    // All accepted: the late one would put offset 1 into the dead letters beside the reading.
    const accepted = mixed().slice(0, 2);
    await settle(other, accepted, { token: 'T', before: 'A' });
    await insert(usual, accepted, 'T');
    // All refused: the late one would accept it.
    const refused = [message(10, reading(2_000_000_000))];
    await settle(other, refused, { token: 'U', before: 'A' });
    await insert(usual, refused, 'U');
    expect(await standing()).toEqual({ readings: ['0.0B', '1.0B'], dead: [10], view: 2 });
  });

  it('gives way to whoever settles the same range later, and says so', async () => {
    const first = await raiseFence(store, 'T');
    await expectWithin(store, first);
    expect(await isFenced(store, 'T')).toBe(true);
    await settle(other, mixed(), { token: 'T', before: 'A' });
    await expect(expectWithin(store, first)).rejects.toMatchObject({ code: 'TL_LOG_FENCED' });
    expect(await isFenced(store, 'U')).toBe(false);
  });

  it('mends a view that had not got the readings, though they lie in many parts', async () => {
    const many = Array.from({ length: 60 }, (_, i) => message(i, reading(i + 1, 1 + (i % 3))));
    await dropView();
    for (let i = 0; i < 60; i += 20) await insert(usual, many.slice(i, i + 20), `T${i}`);
    await makeView();
    expect((await standing()).view).toBe(0);
    for (let attempt = 0; attempt < 2; attempt++) {
      for (let i = 0; i < 60; i += 20)
        await settle(other, many.slice(i, i + 20), { token: `T${i}`, before: 'A' });
      const { readings, view } = await standing();
      expect([readings.length, view]).toEqual([60, 60]);
    }
  });

  it('mends a view when the first contract comes back after another has only begun', async () => {
    const { target, decoded } = range(usual, mixed());
    await dropView();
    await insertRange(target, { ...decoded, refused: [] }, mixed(), 'T');
    await makeView();
    for (let attempt = 0; attempt < 2; attempt++) await settle(usual, mixed(), { token: 'T', several: true });
    expect(await standing()).toEqual({ readings: ['0.0A', '2.0A', '4.0A'], dead: [1, 3], view: 3 });
  });

  it('mends a view when the first contract comes back and the other had inserted all', async () => {
    await dropView();
    await settle(other, mixed(), { token: 'T', before: 'A' });
    await makeView();
    for (let attempt = 0; attempt < 2; attempt++) await settle(usual, mixed(), { token: 'T', several: true });
    expect(await standing()).toEqual({ readings: ['0.0B', '1.0B', '4.0B'], dead: [2, 3], view: 3 });
  });

  it('does not count rows twice where two contracts have inserted into a month', async () => {
    const { target, decoded } = range(usual, mixed());
    await insertRange(target, { ...decoded, refused: [] }, mixed(), 'T');
    await settle(other, mixed(), { token: 'T', before: 'A' });
    for (let attempt = 0; attempt < 2; attempt++) await settle(usual, mixed(), { token: 'T', several: true });
    expect(await standing()).toEqual({ readings: ['0.0A', '1.0B', '2.0A', '4.0A'], dead: [3], view: 4 });
  });

  it('mends a view that lacks readings of our own first try', async () => {
    const { target, decoded } = range(usual, mixed());
    await insertRange(target, { ...decoded, refused: [] }, mixed(), 'T');
    await dropView();
    await settle(other, mixed(), { token: 'T', before: 'A' });
    await makeView();
    expect((await standing()).view).toBe(3);
    await settle(other, mixed(), { token: 'T', before: 'A' });
    expect(await standing()).toEqual({ readings: ['0.0A', '1.0B', '2.0A', '4.0A'], dead: [3], view: 4 });
  });

  it('puts a message of which only one month stands into the dead letters whole, should it be refused now', async () => {
    const twoMonths = [message(0, [reading(3, 3), reading(2_000_000_000, 4)])];
    await insert(usual, twoMonths, 'T');
    await store.command('ALTER TABLE plant_generation DROP PARTITION 202604');
    await settle(other, twoMonths, { token: 'T', before: 'A' });
    expect(await standing()).toMatchObject({ readings: ['0.0A'], dead: [0] });
  });
});

describe('a range that the log no longer has', () => {
  it('is completed in the views, once, and closed to whoever had begun it', async () => {
    const { target, decoded } = range(usual, mixed());
    await dropView();
    await insertRange(target, { ...decoded, refused: [] }, mixed(), 'T');
    await makeView();
    expect((await standing()).view).toBe(0);
    for (let attempt = 0; attempt < 2; attempt++) await leaveRange(target, 'T', []);
    await insert(usual, mixed(), 'T');
    expect(await standing()).toEqual({ readings: ['0.0A', '2.0A', '4.0A'], dead: [], view: 3 });
  });

  it('is completed also where another contract had begun to settle it', async () => {
    const { target, decoded } = range(usual, mixed());
    await insertRange(target, { ...decoded, refused: [] }, mixed(), 'T');
    await dropView();
    await settle(other, mixed(), { token: 'T', before: 'A' });
    await makeView();
    for (let attempt = 0; attempt < 2; attempt++) await leaveRange(target, 'T', ['B']);
    expect(await standing()).toEqual({ readings: ['0.0A', '1.0B', '2.0A', '4.0A'], dead: [3], view: 4 });
  });
});

describe('a range whose token cannot be trusted', () => {
  it('is compared row by row: what stands under other tokens is not inserted again', async () => {
    const messages = Array.from({ length: 30 }, (_, i) => message(i, reading(i + 1)));
    await insert(usual, messages.slice(0, 20), 'elsewhere');
    for (let attempt = 0; attempt < 2; attempt++) await settle(usual, messages.slice(10), { token: 'T' });
    const { readings, view } = await standing();
    expect([readings.length, new Set(readings).size, view]).toEqual([30, 30, 30]);
  });
});
