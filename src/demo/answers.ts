/** The three answers of the main job, as `tanliu demo --json` prints them. */
import { footprintResult } from '../../schemas/documents/footprintResult.ts';
import { settlementStatement } from '../../schemas/documents/settlementStatement.ts';
import type { ComputedResult } from '../activities/engineActivities.ts';
import { Fault } from '../runtime/errors.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Store } from '../store/port.ts';

export interface DemoAnswers {
  readonly origin: Scenario['origin'];
  readonly scenario: string;
  readonly notes: readonly string[];
  readonly readings: Readonly<Record<string, number>>;
  readonly zone: {
    readonly id: string;
    readonly name: string;
    readonly origin: string;
    readonly factorSet: string;
    readonly series: readonly {
      readonly start: string;
      /** Consumption-based; null where it is unknown. */
      readonly intensityKgPerMwh: number | null;
      readonly productionIntensityKgPerMwh: number | null;
      readonly unknownShare: number | null;
      readonly isEstimated: boolean;
    }[];
  };
  readonly product: {
    readonly id: string;
    readonly name: string;
    readonly origin: string;
    readonly totalKgCo2e: number;
    readonly declaredUnit: string;
    readonly background: string;
    readonly contributors: readonly {
      readonly name: string;
      readonly kgCo2e: number;
      readonly sharePercent: number;
    }[];
    readonly warnings: readonly string[];
    readonly computation: string;
  };
  readonly dataCenter: {
    readonly id: string;
    readonly name: string;
    readonly origin: string;
    readonly period: string;
    readonly status: string;
    readonly ruleSet: string;
    readonly useWh: bigint;
    readonly matchedWh: bigint;
    readonly lines: readonly {
      readonly component: string;
      readonly note?: string | undefined;
      readonly wh?: bigint | undefined;
      readonly priceMilliYuanPerMwh?: bigint | undefined;
      readonly payer: string;
      readonly payee: string;
      readonly amountFen: bigint;
    }[];
    readonly paysFen: bigint;
    readonly computation: string;
  };
}

export interface Computed {
  readonly readings: Readonly<Record<string, number>>;
  readonly footprint: ComputedResult;
  readonly settlement: ComputedResult;
}

interface IntensityRow {
  readonly start: string;
  readonly intensity: number | null;
  readonly production: number | null;
  readonly unknownShare: number | null;
  readonly isEstimated: boolean;
  readonly origin: string;
}

/** Reads the zone's curve from the store and puts the three answers together. */
export async function gatherAnswers(
  store: Store,
  scenario: Scenario,
  { readings, footprint, settlement }: Computed,
): Promise<DemoAnswers> {
  const { zone, product, dataCenter } = scenario.answers;
  const rows = await store.query<IntensityRow>(
    `SELECT formatDateTime(g.start, '%Y-%m-%dT%H:%i:%SZ') AS start, consumption_intensity_kg_per_mwh AS intensity, production_intensity_kg_per_mwh AS production,
       unknown_share AS unknownShare, is_estimated AS isEstimated, origin
     FROM grid_intensity_current AS g WHERE zone = {zone:String} AND family = {family:String}
       AND g.start >= parseDateTime64BestEffort({start:String}, 3, 'UTC') AND g.start < parseDateTime64BestEffort({end:String}, 3, 'UTC') ORDER BY g.start`,
    { zone: zone.id, family: zone.factorSet, start: zone.period.start, end: zone.period.end },
  );
  const statement = settlementStatement.parse(
    await readDocument(
      store,
      'settlement_statements',
      settlement.computation,
      `party = ${quoted(dataCenter.id)}`,
    ),
  );
  const document = footprintResult.parse(await readDocument(store, 'footprints', footprint.computation, '1'));
  return {
    origin: scenario.origin,
    scenario: scenario.name,
    notes: scenario.notes,
    readings,
    zone: {
      id: zone.id,
      name: zone.name,
      origin: rows[0]?.origin ?? zone.quality,
      factorSet: zone.factorSet,
      series: rows.map(({ start, intensity, production, unknownShare, isEstimated }) => ({
        start,
        intensityKgPerMwh: intensity,
        productionIntensityKgPerMwh: production,
        unknownShare,
        isEstimated,
      })),
    },
    product: {
      id: product.id,
      name: product.name,
      origin: footprint.origin,
      totalKgCo2e: document.perDeclaredUnit.totalKgCo2e,
      declaredUnit: `${product.declaredUnit.amount} ${product.declaredUnit.unit}`,
      background: document.versions.background,
      contributors: document.contributors.map(({ name, kgCo2e, sharePercent }) => ({
        name,
        kgCo2e,
        sharePercent,
      })),
      warnings: document.warnings,
      computation: footprint.computation,
    },
    dataCenter: {
      id: dataCenter.id,
      name: dataCenter.name,
      origin: settlement.origin,
      period: dataCenter.month,
      status: statement.status,
      ruleSet: `${statement.ruleSet.name.zh} ${statement.ruleSet.version} (${statement.ruleSet.status})`,
      useWh: statement.useWh,
      matchedWh: statement.matchedWh,
      lines: statement.lines,
      paysFen: statement.totals.dataCenterPaysFen,
      computation: settlement.computation,
    },
  };
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

async function readDocument(
  store: Store,
  table: string,
  computation: string,
  where: string,
): Promise<unknown> {
  const [row] = await store.query<{ document: string }>(
    `SELECT document FROM ${table} WHERE computation = {computation:String} AND ${where} LIMIT 1`,
    { computation },
  );
  if (!row) throw new Fault('TL_INTERNAL', `${table} holds no document of ${computation}`);
  return JSON.parse(row.document);
}
