/**
 * The kinds of field that a stream may have. Each is a zod type that carries, beside its validation, what the
 * Arrow schema, the ClickHouse column and the template need: nothing is declared twice.
 */
import { z } from 'zod';

/** Physical kinds of column; `text` is free text, `id` a name that joins tables. */
export type ColumnKind =
  | 'id'
  | 'text'
  | 'enum'
  | 'timestamp'
  | 'uint32'
  | 'int64'
  | 'float64'
  | 'items'
  | 'json';

export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** How a column adds up over time or over sources; it is printed in the contract so that nobody averages a ratio. */
export type Aggregation = 'sum' | 'mean' | 'last' | 'none';

export interface FieldSpec {
  readonly kind: ColumnKind;
  readonly about: Words;
  /** The value may be `null` or absent: unknown, which is not zero. */
  readonly nullable: boolean;
  readonly unit?: string;
  readonly aggregation?: Aggregation;
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Value that stands for an absent field. */
  readonly fallback?: number;
  /** Fields of one element when `kind` is `items`. */
  readonly items?: readonly NamedField[];
  readonly example?: string | number;
}

export interface NamedField extends FieldSpec {
  /** Name in JSON and Arrow (camelCase). */
  readonly name: string;
  /** Name in ClickHouse (snake_case). */
  readonly column: string;
}

const specs = new WeakMap<z.ZodType, FieldSpec>();

function field<T extends z.ZodType>(schema: T, spec: FieldSpec): T {
  const { en, zh } = spec.about;
  const described = schema.meta({ title: zh, description: spec.unit ? `${en} [${spec.unit}]` : en });
  specs.set(described, spec);
  return described;
}

type Options = Pick<FieldSpec, 'example'>;

