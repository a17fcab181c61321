/** The linear programme of a market with storages over its horizon: which column and row means what. */
import type { LinearProgram } from './linearSolver.ts';
import { PPM, type StorageMarket } from './storageMarket.ts';

/** A variable: its worth per Wh, its bounds, and whole coefficients `[row, value]`. */
export interface ProgramColumn {
  readonly delivered: 0 | 1;
  readonly charged: 0 | 1;
  readonly lowerWh: number;
  readonly upperWh: number;
  /** In units of 10^-18 for rows of a storage's balance, of 1 for all others. */
  readonly entries: readonly (readonly [row: number, value: bigint])[];
}

export interface StorageProgram {
  readonly columns: readonly ProgramColumn[];
  /** Right-hand side of each row: `<=` for limits, `=` for balances (those in units of 10^-18). */
  readonly rows: readonly { readonly kind: 'limit' | 'balance'; readonly bound: bigint }[];
  /** First column of each group; inside a group by interval, then by position in the market's list. */
  readonly first: {
    readonly edge: number;
    readonly linkIn: number;
    readonly linkOut: number;
    readonly state: number;
  };
}

const UNIT = 10n ** 18n;
const SQUARE = BigInt(PPM) ** 2n;

/**
 * Columns: what edges, charging links and discharging links carry, and the states. Rows by interval: output of each
 * plant, need of each user, charging and discharging limit and balance of each storage. The balance is multiplied by
 * eta_d so that every coefficient is a whole number: `eta_d*s(t) - eta_d*keep*s(t-1) - eta_d*eta_c*charge + discharge = 0`.
 */
export function storageProgram(market: StorageMarket): StorageProgram {
  const { intervals, plants, users, edges, storages, linksIn, linksOut } = market;
  const height = plants.length + users.length + 3 * storages.length;
  const plantRow = positions(plants, 0);
  const userRow = positions(users, plants.length);
  const chargeRow = positions(storages, plants.length + users.length);
  const dischargeRow = positions(storages, plants.length + users.length + storages.length);
  const balanceRow = positions(storages, plants.length + users.length + 2 * storages.length);
  const storageOf = new Map(storages.map((one) => [one.id, one]));
  const wh = new Map([...plants, ...users].map((one) => [one, one.wh]));
  const plantOf = new Map(plants.map((one) => [one.id, wh.get(one)!]));
  const userOf = new Map(users.map((one) => [one.id, wh.get(one)!]));
  const rows: StorageProgram['rows'][number][] = [];
  for (let t = 0; t < intervals; t++) {
    for (const one of plants) rows.push({ kind: 'limit', bound: BigInt(one.wh[t]!) });
    for (const one of users) rows.push({ kind: 'limit', bound: BigInt(one.wh[t]!) });
    for (const one of storages) rows.push({ kind: 'limit', bound: BigInt(one.chargeWh) });
    for (const one of storages) rows.push({ kind: 'limit', bound: BigInt(one.dischargeWh) });
    for (const { initialWh, keepPpm, etaDischargePpm } of storages) {
      const opening =
        t === 0 ? BigInt(initialWh) * BigInt(keepPpm) * BigInt(etaDischargePpm) * BigInt(PPM) : 0n;
      rows.push({ kind: 'balance', bound: opening });
    }
  }
  const at = (t: number, row: ReadonlyMap<string, number>, id: string) => t * height + row.get(id)!;
  const columns: ProgramColumn[] = [];
  const eachInterval = (add: (t: number) => ProgramColumn[]) => {
    const begin = columns.length;
    for (let t = 0; t < intervals; t++) columns.push(...add(t));
    return begin;
  };
  const edge = eachInterval((t) =>
    edges.map(({ plant, user, capWh }) => ({
      delivered: 1,
      charged: 0,
      lowerWh: 0,
      upperWh: Math.min(capWh[t]!, plantOf.get(plant)![t]!, userOf.get(user)![t]!),
      entries: [
        [at(t, plantRow, plant), 1n],
        [at(t, userRow, user), 1n],
      ],
    })),
  );
  const linkIn = eachInterval((t) =>
    linksIn.map(({ plant, storage }) => {
      const { chargeWh, etaChargePpm, etaDischargePpm } = storageOf.get(storage)!;
      return {
        delivered: 0,
        charged: 1,
        lowerWh: 0,
        upperWh: Math.min(chargeWh, plantOf.get(plant)![t]!),
        entries: [
          [at(t, plantRow, plant), 1n],
          [at(t, chargeRow, storage), 1n],
          [at(t, balanceRow, storage), -BigInt(etaDischargePpm) * BigInt(etaChargePpm) * BigInt(PPM)],
        ],
      };
    }),
  );
  const linkOut = eachInterval((t) =>
    linksOut.map(({ storage, user }) => ({
      delivered: 1,
      charged: 0,
      lowerWh: 0,
      upperWh: Math.min(storageOf.get(storage)!.dischargeWh, userOf.get(user)![t]!),
      entries: [
        [at(t, userRow, user), 1n],
        [at(t, dischargeRow, storage), 1n],
        [at(t, balanceRow, storage), UNIT],
      ],
    })),
  );
  const state = eachInterval((t) =>
    storages.map(({ id, energyWh, finalMinWh, keepPpm, etaDischargePpm }) => {
      const own: [number, bigint] = [at(t, balanceRow, id), BigInt(etaDischargePpm) * SQUARE];
      const next: [number, bigint] = [
        at(t + 1, balanceRow, id),
        -BigInt(etaDischargePpm) * BigInt(keepPpm) * BigInt(PPM),
      ];
      const last = t === intervals - 1;
      return {
        delivered: 0,
        charged: 0,
        lowerWh: last ? finalMinWh : 0,
        upperWh: energyWh,
        entries: last ? [own] : [own, next],
      };
    }),
  );
  return { columns, rows, first: { edge, linkIn, linkOut, state } };
}

/** Most delivered; or, where that is given, least charged without delivering less. */
export function toLinearProgram(program: StorageProgram, leastDelivered?: number): LinearProgram {
  const { columns, rows } = program;
  const extra = leastDelivered === undefined ? 0 : 1;
  const starts = new Int32Array(columns.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  columns.forEach(({ entries, delivered }, column) => {
    for (const [row, value] of entries) {
      indices.push(row);
      values.push(rows[row]!.kind === 'balance' ? Number(value) / 1e18 : Number(value));
    }
    if (extra === 1 && delivered === 1) {
      indices.push(rows.length);
      values.push(1);
    }
    starts[column + 1] = indices.length;
  });
  const bounds = rows.map(({ kind, bound }) => (kind === 'balance' ? Number(bound) / 1e18 : Number(bound)));
  const lower = rows.map(({ kind }, row) => (kind === 'balance' ? bounds[row]! : Number.NEGATIVE_INFINITY));
  return {
    columnCost: Float64Array.from(columns, ({ delivered, charged }) => (extra === 1 ? -charged : delivered)),
    columnLower: Float64Array.from(columns, ({ lowerWh }) => lowerWh),
    columnUpper: Float64Array.from(columns, ({ upperWh }) => upperWh),
    rowLower: Float64Array.from(extra === 1 ? [...lower, leastDelivered!] : lower),
    rowUpper: Float64Array.from(extra === 1 ? [...bounds, Number.POSITIVE_INFINITY] : bounds),
    starts,
    rows: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

function positions(points: readonly { readonly id: string }[], begin: number): Map<string, number> {
  return new Map(points.map(({ id }, at) => [id, begin + at]));
}
