/** What would be right in a field, in words that follow from its contract. */
import type { NamedField } from '../../schemas/fields.ts';

/** One phrase, e.g. `a whole number [Wh], 0 or more; leave it empty where unknown`. */
export function expectationOf(field: NamedField): string {
  const phrase = phraseOf(field);
  if (field.nullable) return `${phrase}; leave it empty where unknown`;
  if (field.fallback !== undefined) return `${phrase}; empty means ${field.fallback}`;
  return phrase;
}

function phraseOf(field: NamedField): string {
  switch (field.kind) {
    case 'id':
      return `1 to 128 letters or digits of any script or . _ : / # @ + ( ) - without blanks${exampleOf(field)}`;
    case 'text':
      return `text of at most 4096 characters${exampleOf(field)}`;
    case 'enum':
      return `one of ${(field.values ?? []).join(', ')}`;
    case 'timestamp':
      return 'a time with its UTC offset from the years 2000 to 2099, e.g. 2026-03-01T00:00:00+08:00';
    case 'uint32':
    case 'int64':
      return `a whole number${unitOf(field)}${limitsOf(field)}`;
    case 'float64':
      return `a number${unitOf(field)}${limitsOf(field)}`;
    case 'items': {
      const names = (field.items ?? []).map((item) => item.name + (item.nullable ? '?' : ''));
      return `a list of {${names.join(', ')}}, at most ${field.maximum}`;
    }
    case 'json':
      return 'a JSON object';
  }
}

const exampleOf = (field: NamedField) => (field.example === undefined ? '' : `, e.g. ${field.example}`);
const unitOf = (field: NamedField) => (field.unit && field.unit !== '1' ? ` [${field.unit}]` : '');

/** Limits that say something: the outermost ones of every number are left out. */
function limitsOf({ minimum, maximum }: NamedField): string {
  const low = minimum !== undefined && minimum > -1e15 ? minimum : undefined;
  const high = maximum !== undefined && maximum < 1e15 ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return `, ${low} or more`;
  return high === undefined ? '' : `, at most ${high}`;
}
