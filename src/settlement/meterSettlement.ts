/**
 * General settlement of an area's meters: consumption, production, exchange and grid loss by interval, per supplier and
 * balance party, with the union of the readings' qualities. A missing reading counts 0 and is marked. The grid loss is
 * what exchange and production leave after consumption; it is booked to named loss points, so that the area closes.
 */
import { quartersOfHour } from './readings.ts';
import { QUARTER_MS } from './settlementCalendar.ts';

export interface AreaPoint {
  readonly id: string;
  readonly kind: 'profiled_consumption' | 'consumption' | 'production' | 'exchange';
  readonly area: string;
  /** Of an exchange point: energy flows from the first to the second. */
  readonly fromArea?: string;
  readonly toArea?: string;
  readonly supplier?: string;
  readonly balanceParty?: string;
  readonly readBy: 'quarter' | 'hour';
}

export interface AreaReading {
  readonly point: string;
  readonly startMs: number;
  /** Whole Wh; null where the reading is missing. */
  readonly wh: bigint | null;
  readonly quality: string;
}

export interface AreaMonth {
  readonly area: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Results by quarter hour or by hour. */
  readonly resultBy: 'quarter' | 'hour';
  readonly points: readonly AreaPoint[];
  readonly readings: readonly AreaReading[];
  /** Points that take the loss: a consumption point what is missing, a production point what is too much. */
  readonly lossPoints: readonly string[];
}

export interface AreaValue {
  readonly startMs: number;
  readonly wh: bigint;
  /** Sorted. */
  readonly qualities: readonly string[];
}

export type AreaSeries = readonly AreaValue[];

export interface AreaSettlement {
  /** Into the area, by neighbour and in all. */
  readonly exchangeByNeighbour: ReadonlyMap<string, AreaSeries>;
  readonly exchange: AreaSeries;
  /** Exchange + production - consumption, without the loss points. */
  readonly gridLoss: AreaSeries;
  readonly positiveLoss: AreaSeries;
  readonly negativeLoss: AreaSeries;
  /** Without and with the loss. */
  readonly temporaryProduction: AreaSeries;
  readonly temporaryProfiled: AreaSeries;
  readonly production: Aggregates;
  readonly profiled: Aggregates;
  readonly nonProfiled: Aggregates;
  readonly totalConsumption: AreaSeries;
}

export interface Aggregates {
  readonly total: AreaSeries;
  /** By `supplier|balance party`. */
  readonly bySupplier: ReadonlyMap<string, AreaSeries>;
  readonly byBalanceParty: ReadonlyMap<string, AreaSeries>;
}

/** What is given by a settlement itself carries this quality. */
const CALCULATED = 'calculated';
const MISSING = 'missing';

