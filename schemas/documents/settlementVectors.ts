/** Files of settlement vectors: the border of `tanliu settle vectors` (forms of data/settlement/README.md). */
import { z } from 'zod';

/** A whole number in JSON that the engines take as `bigint`. */
const whole = z.int().transform(BigInt);
const wholeByName = z.record(z.string(), whole);
/** Kept as it came: the engine itself refuses what is not a whole number of Wh, by its own code. */
const judgedWh = z.union([z.number(), z.null()]);

export const vectorFile = z.object({
  suite: z.string().min(1),
  /** Without `input` the case itself is the input (the generators of `large`). */
  cases: z.array(z.looseObject({ case: z.string().min(1), input: z.unknown().optional() })).min(1),
});

const series = z.object({ id: z.string(), wh: z.array(judgedWh) });

export const legalVector = z.object({
  rule: z.object({
    granularity: z.string(),
    missing: z.string(),
    unit_wh: z.number(),
    tail: z.string(),
    passes: z.number(),
  }),
  intervals: z.array(z.string()),
  plants: z.array(series),
  users: z.array(series),
  contracts: z.array(series.extend({ plant: z.string(), user: z.string() })),
  tails_in: z.record(z.string(), z.number()).optional(),
});

const reading = z.object({
  point: z.string(),
  start: z.string(),
  wh: z.number(),
  rev: z.int(),
  quality: z.string(),
});
export const readingsVector = z.union([
  z.object({ readings: z.array(reading), points: z.array(z.string()).optional() }),
  z.object({ hours_wh: z.array(whole) }),
]);

export const retailSplitVector = z.object({
  c_wh: whole,
  users: z.array(z.object({ id: z.string(), signed_wh: whole, env_price: whole })),
  method: z.string(),
});

const window = z.object({ from: z.string(), to: z.string(), band: z.string() });
const calendar = z.array(
  z.object({
    from_date: z.iso.date(),
    to_date: z.iso.date(),
    months: z.array(z.int()),
    windows: z.array(window),
    override: z
      .array(window.extend({ months: z.array(z.int()), min_temp_c: z.number().optional() }))
      .optional(),
  }),
);
export type VectorCalendar = z.output<typeof calendar>;

const feeParts = { user_ppm: whole };
const feeRule = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('per_mwh'), price: whole, ...feeParts }),
  z.object({ mode: z.literal('env_share'), share_ppm: whole, ...feeParts }),
]);
export type VectorFeeRule = z.output<typeof feeRule>;

const limit = z.enum(['contract', 'generation', 'use']);
const greenContract = z.object({
  contract: z.string(),
  plant: z.string(),
  q_wh: z.array(whole),
  c_wh: whole,
  limit,
  energy_price: wholeByName,
  env_price: whole,
  comp_price: whole,
  free_band_ppm: whole,
  agg: z.intersection(feeRule, z.object({ id: z.string() })).nullish(),
});
export type VectorContract = z.output<typeof greenContract>;

const capacity = { capacity_kva: whole, fen_per_kva_month: whole };
const transmission = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('two_part'), price: whole, ...capacity }),
  z.object({
    mode: z.literal('capacity_1192'),
    price: whole,
    ...capacity,
    load_factor_ppm: whole,
    connection_kw: whole,
  }),
  z.object({ mode: z.literal('total_use_1192'), price: whole }),
]);
export type VectorTransmission = z.output<typeof transmission>;

export const statementVector = z.object({
  dc: z.string(),
  rules: z.object({
    tou_calendar: calendar,
    grid_price: wholeByName,
    tnd: transmission,
    loss_price: whole,
    sysop_price: whole,
    sysop_on_self_use: z.boolean(),
    funds_price: whole,
    funds_on_self_use: z.boolean(),
  }),
  intervals: z.array(z.string()),
  use_wh: z.array(whole),
  self_use_wh: z.array(whole).optional(),
  green: z.array(greenContract),
});
export type StatementVector = z.output<typeof statementVector>;

const query = z.union([z.string(), z.tuple([z.string(), z.number().nullable()])]);
export const moneyVector = z.union([
  z.object({ calendar, starts: z.array(z.string()) }),
  z.object({ calendar, queries: z.array(query) }),
  z.object({ base: whole, ratio_ppm: wholeByName }),
  z.object({ wh_price: z.array(z.tuple([whole, whole])) }),
  z.object({
    rows: z.array(z.tuple([whole, whole, limit, whole, whole])),
    plant: z.string(),
    user: z.string(),
  }),
  z.object({ rows: z.array(z.tuple([whole, whole, feeRule])) }),
  statementVector,
]);

