/** From the bytes of a frame to what it says and whether it may be used: two verdicts, kept apart. */
import {
  dialectRulesOf,
  type Hj212Dialect,
  hj212Commands,
  hj212Factors,
  hj212Uploads,
} from '../../../schemas/reference/hj212.ts';
import { type BadFrameReason, Findings } from './badFrame.ts';
import { parseCivilTime } from './civilTime.ts';
import { type DataArea, readDataArea } from './dataArea.ts';
import { createFrameScanner, type Scanned, type TrailerRule } from './frameScanner.ts';
import { type FrameHeader, readHeader, splitSegment } from './header.ts';

/** What the register knows about the device, and the receiver's settings. All of it may be absent. */
export interface DecodeOptions {
  /** Dialect of the device register; without it Flag's version stands in, with a warning. */
  readonly dialect?: Hj212Dialect;
  /** Dialect by MN, for a receiver that knows the device only from the frame itself. */
  readonly dialectOf?: (mn: string) => Hj212Dialect | undefined;
  readonly trailer?: TrailerRule;
  /** When given, only these device numbers are accepted. */
  readonly isRegistered?: (mn: string) => boolean;
  /** When given, only these factor codes are accepted (a closed register). */
  readonly isFactorKnown?: (mn: string, factor: string) => boolean;
  /** Time of receipt (ms since 1970) and how far ahead of it a DataTime may lie. */
  readonly received?: { readonly atMs: number; readonly toleranceMs: number };
}

export interface DecodedFrame extends Partial<FrameHeader>, Partial<DataArea> {
  /** Length, CRC and trailer agree, whatever the length. */
  readonly frameOk: boolean;
  /** The whole message is acceptable. */
  readonly valid: boolean;
  /** First fault, from the closed list; absent when valid. */
  readonly reason?: BadFrameReason;
  readonly detail?: string;
  readonly dialect?: Hj212Dialect;
  /** Meaning of CN. */
  readonly command?: string;
  /** DataTime (ms since 1970); for minute, hour and day data the START of the period. */
  readonly dataTimeMs?: number;
  readonly warnings: readonly string[];
  /** Bytes skipped before the frame. */
  readonly noiseBytes: number;
}

/** Commands that carry measured data when they come from the field. */
const UPLOADS = new Set(hj212Uploads);
/** Period of which DataTime is the start (ms): it must lie on its grid. */
const PERIOD_MS: Readonly<Record<string, number>> = {
  '2061': 3_600_000,
  '2031': 86_400_000,
  '2041': 86_400_000,
};
const CIVIL_OFFSET_MS = 8 * 3_600_000;
const knownFactors = new Set(hj212Factors.map(({ code }) => code));

/**
 * Judges one packet by itself: the first sound frame in it, else its first broken one. Bytes around it are noise.
 * @param bytes the packet as received, CR LF included where it was sent
 */
export function decodePacket(bytes: Uint8Array, options: DecodeOptions = {}): DecodedFrame {
  const scanner = createFrameScanner(options.trailer);
  const found = [...scanner.push(bytes), ...scanner.end()];
  const chosen = found.find(({ kind }) => kind === 'frame') ?? found.find(({ kind }) => kind === 'bad');
  if (chosen === undefined) {
    return { frameOk: false, valid: false, reason: 'noise', warnings: [], noiseBytes: bytes.length };
  }
  const noiseBytes = found
    .filter(({ kind, position }) => kind === 'noise' && position < chosen.position)
    .reduce((sum, noise) => sum + noise.bytes.length, 0);
  return { ...decodeScanned(chosen, options), noiseBytes };
}

/** Judges what the scanner found in a stream. */
export function decodeScanned(scanned: Scanned, options: DecodeOptions = {}): DecodedFrame {
  if (scanned.kind === 'frame') {
    const decoded = decodeSegment(scanned.segment, options);
    return scanned.trailerMissing ? { ...decoded, warnings: [...decoded.warnings, 'no_trailer'] } : decoded;
  }
  const reason = scanned.kind === 'noise' ? 'noise' : scanned.reason;
  const noiseBytes = scanned.kind === 'noise' ? scanned.bytes.length : 0;
  return { frameOk: false, valid: false, reason, warnings: [], noiseBytes };
}

