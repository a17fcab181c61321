/** `schema`, `template` and `produce` as a person types them, with their outputs and exit codes. */
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { STREAMS, streamOf } from '../../schemas/streams/index.ts';
import { register as registerProduce } from '../../src/cli/commands/produce.ts';
import { register as registerSchema } from '../../src/cli/commands/schema.ts';
import { register as registerTemplate } from '../../src/cli/commands/template.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import { testServers, uniqueName } from '../runtime/servers.ts';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';
import { fileFor } from './fileFor.ts';

let out = '';
let err = '';

beforeEach(() => {
  [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs one command and gives its exit code. */
async function tanliu(...args: string[]): Promise<number> {
  const program = new Command('tanliu');
  for (const register of [registerSchema, registerTemplate, registerProduce]) register(program);
  process.exitCode = 0;
  await program.parseAsync(args, { from: 'user' });
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return code;
}

const HEADER = 'zone,start,durationS,energyMwh,quality\n';
const RIGHT = 'CN-SC,2026-03-01T00:00:00+08:00,900,1,measured\n';

describe('schema', () => {
  test('lists every stream in both languages', async () => {
    expect(await tanliu('schema')).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(STREAMS.length);
    expect(out).toContain('plant.generation     电厂上网电量 · Metered generation of a plant');
  });

  test.each([
    ['json-schema', '"$id": "urn:tanliu:stream:grid.load"'],
    ['arrow', 'start      timestamp[ms, tz=UTC] not null'],
    ['sql', 'CREATE TABLE grid_load ('],
  ])('prints %s', async (format, words) => {
    expect(await tanliu('schema', 'grid.load', '--format', format)).toBe(0);
    expect(out).toContain(words);
    out = '';
    expect(await tanliu('schema', 'grid.load', '--format', format, '--json')).toBe(0);
    expect(() => JSON.parse(out)).not.toThrow();
  });

  test('names the nearest stream for a wrong one', async () => {
    expect(await tanliu('schema', 'grid.laod')).toBe(2);
    expect(err).toContain('did you mean grid.load?');
  });
});

describe('template', () => {
  test('writes a workbook and does not replace one that may be filled in', async () => {
    const path = join(temporaryFolder('template'), 'a.xlsx');
    expect(await tanliu('template', 'grid.load', '--out', path, '--json')).toBe(0);
    expect(JSON.parse(out)).toEqual({ topic: 'grid.load', file: path });
    expect(await tanliu('template', 'grid.load', '--out', path)).toBe(2);
    expect(err).toContain('is there already');
    expect(await tanliu('template', 'grid.load', '--out', path, '--force')).toBe(0);
  });

  test('says what is wrong with the place', async () => {
    expect(await tanliu('template', 'grid.load', '--out', '/nowhere/a.xlsx')).toBe(2);
    expect(await tanliu('template', 'grid.load', '--out', 'a.pdf')).toBe(2);
  });
});

describe('produce', () => {
  test('--dry-run checks without a broker', async () => {
    expect(
      await tanliu('produce', 'grid.load', fileFor('a.csv', HEADER + RIGHT), '--dry-run', '--json'),
    ).toBe(0);
    expect(JSON.parse(out)).toEqual({
      topic: 'grid.load',
      source: '/tanliu/produce',
      dryRun: true,
      accepted: 1,
      sent: 0,
      refused: 0,
      faultsTotal: 0,
      faults: [],
    });
  });

  test('one wrong row refuses all of it, and no broker is asked for', async () => {
    vi.stubEnv('KAFKA_BROKERS', '127.0.0.1:1');
    const path = fileFor('a.csv', `${HEADER}${RIGHT}${RIGHT.replace('900', '-1')}`);
    expect(await tanliu('produce', 'grid.load', path, '--json')).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      accepted: 1,
      sent: 0,
      refused: 1,
      faults: [
        {
          file: 'a.csv',
          row: 3,
          column: { letter: 'C', name: 'durationS', title: '时段长度' },
          code: 'TL_SHEET_VALUE',
        },
      ],
    });
    expect(err).toContain(
      'a.csv · row 3 · column C durationS 时段长度: -1 is too small; would be right: a whole number [s] from 1 to 31622400',
    );
  });

  test('rows with the same kind of fault are gathered on the screen', async () => {
    const path = fileFor(
      'a.csv',
      HEADER + Array.from({ length: 20 }, (_, i) => RIGHT.replace('900', i === 10 ? '900' : '0')).join(''),
    );
    expect(await tanliu('produce', 'grid.load', path, '--dry-run')).toBe(1);
    expect(err).toContain('a.csv · column C durationS 时段长度: the same kind of fault in rows 7–11, 13–21');
  });

  test.each([
    [['--format', 'xml'], '--format xml'],
    [['--time-zone', 'Sichuan'], '--time-zone Sichuan'],
    [['--source', 'two words'], '--source'],
  ])('%s is wrong use', async (flags, words) => {
    expect(
      await tanliu('produce', 'grid.load', fileFor('a.csv', HEADER + RIGHT), '--dry-run', ...flags),
    ).toBe(2);
    expect(err).toContain(words);
  });

  test('sends the right rows with --partial, under the name given as source', async () => {
    const { kafka } = await testServers('kafka');
    const prefix = `${uniqueName('sheets')}.`;
    vi.stubEnv('KAFKA_BROKERS', kafka.brokers.join(','));
    vi.stubEnv('KAFKA_TOPIC_PREFIX', prefix);
    const log = createKafkajsLog({ brokers: kafka.brokers });
    const admin = await log.admin();
    const topic = `${prefix}grid.load`;
    await admin.createTopics([topic], {
      partitions: 1,
      replicas: 1,
      retentionMs: 3_600_000,
      maxMessageBytes: 1_048_588,
    });
    const path = fileFor('a.csv', `${HEADER}${RIGHT}${RIGHT.replace('900', '-1')}`);
    for (let time = 0; time < 2; time++)
      expect(await tanliu('produce', 'grid.load', path, '--partial', '--source', '/sichuan/test')).toBe(0);
    const messages = await log.read({ topic, partition: 0, first: 0, last: 9 });
    await admin.close();
    expect(messages.map(({ headers }) => String(headers.ce_source))).toEqual([
      '/sichuan/test',
      '/sichuan/test',
    ]);
    expect(new Set(messages.map(({ headers }) => String(headers.ce_id))).size).toBe(1);
    const reading = JSON.parse(String(messages[0]?.value));
    expect(streamOf('grid.load')!.schema.parse(reading)).toEqual(reading);
  });
});
