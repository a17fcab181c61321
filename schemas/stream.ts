/**
 * What a stream's contract is. One file under `streams/` declares it as zod; the type, the validator, the Arrow
 * schema, the ClickHouse columns and the JSON Schema follow from it.
 */
import { z } from 'zod';
import { type NamedField, namedFields, snakeCase, type Words } from './fields.ts';

/** Rules over several fields: a small closed set, so that every form of the contract can state them. */
export type Rule =
  | { readonly kind: 'atMostOne'; readonly fields: readonly [string, string] }
  | { readonly kind: 'distinct'; readonly fields: readonly [string, string] };

export interface StreamContract {
  readonly topic: string;
  readonly about: Words;
  /** `readings`: flat facts over an interval. `documents`: one of several kinds with a validity. */
  readonly shape: 'readings' | 'documents';
  /** Judges one reading or document; its output is the accepted value. */
  readonly schema: z.ZodType<Record<string, unknown>>;
  /** The field whose value is the Kafka key, so that one source stays in order. */
  readonly key: string;
  /** Fields that, joined by `|`, name what the reading is about. */
  readonly subject: readonly string[];
  /** Field with the start of the interval or validity. */
  readonly time: 'start' | 'validFrom';
  readonly fields: readonly NamedField[];
  readonly rules: readonly Rule[];
  readonly table: string;
  /** Kinds of document with their fields, empty for readings. */
  readonly kinds: Readonly<Record<string, readonly NamedField[]>>;
}

interface ReadingsDeclaration<S extends z.ZodRawShape> {
  topic: string;
  about: Words;
  key: keyof S & string;
  subject: readonly (keyof S & string)[];
  shape: S;
  rules?: readonly Rule[];
}

/** Declares a stream of flat readings; the returned contract also carries the zod type for inference. */
export function readings<S extends z.ZodRawShape>(declaration: ReadingsDeclaration<S>) {
  const { topic, about, key, subject, rules = [] } = declaration;
  const object = z.strictObject(declaration.shape);
  const schema = rules.reduce(
    (type, rule) => type.superRefine((value, context) => judge(rule, value, context)),
    object,
  );
  return {
    topic,
    about,
    shape: 'readings' as const,
    schema: schema.meta({ title: about.zh, description: about.en }),
    key,
    subject,
    time: 'start' as const,
    fields: namedFields(object),
    rules,
    table: snakeCase(topic).replaceAll('.', '_'),
    kinds: {},
  };
}

interface DocumentsDeclaration<K extends Record<string, z.ZodRawShape>> {
  topic: string;
  about: Words;
  /** Fields that every kind has, `kind` and `id` first. */
  kinds: K;
  common: z.ZodRawShape;
}

/** Declares a stream of documents of several kinds. Common fields become columns, the rest is kept as JSON. */
export function documents<K extends Record<string, z.ZodRawShape>>(declaration: DocumentsDeclaration<K>) {
  const { topic, about, common, kinds } = declaration;
  const objects = Object.entries(kinds).map(([kind, shape]) =>
    z.strictObject({ kind: z.literal(kind), ...common, ...shape }),
  );
  const schema = z.discriminatedUnion('kind', objects as never) as unknown as z.ZodType<
    Record<string, unknown>
  >;
  const kindNames = Object.keys(kinds);
  const fields: NamedField[] = [
    {
      name: 'kind',
      column: 'kind',
      kind: 'enum',
      about: { en: 'kind of document', zh: '类别' },
      nullable: false,
      values: kindNames,
    },
    ...namedFields(z.strictObject(common)),
    {
      name: 'document',
      column: 'document',
      kind: 'json',
      about: { en: 'fields of the kind, as JSON', zh: '该类别的字段（JSON）' },
      nullable: false,
    },
  ];
  const kindFields = Object.fromEntries(
    Object.entries(kinds).map(([kind, shape]) => [kind, namedFields(z.strictObject(shape))]),
  );
  return {
    topic,
    about,
    shape: 'documents' as const,
    schema: schema.meta({ title: about.zh, description: about.en }) as typeof schema,
    key: 'id',
    subject: ['kind', 'id'],
    time: 'validFrom' as const,
    fields,
    rules: [],
    table: snakeCase(topic).replaceAll('.', '_'),
    kinds: kindFields,
  };
}

function judge(rule: Rule, value: Record<string, unknown>, context: z.RefinementCtx): void {
  const [first, second] = rule.fields;
  if (rule.kind === 'atMostOne' && value[first] != null && value[second] != null) {
    context.addIssue({ code: 'custom', path: [second], message: `either ${first} or ${second}, not both` });
  }
  if (rule.kind === 'distinct' && value[first] === value[second]) {
    context.addIssue({ code: 'custom', path: [second], message: `${first} and ${second} must differ` });
  }
}