/** Letters and digits of any script and a few marks; no blanks, so that two ids never differ by what is unseen. */
export const ID_PATTERN = /^[\p{L}\p{N}._:/#@+()%°·*-]{1,128}$/u;
/** Instant of RFC 3339 with an explicit offset, to the millisecond at most; 24:00 is the next day's 00:00. */
const UTC_PATTERN = /^(1999|20\d\d|2100)-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
export const INSTANT_LIMITS_MS = { earliest: EARLIEST_MS, latest: LATEST_MS } as const;
export const TEXT_MAX = 4096;

/** Milliseconds since 1970 of an instant as the streams write it, or `undefined` where it is none (30 February, no offset, outside 2000–2100). */
export function parseInstantMs(text: string): number | undefined {
  if (!UTC_PATTERN.test(text)) return undefined;
  const ms = Date.parse(text);
  if (!(ms >= EARLIEST_MS && ms < LATEST_MS)) return undefined;
  // Date.parse rolls 30 February over; compare the day that was written with the day that came out.
  const local = new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`));
  return local.toISOString().startsWith(text.slice(0, 10)) ? ms : undefined;
}

export const id = (about: Words, options: Options = {}) =>
  field(z.string().regex(ID_PATTERN, '1 to 128 letters, digits or . _ : / # @ + ( ) % ° · * -'), {
    kind: 'id',
    about,
    nullable: false,
    ...options,
  });

export const optionalId = (about: Words, options: Options = {}) =>
  field(z.string().regex(ID_PATTERN, '1 to 128 letters, digits or . _ : / # @ + ( ) % ° · * -').nullish(), {
    kind: 'id',
    about,
    nullable: true,
    ...options,
  });

export const text = (about: Words, options: Options = {}) =>
  field(z.string().min(1).max(TEXT_MAX), { kind: 'text', about, nullable: false, ...options });

export const optionalText = (about: Words, options: Options = {}) =>
  field(z.string().max(TEXT_MAX).nullish(), { kind: 'text', about, nullable: true, ...options });

export const oneOf = <const V extends readonly [string, ...string[]]>(values: V, about: Words) =>
  field(z.enum(values), { kind: 'enum', about, nullable: false, values, example: values[0] });

export const optionalOneOf = <const V extends readonly [string, ...string[]]>(values: V, about: Words) =>
  field(z.enum(values).nullish(), { kind: 'enum', about, nullable: true, values });

const instantString = z
  .string()
  .refine((value) => parseInstantMs(value) !== undefined, 'an instant with offset, e.g. 2026-03-01T00:00:00Z')
  .meta({ format: 'date-time', pattern: UTC_PATTERN.source });

export const instant = (about: Words) =>
  field(instantString, { kind: 'timestamp', about, nullable: false, example: '2026-03-01T00:00:00Z' });

export const optionalInstant = (about: Words) =>
  field(instantString.nullish(), { kind: 'timestamp', about, nullable: true });

interface NumberOptions extends Options {
  unit: string;
  aggregation: Aggregation;
  minimum?: number;
  maximum?: number;
}

export const integer = (about: Words, options: NumberOptions) =>
  field(
    z
      .int()
      .min(options.minimum ?? Number.MIN_SAFE_INTEGER)
      .max(options.maximum ?? Number.MAX_SAFE_INTEGER),
    {
      kind: 'int64',
      about,
      nullable: false,
      ...options,
    },
  );

export const optionalInteger = (about: Words, options: NumberOptions) =>
  field(
    z
      .int()
      .min(options.minimum ?? Number.MIN_SAFE_INTEGER)
      .max(options.maximum ?? Number.MAX_SAFE_INTEGER)
      .nullish(),
    { kind: 'int64', about, nullable: true, ...options },
  );

/** Limits are always stated, so that `1e308` is a fault and not a reading. */
const PHYSICAL_LIMIT = 1e15;

export const real = (about: Words, options: NumberOptions) =>
  field(
    z
      .number()
      .min(options.minimum ?? -PHYSICAL_LIMIT)
      .max(options.maximum ?? PHYSICAL_LIMIT),
    {
      kind: 'float64',
      about,
      nullable: false,
      minimum: -PHYSICAL_LIMIT,
      maximum: PHYSICAL_LIMIT,
      ...options,
    },
  );

export const optionalReal = (about: Words, options: NumberOptions) =>
  field(
    z
      .number()
      .min(options.minimum ?? -PHYSICAL_LIMIT)
      .max(options.maximum ?? PHYSICAL_LIMIT)
      .nullish(),
    {
      kind: 'float64',
      about,
      nullable: true,
      minimum: -PHYSICAL_LIMIT,
      maximum: PHYSICAL_LIMIT,
      ...options,
    },
  );

const count = (
  about: Words,
  options: { unit: string; minimum: number; maximum: number; fallback?: number; example?: number },
) => {
  const base = z.int().min(options.minimum).max(options.maximum);
  const spec = { kind: 'uint32', about, nullable: false, aggregation: 'none', ...options } as const;
  return options.fallback === undefined ? field(base, spec) : field(base.default(options.fallback), spec);
};

/** A bounded list of flat elements, kept as parallel arrays in ClickHouse. */
export const items = <S extends z.ZodRawShape>(shape: S, about: Words, maximum = 1000) => {
  const element = z.strictObject(shape);
  return field(z.array(element).max(maximum), {
    kind: 'items',
    about,
    nullable: false,
    items: namedFields(element),
    maximum,
  });
};

/** Length of an interval in seconds: at most one leap year. */
export const durationS = () =>
  count(
    { en: 'length of the interval', zh: '时段长度' },
    { unit: 's', minimum: 1, maximum: 31_622_400, example: 900 },
  );

export const revision = () =>
  count(
    { en: 'revision; a higher one supersedes', zh: '修订号' },
    { unit: '1', minimum: 0, maximum: 1_000_000, fallback: 0, example: 0 },
  );

export const start = () => instant({ en: 'start of the interval, inclusive', zh: '时段起点' });

/** Where a value comes from; it goes with the figure into every answer. */
export const QUALITIES = ['measured', 'estimated', 'substituted', 'manual', 'suspect', 'simulated'] as const;
export type Quality = (typeof QUALITIES)[number];
export const quality = () => oneOf(QUALITIES, { en: 'origin of the value', zh: '数据来源性质' });

/** The fields of an object schema in order, with their column names. Throws when a field was not made by this file. */
export function namedFields(schema: z.ZodObject): NamedField[] {
  return Object.entries(schema.shape).map(([name, type]) => {
    const spec = specs.get(type as z.ZodType);
    if (!spec) throw new TypeError(`field ${name} was not made by schemas/fields.ts`);
    return { ...spec, name, column: snakeCase(name) };
  });
}

/** `lowerHeatingValueGj` → `lower_heating_value_gj`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