export const reportVector = z.union([
  z.object({
    available_gen_wh: whole,
    self_use_wh: whole,
    total_use_wh: whole,
    feed_in_wh: whole,
    rule: z.object({ min_self_of_gen_ppm: whole, min_self_of_use_ppm: whole, max_feed_in_ppm: whole }),
  }),
  z.object({
    intervals: z.array(z.string()),
    use_wh: z.array(whole),
    matched_wh: z.array(whole),
    grid_cfe_ppm: z.union([whole, wholeByName]),
  }),
  z.object({ retired_wh: z.array(whole), use_wh: z.array(whole) }),
  z.object({
    use_wh: whole,
    claimed_wh: whole,
    residual_g_per_mwh: whole,
    location_g_per_mwh: whole,
    supplier_g_per_mwh: whole.optional(),
  }),
]);

const billLine = z.object({
  component: z.string(),
  note: z.string().nullish(),
  wh: whole.nullish(),
  price: whole.nullish(),
  payer: z.string(),
  payee: z.string(),
  amount_fen: whole,
});
export type VectorBillLine = z.output<typeof billLine>;
export const reconcileVector = z.object({
  dc: z.string(),
  rebuilt: z.array(billLine),
  received: z.array(billLine),
});

export const ledgerVector = z.object({
  runs: z.array(
    z.object({
      market: z.string(),
      period: z.string(),
      run_type: z.string(),
      run_no: z.int(),
      input_hash: z.string(),
      rule_version: z.string(),
      frozen: z.array(z.string()),
      lines: z.array(
        z.object({
          key: z.string(),
          unit: z.string(),
          debit: z.string(),
          credit: z.string(),
          amount: z.number(),
        }),
      ),
    }),
  ),
});

export const resettlementVector = z.object({
  settle: legalVector,
  corrections: z.array(z.object({ point: z.string(), start: z.string(), wh: z.number(), rev: z.int() })),
  energy_price: wholeByName,
  env_price: wholeByName,
  frozen: z.array(z.string()),
});

const points = z.array(z.object({ id: z.string(), wh: z.number() }));
export const flowVector = z.object({
  plants: points,
  users: points,
  edges: z.array(
    z.object({
      plant: z.string(),
      user: z.string(),
      cap_wh: z.number(),
      tier: z.int(),
      price: z.number(),
    }),
  ),
  tier_weights: z.array(z.number()),
});

const whSeries = z.array(z.object({ id: z.string(), wh: z.array(z.number()) }));
const storageInstance = z.object({
  intervals: z.int().min(1),
  plants: whSeries,
  users: whSeries,
  edges: z.array(z.object({ plant: z.string(), user: z.string(), cap_wh: z.array(z.number()) })),
  storages: z.array(
    z.object({
      id: z.string(),
      energy_wh: z.number(),
      charge_wh: z.number(),
      discharge_wh: z.number(),
      eta_c_ppm: z.number(),
      eta_d_ppm: z.number(),
      keep_ppm: z.number().default(1_000_000),
      initial_wh: z.number(),
      final_min_wh: z.number().optional(),
    }),
  ),
  links_in: z.array(z.object({ plant: z.string(), storage: z.string() })),
  links_out: z.array(z.object({ storage: z.string(), user: z.string() })),
});
export type StorageInstanceVector = z.output<typeof storageInstance>;
export const storageVector = z.union([
  z.object({
    instance: storageInstance,
    schedule: z.array(
      z.object({
        t: z.int(),
        storage: z.string(),
        charge_wh: z.int().optional(),
        discharge_wh: z.int().optional(),
      }),
    ),
  }),
  storageInstance,
]);

export const largeVector = z.union([
  z.object({
    generator: z.object({
      seed: z.int(),
      plants: z.literal(1_000),
      users: z.literal(10_000),
      draws_per_user: z.literal(2),
    }),
    input_sha256: z.string(),
  }),
  z.object({
    generator: z.object({
      seed: z.int(),
      mode: z.enum(['sparse', 'full']),
      month: z.literal('2026-03'),
      plants: z.literal(200),
      data_centres: z.literal(100),
      intervals: z.literal(2_976),
    }),
    input_sha256: z.string(),
    correction: z.looseObject({}).optional(),
    expected_flow: z.looseObject({}).optional(),
  }),
]);
