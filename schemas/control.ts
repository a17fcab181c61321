/** Arguments and answers of the workflows: references and counts only, never rows. Instants are RFC 3339 in UTC. */
import { z } from 'zod';
import { footprintQuestion } from './documents/footprintQuestion.ts';
import { ID_PATTERN, parseInstantMs } from './fields.ts';
import { RUN_TYPES } from './reference/settlementTimetable.ts';

const topic = z.string().regex(/^[a-z]+\.[a-z]+$/, 'a stream, e.g. grid.generation');
const seconds = (most: number) => z.number().positive().max(most);
const instant = z.string().refine((text) => parseInstantMs(text) !== undefined, 'e.g. 2026-03-01T00:00:00Z');
const hourStart = instant.refine((text) => Date.parse(text) % 3_600_000 === 0, 'the start of an hour');

/** Most hours that one activity computes: a week, so that its heartbeat and its memory stay small. */
const MOST_HOURS_A_BATCH = 168;

/** Limits of the ingest that may be changed while it runs; what is absent stays as it is. */
export const ingestLimits = z.strictObject({
  /** Seconds after which a stretch returns and the history gets its line. */
  stretchS: seconds(3_600).optional(),
  /** Messages after which it returns. */
  stretchMessages: z.int().positive().optional(),
  maxMessages: z.int().positive().optional(),
  maxBytes: z.int().positive().optional(),
  maxAgeMs: z.int().positive().optional(),
  decodeThreads: z.int().min(1).max(16).optional(),
  sessionTimeoutMs: z.int().min(6_000).max(300_000).optional(),
});
export type IngestLimitsChange = z.infer<typeof ingestLimits>;

/** A lost worker is noticed after this, unless said otherwise. */
export const INGEST_HEARTBEAT_TIMEOUT_S = 30;

export const ingestStretchArguments = z.strictObject({
  topic,
  limits: ingestLimits,
  /** `open`: until time, messages or cancellation. `end`: until everything is settled that stood in Kafka at its start. */
  until: z.enum(['open', 'end']),
});
export type IngestStretchArguments = z.infer<typeof ingestStretchArguments>;

/** Next offset to settle and end of each partition, when it was last looked at. */
export const partitionPositions = z.record(
  z.string(),
  z.strictObject({ next: z.int().min(0), high: z.int().min(0) }),
);
export type PartitionPositions = z.infer<typeof partitionPositions>;

export interface IngestStretch {
  readonly ended: 'time' | 'messages' | 'end' | 'cancelled';
  readonly messages: number;
  readonly rows: number;
  readonly refused: number;
  readonly partitions: PartitionPositions;
}

export const closeWindowsArguments = z.strictObject({
  kind: z.literal('grid_window'),
  /** An hour with missing inputs is closed when it ended this long ago. */
  graceS: z
    .number()
    .min(0)
    .max(31 * 86_400),
  /** An hour whose newest reading came less than this ago waits, so that a burst of readings gives one version. */
  quietS: z.number().min(0).max(3_600),
  batchHours: z.int().min(1).max(MOST_HOURS_A_BATCH),
  /** Most hours of one run; the next run goes on. */
  runHours: z.int().min(1).max(10_000),
});
export type CloseWindowsArguments = z.infer<typeof closeWindowsArguments>;

export const CLOSE_GRID_WINDOWS: CloseWindowsArguments = {
  kind: 'grid_window',
  graceS: 2 * 3_600,
  quietS: 30,
  batchHours: 24,
  runHours: 720,
};

export const computeGridWindowArguments = z.strictObject({
  hours: z.array(hourStart).min(1).max(MOST_HOURS_A_BATCH),
  /**
   * `model`: a new version also where only the code differs from the version before. `dependent`: only hours that were
   * computed before, since an hour that they follow from has changed.
   */
  cause: z.enum(['closing', 'backfill', 'model', 'dependent']),
});
export type ComputeGridWindowArguments = z.infer<typeof computeGridWindowArguments>;

export interface ComputedHours {
  /** Hours with a new version. */
  readonly computed: number;
  /** Hours whose inputs and factors are those of the version in force. */
  readonly unchanged: number;
  /** Hours without readings. */
  readonly empty: number;
  readonly failed: readonly FailedHour[];
  /** Hours that follow from those given by the stock of storage or by what was expected of them, and no longer hold. */
  readonly reopens?: readonly string[];
}

export interface FailedHour {
  readonly hour: string;
  readonly code: string;
  readonly message: string;
}

