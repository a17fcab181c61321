/** The fields that a producer fills in: those of a reading, or of one kind of document. */
import type { NamedField } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';

/** Fields of a reading, or of the documents of one kind (`kind` first); `document` is how they are stored, not what people write. */
export function fieldsOf(contract: StreamContract, kind?: string): readonly NamedField[] {
  if (contract.shape === 'readings') return contract.fields;
  const common = contract.fields.filter((field) => field.kind !== 'json');
  return kind === undefined ? common : [...common, ...(contract.kinds[kind] ?? [])];
}

/** Fields of all kinds, each name once: the columns of a table that mixes kinds. */
export function allFieldsOf(contract: StreamContract): readonly NamedField[] {
  const byName = new Map(fieldsOf(contract).map((field) => [field.name, field]));
  for (const fields of Object.values(contract.kinds))
    for (const field of fields) if (!byName.has(field.name)) byName.set(field.name, field);
  return [...byName.values()];
}

/** Names of the fields that only some kinds have: a table that mixes kinds may do without their columns. */
export function kindFieldNames(contract: StreamContract): ReadonlySet<string> {
  return new Set(Object.values(contract.kinds).flatMap((fields) => fields.map((field) => field.name)));
}

/** Must a column for it be there? */
export function isRequired(field: NamedField): boolean {
  return !field.nullable && field.fallback === undefined;
}

/** Fields that together name a reading: subject, time and revision. */
export function identityFields(contract: StreamContract): readonly NamedField[] {
  const names = [...contract.subject, contract.time, 'revision'];
  return names.flatMap((name) => contract.fields.filter((field) => field.name === name));
}
