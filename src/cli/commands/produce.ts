/** `tanliu produce`: sends sheets and files as readings, naming every fault by row and column. */
import type { Command } from 'commander';
import type { StreamContract } from '../../../schemas/stream.ts';
import type { JudgedFiles } from '../../sheets/produceFiles.ts';
import type { PayloadFormat } from '../../sheets/produceReadings.ts';
import type { ReadOptions } from '../../sheets/readSheet.ts';
import { action, EXIT, printJson, say, UsageError } from '../run.ts';
import { contractOf } from './schema.ts';

interface Options {
  readonly source: string;
  readonly partial?: boolean;
  readonly timeZone?: string;
  readonly format: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('produce')
    .description(
      'sends files as readings: JSON lines, CSV, XLSX or Arrow; all of them, or none where a row is wrong',
    )
    .argument('<topic>', 'e.g. plant.generation')
    .argument('<files...>')
    .option('--source <name>', 'who says so; part of the identity of every reading', '/tanliu/produce')
    .option('--partial', 'send the rows that are right although others are wrong')
    .option('--time-zone <zone>', 'zone of times that state none: Asia/Shanghai or +08:00')
    .option('--format <form>', 'json or arrow', 'json')
    .option('--dry-run', 'only check')
    .option('--json', 'one JSON document on standard output')
    .action(action(produce));
}

async function produce(topic: string, files: string[], options: Options): Promise<void> {
  const contract = await contractOf(topic);
  const format = formatOf(options.format);
  const source = sourceOf(options.source);
  const readOptions: ReadOptions = { timeZone: await timeZoneOf(options.timeZone), onNote: noteOnce() };
  const { judgeFiles } = await import('../../sheets/produceFiles.ts');
  const progress = progressLine('checked');
  const judged = await judgeFiles(files, contract, readOptions, progress);
  const asked = judged.refused === 0 || options.partial === true;
  const send = asked && judged.accepted > 0 && options.dryRun !== true;
  if (judged.refused > 0) await sayFaults(judged);
  const sent = send ? await sendFiles(judged, contract, source, format, readOptions) : 0;
  if (!asked || judged.accepted === 0) process.exitCode = EXIT.refused;
  sayOutcome(judged, sent, options);
  if (options.json) printJson(summary(topic, source, judged, sent, options.dryRun === true));
}

function formatOf(format: string): PayloadFormat {
  if (format === 'json' || format === 'arrow') return format;
  throw new UsageError(`--format ${format}: would be right: json or arrow`);
}

/** `ce_source` is a URI reference that is not empty; it goes into a header and into the identity of readings. */
function sourceOf(source: string): string {
  if (/^[^\s\p{Cc}]{1,128}$/u.test(source)) return source;
  throw new UsageError(
    '--source: would be right: 1 to 128 characters without blanks, e.g. /sichuan/yibin/site-1',
  );
}

async function timeZoneOf(zone: string | undefined): Promise<string | undefined> {
  const { isTimeZone } = await import('../../sheets/localTime.ts');
  if (zone === undefined || isTimeZone(zone)) return zone;
  throw new UsageError(`--time-zone ${zone}: would be right: Asia/Shanghai, +08:00 or another zone by name`);
}

/** Files are read twice, and what is noted is said once. */
function noteOnce(): (note: string) => void {
  const said = new Set<string>();
  return (note) => {
    if (!said.has(note)) say(note);
    said.add(note);
  };
}

/** A line now and then while many rows pass. */
function progressLine(verb: string): (rows: number) => void {
  let next = 50_000;
  return (rows) => {
    if (rows < next) return;
    say(`${verb} ${rows} rows`);
    next = rows + 50_000;
  };
}

async function sendFiles(
  judged: JudgedFiles,
  contract: StreamContract,
  source: string,
  format: PayloadFormat,
  readOptions: ReadOptions,
): Promise<number> {
  const { openLog } = await import('../connect.ts');
  const { acceptedReadings } = await import('../../sheets/produceFiles.ts');
  const { produceReadings } = await import('../../sheets/produceReadings.ts');
  const { log, prefix, close } = await openLog();
  try {
    const producer = await log.producer();
    try {
      const { readings } = await produceReadings({
        producer,
        topic: `${prefix}${contract.topic}`,
        contract,
        source,
        format,
        readings: acceptedReadings(judged, contract, readOptions),
        at: new Date(),
        onSent: progressLine('sent'),
      });
      return readings;
    } finally {
      await producer.close();
    }
  } finally {
    await close();
  }
}

async function sayFaults({ faults }: JudgedFiles): Promise<void> {
  const { faultLines } = await import('../../sheets/sheetFault.ts');
  say(...faultLines(faults.kept));
  const more = faults.total - faults.kept.length;
  if (more > 0) say(`… and ${more} more`);
}

function sayOutcome({ accepted, refused, faults }: JudgedFiles, sent: number, options: Options): void {
  const wrong = refused > 0 ? `, ${refused} refused with ${faults.total} faults` : '';
  const done = options.dryRun
    ? 'nothing was sent (--dry-run)'
    : sent > 0
      ? `${sent} sent`
      : 'nothing was sent';
  say(`${accepted} readings are right${wrong}; ${done}`);
  if (refused > 0 && sent === 0 && accepted > 0 && !options.partial)
    say('mend the rows above, or send the right ones with --partial');
}

function summary(topic: string, source: string, judged: JudgedFiles, sent: number, dryRun: boolean) {
  const { accepted, refused, faults } = judged;
  return { topic, source, dryRun, accepted, sent, refused, faultsTotal: faults.total, faults: faults.kept };
}