export const backfillArguments = z
  .strictObject({
    kind: z.enum(['grid_window', 'facility_day']),
    /** Half-open range of hours; for facilities, of civil days of Asia/Shanghai. */
    from: hourStart,
    to: hourStart,
    cause: z.enum(['backfill', 'model']).default('backfill'),
    chunkHours: z.int().min(1).max(MOST_HOURS_A_BATCH).default(24),
    chunksPerRun: z.int().min(1).max(500).default(50),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'from lies before to')
  .refine(
    ({ kind, from, to }) =>
      kind === 'grid_window' || [from, to].every((at) => Date.parse(at) % 86_400_000 === 57_600_000),
    'facilities are computed by civil days: 16:00 UTC, e.g. 2026-02-28T16:00:00Z',
  );
export type BackfillArguments = z.infer<typeof backfillArguments>;

export const redriveArguments = z.strictObject({
  topic,
  reason: z.string().regex(ID_PATTERN).optional(),
  pageLetters: z.int().min(1).max(1_000).default(200),
  pagesPerRun: z.int().min(1).max(500).default(100),
});
export type RedriveArguments = z.infer<typeof redriveArguments>;

export const auditOffsetsArguments = z.strictObject({
  /** All streams when absent. */
  topics: z.array(topic).optional(),
});
export type AuditOffsetsArguments = z.infer<typeof auditOffsetsArguments>;

/** One topic's audit as it stands in a history: counts, and the first offsets that are missing. */
export interface TopicVerdict {
  readonly topic: string;
  readonly holds: boolean;
  readonly rows: number;
  readonly deadLetters: number;
  readonly duplicates: number;
  readonly incomplete: number;
  readonly lost: number;
  /** `<partition>:<offset>`, at most 20. */
  readonly firstLost: readonly string[];
  readonly viewDifference: number;
}

export const rebuildWindowsArguments = z.strictObject({ topic });

export const settleMonthArguments = z.strictObject({
  market: z.string().regex(ID_PATTERN),
  /** `YYYY-MM`, Asia/Shanghai. */
  period: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'YYYY-MM'),
  /** Meters of a data centre that add up to its use, where the registry does not say. */
  useMeters: z.record(z.string(), z.array(z.string()).min(1)).optional(),
});
export type SettleMonthArguments = z.infer<typeof settleMonthArguments>;

export const settlementRunArguments = settleMonthArguments.extend({
  runType: z.enum(RUN_TYPES),
  runNo: z.int().min(1).max(1_000),
  /** A final run, refused while a reading is missing. */
  closes: z.boolean(),
});
export type SettlementRunArguments = z.infer<typeof settlementRunArguments>;

/** A posted run as workflows know it. */
export interface SettlementRunResult {
  readonly runId: string;
  readonly status: 'posted' | 'already_posted';
  readonly computation: string;
  readonly version: number;
  readonly postings: number;
  readonly postingsSha256: string;
  /** Differences of frozen keys that were not posted. */
  readonly memos: number;
  /** A reading was missing. */
  readonly isOpen: boolean;
  /** Who may object and confirm. */
  readonly parties: readonly string[];
}

export const withdrawRunArguments = z.strictObject({
  market: z.string().regex(ID_PATTERN),
  period: z.string(),
  runId: z.string(),
  reason: z.string().min(1),
});

export const runEventArguments = z.strictObject({
  market: z.string().regex(ID_PATTERN),
  period: z.string(),
  runId: z.string(),
  event: z.enum(['objected', 'confirmed']),
  party: z.string(),
  detail: z.string(),
});

/** The life of a settlement month: its runs by timetable. */
export const settlementPeriodArguments = settleMonthArguments.extend({
  plan: z
    .array(
      z.strictObject({
        runType: z.enum(RUN_TYPES),
        dueAt: instant,
        objectionsUntil: instant,
        closes: z.boolean(),
      }),
    )
    .min(1),
});
export type SettlementPeriodArguments = z.infer<typeof settlementPeriodArguments>;

export const productFootprintArguments = z.strictObject({ question: footprintQuestion });
export type ProductFootprintArguments = z.infer<typeof productFootprintArguments>;

const person = z.string().min(1).max(200);
const backgroundKind = footprintQuestion.shape.background;

/** The life of one product's footprint of one period. */
export const footprintRequestArguments = z.strictObject({
  question: footprintQuestion,
  preparedBy: person,
});
export type FootprintRequestArguments = z.infer<typeof footprintRequestArguments>;

export const computeRequestedArguments = z.strictObject({ request: z.string(), question: footprintQuestion });
/** A computed footprint as its workflow knows it. */
export interface RequestedFootprint extends ComputedRequest {
  /** What stands against issuing it. */
  readonly faults: readonly { readonly code: string; readonly wrong: string }[];
}
interface ComputedRequest {
  readonly computation: string;
  readonly version: number;
  readonly totalKgCo2e: number;
  readonly origin: string;
}

export const issueRequestedArguments = z.strictObject({
  request: z.string(),
  computation: z.string(),
  /** The same on every attempt. */
  statement: z.uuid(),
  issuedAt: instant,
  revision: z.int().min(1),
  supersedes: z.uuid().optional(),
  preparedBy: person,
  reviewedBy: person,
  /** Record of kind `verification`. */
  verification: z.string().optional(),
});
export interface IssuedRequest {
  readonly statement: string;
  readonly revision: number;
  readonly kind: 'self_declared' | 'verified';
  readonly totalKgCo2e: number;
  readonly validUntil: string;
  readonly bundleSha256: string;
}