/** Settles one area over a half-open span of whole hours. */
export function settleArea(month: AreaMonth): AreaSettlement {
  const { area, points, lossPoints } = month;
  const ledger = new PointLedger(month);
  const isLoss = (point: AreaPoint) => lossPoints.includes(point.id);
  const own = (kind: AreaPoint['kind']) =>
    points.filter((point) => point.kind === kind && point.area === area && !isLoss(point));
  const sumOf = (some: readonly AreaPoint[]) => ledger.sum(some.map((point) => ledger.seriesOf(point)));
  const borders = points.filter(
    ({ kind, fromArea, toArea }) => kind === 'exchange' && (fromArea === area || toArea === area),
  );
  const intoArea = (point: AreaPoint) => ledger.seriesOf(point, point.toArea === area ? 1n : -1n);
  const neighbourOf = ({ fromArea, toArea }: AreaPoint) => (toArea === area ? fromArea! : toArea!);
  const exchangeByNeighbour = new Map(
    [...Map.groupBy(borders, neighbourOf)].map(([neighbour, some]) => [
      neighbour,
      ledger.sum(some.map(intoArea)),
    ]),
  );
  const exchange = ledger.sum(borders.map(intoArea));
  const temporaryProduction = sumOf(own('production'));
  const temporaryProfiled = sumOf(own('profiled_consumption'));
  const nonProfiled = own('consumption');
  const measured = sumOf(nonProfiled);
  const gridLoss = exchange.map(({ startMs, wh }, at) =>
    calculated(startMs, wh + temporaryProduction[at]!.wh - temporaryProfiled[at]!.wh - measured[at]!.wh),
  );
  const positiveLoss = gridLoss.map(({ startMs, wh }) => calculated(startMs, wh > 0n ? wh : 0n));
  const negativeLoss = gridLoss.map(({ startMs, wh }) => calculated(startMs, wh < 0n ? -wh : 0n));
  const lossOf = (kind: AreaPoint['kind'], series: AreaSeries) =>
    points.filter((point) => isLoss(point) && point.kind === kind).map((point) => ({ point, series }));
  const aggregate = (kind: AreaPoint['kind'], loss: AreaSeries | undefined): Aggregates => {
    const entries = [
      ...own(kind).map((point) => ({ point, series: ledger.seriesOf(point) })),
      ...(loss === undefined ? [] : lossOf(kind, loss)),
    ];
    const grouped = (keyOf: (point: AreaPoint) => string) =>
      new Map(
        [...Map.groupBy(entries, ({ point }) => keyOf(point))].map(([key, some]) => [
          key,
          ledger.sum(some.map(({ series }) => series)),
        ]),
      );
    return {
      total: ledger.sum(entries.map(({ series }) => series)),
      bySupplier: grouped(({ supplier, balanceParty }) => `${supplier}|${balanceParty}`),
      byBalanceParty: grouped(({ balanceParty }) => `${balanceParty}`),
    };
  };
  const profiled = aggregate('profiled_consumption', positiveLoss);
  const unprofiled = aggregate('consumption', undefined);
  return {
    exchangeByNeighbour,
    exchange,
    gridLoss,
    positiveLoss,
    negativeLoss,
    temporaryProduction,
    temporaryProfiled,
    production: aggregate('production', negativeLoss),
    profiled,
    nonProfiled: unprofiled,
    totalConsumption: ledger.sum([profiled.total, unprofiled.total]),
  };
}

/** The series of each point on the steps of the result. */
class PointLedger {
  readonly #starts: readonly number[];
  readonly #stepMs: number;
  readonly #readings: ReadonlyMap<string, ReadonlyMap<number, AreaReading>>;

  constructor({ startMs, endMs, resultBy, readings }: AreaMonth) {
    this.#stepMs = resultBy === 'quarter' ? QUARTER_MS : 4 * QUARTER_MS;
    this.#starts = Array.from(
      { length: Math.round((endMs - startMs) / this.#stepMs) },
      (_, at) => startMs + at * this.#stepMs,
    );
    this.#readings = new Map(
      [...Map.groupBy(readings, ({ point }) => point)].map(([point, own]) => [
        point,
        new Map(own.map((reading) => [reading.startMs, reading])),
      ]),
    );
  }

  seriesOf(point: AreaPoint, sign = 1n): AreaSeries {
    return this.#starts.map((startMs) => {
      const parts = this.#partsOf(point, startMs);
      return {
        startMs,
        wh: sign * parts.reduce((sum, { wh }) => sum + wh, 0n),
        qualities: union(parts.map(({ quality }) => [quality])),
      };
    });
  }

  sum(series: readonly AreaSeries[]): AreaSeries {
    return this.#starts.map((startMs, at) => ({
      startMs,
      wh: series.reduce((total, one) => total + one[at]!.wh, 0n),
      qualities: union(series.map((one) => one[at]!.qualities)),
    }));
  }

  /** What the point's own readings give to one step. */
  #partsOf({ id, readBy }: AreaPoint, startMs: number): { wh: bigint; quality: string }[] {
    const valueAt = (at: number) => {
      const reading = this.#readings.get(id)?.get(at);
      return reading === undefined || reading.wh === null
        ? { wh: 0n, quality: MISSING }
        : { wh: reading.wh, quality: reading.quality };
    };
    const hourMs = startMs - (startMs % (4 * QUARTER_MS));
    if (this.#stepMs === QUARTER_MS) {
      if (readBy === 'quarter') return [valueAt(startMs)];
      const { wh, quality } = valueAt(hourMs);
      return [{ wh: quartersOfHour(wh)[(startMs - hourMs) / QUARTER_MS]!, quality }];
    }
    if (readBy === 'hour') return [valueAt(startMs)];
    return [0, 1, 2, 3].map((quarter) => valueAt(startMs + quarter * QUARTER_MS));
  }
}

const calculated = (startMs: number, wh: bigint): AreaValue => ({ startMs, wh, qualities: [CALCULATED] });

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}