/** Judges a segment whose length and CRC are right. Every fault is found; the first one is the reason. */
function decodeSegment(segment: Uint8Array, options: DecodeOptions = {}): DecodedFrame {
  const findings = new Findings();
  const text = decodeUtf8(segment);
  if (text === undefined) {
    findings.fault('bad_item', 'the segment is not UTF-8');
    return verdict({}, findings);
  }
  const { head, dataArea } = splitSegment(text, findings);
  const { header, dialect } = readHeader(head, options.dialect ?? registeredDialect(head, options), findings);
  if (segment.length > dialectRulesOf(dialect).maxSegmentBytes) {
    findings.fault('too_long', `${segment.length} bytes`);
  }
  if (header.mn !== undefined && options.isRegistered?.(header.mn) === false) {
    findings.fault('unknown_mn', `MN=${header.mn}`);
  }
  const area = dataArea === undefined ? undefined : readDataArea(dataArea, findings);
  if (area !== undefined) judgeContent(header, area, options, findings);
  const dataTime = area?.fields.DataTime;
  const dataTimeMs = dataTime === undefined ? undefined : parseCivilTime(dataTime);
  const command = header.cn === undefined ? undefined : hj212Commands[header.cn];
  if (header.cn !== undefined && command === undefined) findings.warn('unknown_command');
  return verdict(
    {
      dialect,
      ...header,
      ...(command !== undefined && { command }),
      ...area,
      ...(dataTimeMs !== undefined && { dataTimeMs }),
    },
    findings,
  );
}

function registeredDialect(head: string, { dialectOf }: DecodeOptions): Hj212Dialect | undefined {
  const mn = dialectOf && /(?:^|;)MN=([^;]*)/.exec(head)?.[1];
  return mn ? dialectOf(mn) : undefined;
}

function verdict(
  content: Omit<DecodedFrame, 'frameOk' | 'valid' | 'warnings' | 'noiseBytes'>,
  { faults, warnings }: Findings,
): DecodedFrame {
  const first = faults[0];
  return {
    frameOk: true,
    valid: first === undefined,
    ...(first !== undefined && { reason: first.reason, detail: first.detail }),
    ...content,
    warnings,
    noiseBytes: 0,
  };
}

/** What head and data area must be together. */
function judgeContent(header: FrameHeader, area: DataArea, options: DecodeOptions, findings: Findings): void {
  const { cn, mn } = header;
  for (const { factor } of area.items) {
    if (mn !== undefined && options.isFactorKnown?.(mn, factor) === false) {
      findings.fault('unknown_factor', factor);
    } else if (/^a\d{5}$/.test(factor) && header.st === '31' && !knownFactors.has(factor)) {
      findings.warn('unknown_factor');
    }
  }
  if (cn === undefined || !UPLOADS.has(cn) || area.items.length === 0) return;
  const dataTime = area.fields.DataTime;
  if (dataTime === undefined) {
    // A later part of a split message takes its time from the first.
    if (findings.faults.length === 0 && (header.pno ?? 1) === 1) {
      findings.fault('bad_time', 'data without DataTime');
    }
    return;
  }
  const dataTimeMs = parseCivilTime(dataTime)!;
  const { received } = options;
  if (received !== undefined && dataTimeMs > received.atMs + received.toleranceMs) {
    findings.fault('future_time', `DataTime=${dataTime}`);
  }
  const period = PERIOD_MS[cn];
  if (period !== undefined && (dataTimeMs + CIVIL_OFFSET_MS) % period !== 0) {
    findings.warn('data_time_not_at_period_start');
  }
  const needsFlag = cn === '2061' || cn === '2031';
  if (needsFlag && area.items.some((item) => item.flag === undefined && 'Avg' in item.values)) {
    findings.warn('no_data_flag');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