export const footprintEventArguments = z.strictObject({
  request: z.string(),
  statement: z.string(),
  event: z.enum(['reviewed', 'rejected', 'published', 'superseded', 'withdrawn', 'expired', 'logged']),
  person: z.string(),
  detail: z.string(),
});

export const recomputeFootprintsArguments = z.strictObject({
  /** Every product that stands on the background of this name is computed on this one. */
  background: backgroundKind,
  pageProducts: z.int().min(1).max(500).default(100),
  pagesPerRun: z.int().min(1).max(500).default(50),
});
export type RecomputeFootprintsArguments = z.infer<typeof recomputeFootprintsArguments>;

export const recomputePageArguments = z.strictObject({
  background: backgroundKind,
  after: z.string(),
  limit: z.int().min(1).max(500),
});
export interface RecomputedPage {
  /** Cursor of the next page; null at the end. */
  readonly next: string | null;
  readonly computed: number;
  readonly unchanged: number;
  readonly failed: readonly { readonly product: string; readonly code: string; readonly message: string }[];
  /** Requests whose value changed by more than the limit. */
  readonly changed: readonly string[];
}

/** Name of a footprint's request: product and start of its period. */
export const footprintRequestName = (product: string, start: string): string => `${product}:${start}`;

const civilDay = z.iso.date();
/** `YYYY-MM` or `YYYY`, Asia/Shanghai. */
const civilPeriod = z.string().regex(/^\d{4}(-(0[1-9]|1[0-2]))?$/, 'YYYY-MM or YYYY');
const facilities = z.array(z.string().regex(ID_PATTERN)).max(5_000);

export const closeFacilitiesArguments = z.strictObject({
  /** A day with missing readings is closed when it ended this long ago. */
  graceS: z
    .number()
    .min(0)
    .max(31 * 86_400),
  /** A day whose newest reading came less than this ago waits. */
  quietS: z.number().min(0).max(3_600),
  /** Most days of one run; the next run goes on. */
  runDays: z.int().min(1).max(400),
});
export type CloseFacilitiesArguments = z.infer<typeof closeFacilitiesArguments>;

export const CLOSE_FACILITIES: CloseFacilitiesArguments = { graceS: 3 * 3_600, quietS: 60, runDays: 31 };

export const computeFacilityDayArguments = z.strictObject({
  /** Civil day of Asia/Shanghai. */
  day: civilDay,
  /** All registered facilities when absent. */
  facilities: facilities.optional(),
  cause: z.enum(['closing', 'backfill', 'model']),
});
export type ComputeFacilityDayArguments = z.infer<typeof computeFacilityDayArguments>;

export const computeFacilityPeriodArguments = z.strictObject({
  period: civilPeriod,
  facilities: facilities.optional(),
  cause: z.enum(['closing', 'backfill', 'model']),
});
export type ComputeFacilityPeriodArguments = z.infer<typeof computeFacilityPeriodArguments>;

export interface ComputedFacilities {
  /** Facilities with a new version. */
  readonly computed: number;
  readonly unchanged: number;
  /** Facilities without readings. */
  readonly empty: number;
  readonly failed: readonly FailedFacility[];
}

export interface FailedFacility {
  readonly facility: string;
  readonly period: string;
  readonly code: string;
  readonly message: string;
}

/** `site|stack`, or a site. */
const emissionSubjects = z.array(z.string().min(1).max(300)).min(1).max(5_000);

export const closeEmissionsArguments = z.strictObject({
  /** A day with missing hours is closed when it ended this long ago; a month of a site likewise. */
  graceS: z
    .number()
    .min(0)
    .max(31 * 86_400),
  /** A window whose newest reading came less than this ago waits. */
  quietS: z.number().min(0).max(3_600),
  /** Most days of one run; the next run goes on. */
  runDays: z.int().min(1).max(400),
});
export type CloseEmissionsArguments = z.infer<typeof closeEmissionsArguments>;

export const CLOSE_EMISSIONS: CloseEmissionsArguments = { graceS: 6 * 3_600, quietS: 60, runDays: 31 };

export const computeStackDayArguments = z.strictObject({
  /** Civil day of Asia/Shanghai. */
  day: civilDay,
  subjects: emissionSubjects,
});
export type ComputeStackDayArguments = z.infer<typeof computeStackDayArguments>;

export const computeEmissionPeriodArguments = z.strictObject({
  period: civilPeriod,
  /** Stacks to be summed; their sites and those of `sites` follow. */
  subjects: emissionSubjects.or(z.array(z.string()).max(0)),
  sites: z.array(z.string().regex(ID_PATTERN)).max(5_000),
});
export type ComputeEmissionPeriodArguments = z.infer<typeof computeEmissionPeriodArguments>;

export interface ComputedEmissions {
  readonly computed: number;
  readonly unchanged: number;
  readonly failed: readonly FailedEmission[];
}

export interface FailedEmission {
  readonly subject: string;
  readonly period: string;
  readonly code: string;
  readonly message: string;
}
