/** `tanliu hj212 …`: frames of emission monitors (HJ 212) to JSON lines without any server, and the gateway that takes them. */
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { parseInstantMs } from '../../../schemas/fields.ts';
import {
  BAD_FRAME_REASONS,
  type BadFrameReason,
  HJ212_DIALECTS,
  type Hj212Dialect,
} from '../../../schemas/reference/hj212.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import type { DecodedFrame } from '../../emissions/hj212/decode.ts';
import { action, printJson, say, UsageError } from '../run.ts';

/** The shape of one line of a `--each` file; further fields are the file's own. */
const packetLine = z.object({ packet: z.string(), dialect: z.enum(HJ212_DIALECTS).optional() });

interface DecodeCommandOptions {
  readonly each?: boolean;
  readonly dialect?: Hj212Dialect;
  readonly tolerant?: boolean;
}

export function register(program: Command): void {
  const hj212 = program.command('hj212').description('emission monitors (HJ 212)');
  hj212
    .command('decode')
    .description('frames to JSON lines: {frame_ok, valid, reason?, …fields}')
    .argument('<FILE>', 'a captured stream of frames; with --each JSON lines {packet, dialect}')
    .option('--each', 'judge packets one by one, strict about the trailer, dialect as the row says')
    .option('--dialect <2005|2017|2025>', 'dialect of the devices, else by the version in Flag', parseDialect)
    .option('--tolerant', 'accept frames without CR LF (stream only)')
    .action(action(decode));
  hj212
    .command('serve')
    .description(
      'the TCP gateway: frames of stations into Kafka, each answered once it is durable; SIGTERM drains',
    )
    .option('--listen <host:port>', 'instead of HJ212_LISTEN')
    .action(action(serve));
  hj212
    .command('dead')
    .description('frames that were refused, by reason and device')
    .option('--json', 'one JSON document on standard output')
    .action(action(dead));
  hj212
    .command('redrive')
    .description('judges refused frames again by the register of today; what is acceptable now is taken')
    .option('--reason <reason>', 'only those of one reason', parseReason)
    .option('--mn <MN>', 'only those of one device')
    .option('--from <instant>', 'received at or after, e.g. 2026-03-01T00:00:00+08:00', parseInstant)
    .option('--to <instant>', 'received before', parseInstant)
    .option('--limit <n>', 'at most so many', (text) => Math.max(1, Number.parseInt(text, 10) || 1), 10_000)
    .option('--json', 'one JSON document on standard output')
    .action(action(redrive));
}

function parseReason(text: string): BadFrameReason {
  const reason = BAD_FRAME_REASONS.find((known) => known === text);
  if (reason === undefined) throw new InvalidArgumentError(`one of ${BAD_FRAME_REASONS.join(', ')}`);
  return reason;
}

function parseInstant(text: string): number {
  const ms = parseInstantMs(text);
  if (ms === undefined)
    throw new InvalidArgumentError('an instant with offset, e.g. 2026-03-01T00:00:00+08:00');
  return ms;
}

async function dead({ json }: { json?: boolean }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { groupDeadFrames } = await import('../../gateway/redriveFrames.ts');
  const store = await openStore();
  try {
    const groups = await groupDeadFrames(store);
    if (json) return printJson(groups);
    for (const { reason, device, frames, lastReceivedAt, example } of groups)
      process.stdout.write(`${frames}\t${reason}\t${device}\t${lastReceivedAt}\t${example}\n`);
    if (groups.length === 0) say('no frame was refused');
  } finally {
    await store.close();
  }
}

interface RedriveOptions {
  readonly reason?: BadFrameReason;
  readonly mn?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly json?: boolean;
}

async function redrive({ reason, mn, from, to, limit, json }: RedriveOptions): Promise<void> {
  const { openLog, openStore } = await import('../connect.ts');
  const { redriveFrames } = await import('../../gateway/redriveFrames.ts');
  const { DEFAULT_GATEWAY_LIMITS } = await import('../../gateway/limits.ts');
  const { log, prefix } = await openLog();
  const store = await openStore();
  try {
    const producer = await log.producer();
    const result = await redriveFrames(
      { reason, mn, fromMs: from, toMs: to, limit },
      {
        store,
        producer,
        topics: { frames: `${prefix}emissions.frames`, cems: `${prefix}emissions.cems` },
        nowMs: Date.now(),
        futureToleranceMs: DEFAULT_GATEWAY_LIMITS.futureToleranceMs,
      },
    ).finally(() => producer.close());
    if (json) return printJson(result);
    const still = Object.entries(result.refused).map(([why, count]) => `${count} ${why}`);
    say(
      `${result.tried} frames judged again, ${result.accepted} accepted with ${result.readings} readings`,
      still.length > 0 && `  still refused: ${still.join(', ')}`,
    );
  } finally {
    await store.close();
  }
}

async function serve({ listen }: { listen?: string }): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { untilStopped } = await import('../../runtime/shutdown.ts');
  const { startGatewayRole } = await import('../../runtime/pipeline.ts');
  const config = loadConfig({ ...process.env, ...(listen && { HJ212_LISTEN: listen }) });
  await untilStopped((signal) => startGatewayRole(config, { progress: say, signal }));
}

function parseDialect(text: string): Hj212Dialect {
  const dialect = HJ212_DIALECTS.find((known) => known === text);
  if (dialect === undefined) throw new InvalidArgumentError(`one of ${HJ212_DIALECTS.join(', ')}`);
  return dialect;
}

async function decode(path: string, options: DecodeCommandOptions): Promise<void> {
  if (options.each && options.tolerant) throw new UsageError('--each is always strict about the trailer');
  const bytes = await readBytes(path);
  const counts = { frames: 0, valid: 0, noiseBytes: 0 };
  for await (const frame of options.each ? decodeEach(path, bytes, options) : decodeStream(bytes, options)) {
    const { frameOk, valid, reason, ...content } = frame;
    printJson({ frame_ok: frameOk, valid, ...(reason && { reason }), ...content });
    counts.frames++;
    if (valid) counts.valid++;
    counts.noiseBytes += frame.noiseBytes;
  }
  say(`${counts.frames} frames, ${counts.valid} valid, ${counts.noiseBytes} bytes of noise`);
}

async function* decodeEach(
  path: string,
  bytes: Uint8Array,
  options: DecodeCommandOptions,
): AsyncGenerator<DecodedFrame> {
  const { decodePacket } = await import('../../emissions/hj212/decode.ts');
  const lines = new TextDecoder().decode(bytes).split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const { packet, dialect = options.dialect } = parseLine(line, `${path} line ${index + 1}`);
    yield decodePacket(new TextEncoder().encode(packet), { trailer: 'strict', ...(dialect && { dialect }) });
  }
}

function parseLine(line: string, place: string): z.infer<typeof packetLine> {
  const remedy = '{"packet": "##…", "dialect": "2017"}';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Refusal(`not JSON: ${(error as Error).message}`, { code: 'TL_HJ212_LINE', place, remedy });
  }
  const parsed = packetLine.safeParse(value);
  if (!parsed.success) {
    throw new Refusal(z.prettifyError(parsed.error), { code: 'TL_HJ212_LINE', place, remedy });
  }
  return parsed.data;
}

/** One line a frame, sound or broken; noise is counted with the frame that follows it, or at the end. */
async function* decodeStream(bytes: Uint8Array, options: DecodeCommandOptions): AsyncGenerator<DecodedFrame> {
  const { decodeScanned } = await import('../../emissions/hj212/decode.ts');
  const { createFrameScanner } = await import('../../emissions/hj212/frameScanner.ts');
  const scanner = createFrameScanner(options.tolerant ? 'tolerant' : 'strict');
  let noiseBytes = 0;
  for (const scanned of [...scanner.push(bytes), ...scanner.end()]) {
    if (scanned.kind === 'noise') {
      noiseBytes += scanned.bytes.length;
      continue;
    }
    yield { ...decodeScanned(scanned, options.dialect && { dialect: options.dialect }), noiseBytes };
    noiseBytes = 0;
  }
  if (noiseBytes > 0) say(`${noiseBytes} bytes of noise after the last frame`);
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`);
  }
}
