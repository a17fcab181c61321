/** Judges candidates by the contract's zod schema and says each fault in terms of the file's cells. */
import type { z } from 'zod';
import type { NamedField } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import { type Candidate, pathText } from './candidate.ts';
import { expectationOf } from './expectation.ts';
import { fieldsOf } from './fieldsOf.ts';
import { nearestName } from './nearestName.ts';
import { type Place, type SheetFault, type SheetFaultCode, shown } from './sheetFault.ts';

export type Judged =
  | { readonly place: Place; readonly value: Record<string, unknown> }
  | { readonly place: Place; readonly faults: readonly SheetFault[] };

/** The accepted reading with defaults filled in, or every fault of the row. */
export function judgeReading(candidate: Candidate, contract: StreamContract): Judged {
  const { place, value, faults, failed } = candidate;
  if (value === undefined) return { place, faults };
  const result = contract.schema.safeParse(value);
  if (result.success && faults.length === 0) return { place, value: result.data };
  const issues = result.success ? [] : result.error.issues;
  const found = issues
    .filter((issue) => !failed?.has(issue.path.join('.')))
    .flatMap((issue) => faultsOf(issue, candidate, contract));
  return { place, faults: [...faults, ...found].sort(inSheetOrder) };
}

/** Row by row, from left to right. */
function inSheetOrder(a: SheetFault, b: SheetFault): number {
  return a.row - b.row || columnOrder(a) - columnOrder(b);
}

function columnOrder({ column }: SheetFault): number {
  const letter = column?.letter ?? '';
  return [...letter].reduce((order, character) => order * 26 + character.charCodeAt(0) - 64, 0);
}

function faultsOf(issue: z.core.$ZodIssue, candidate: Candidate, contract: StreamContract): SheetFault[] {
  const fields = fieldsOf(contract, kindOf(candidate.value));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField([...issue.path, key], candidate, fields));
  }
  const field = fieldAt(issue.path, fields);
  const given = valueAt(candidate.value, issue.path);
  if (issue.code === 'custom' && given !== undefined && !isInstantIssue(field)) {
    return [
      faultAt(
        issue.path,
        candidate,
        field,
        'TL_SHEET_RULE',
        issue.message,
        'one of the two changed or cleared',
      ),
    ];
  }
  const right = field ? expectationOf(field) : issue.message;
  if (given === undefined || given === null) {
    const hint = candidate.place.sheet === undefined ? '' : '; merged cells count for their first row only';
    return [faultAt(issue.path, candidate, field, 'TL_SHEET_MISSING', 'empty, but required', right + hint)];
  }
  const near = field?.values && nearestName(String(given), field.values);
  const wrong = `${shown(given)} ${whyNot(issue, field)}`;
  return [
    faultAt(
      issue.path,
      candidate,
      field,
      'TL_SHEET_VALUE',
      wrong,
      near ? `did you mean ${near}? ${right}` : right,
    ),
  ];
}

const isInstantIssue = (field: NamedField | undefined) => field?.kind === 'timestamp';

function whyNot(issue: z.core.$ZodIssue, field: NamedField | undefined): string {
  if (issue.code === 'too_small') return 'is too small';
  if (issue.code === 'too_big')
    return field?.kind === 'items' ? 'has too many elements' : 'is too large or too long';
  if (field?.kind === 'enum') return 'is not allowed';
  if (field?.kind === 'timestamp') return 'is not a time with offset between 2000 and 2099';
  if (field?.kind === 'id') return 'is not an identifier';
  if (field?.kind === 'uint32' || field?.kind === 'int64') return 'is not a whole number';
  if (field?.kind === 'float64') return 'is not a number';
  return 'is not accepted';
}

function unknownField(
  path: readonly PropertyKey[],
  candidate: Candidate,
  fields: readonly NamedField[],
): SheetFault {
  const name = String(path.at(-1));
  const inside = path.length > 1 ? fieldAt(path.slice(0, -1), fields) : undefined;
  const names = (inside?.items ?? fields).map((field) => field.name);
  const near = nearestName(name, names);
  const kind = kindOf(candidate.value);
  return faultAt(
    path,
    candidate,
    undefined,
    'TL_SHEET_UNKNOWN_COLUMN',
    kind === undefined ? 'the contract has no such field' : `${kind} has no such field`,
    near ? `did you mean ${near}?` : `one of ${names.join(', ')}`,
  );
}

function faultAt(
  path: readonly PropertyKey[],
  candidate: Candidate,
  field: NamedField | undefined,
  code: SheetFaultCode,
  wrong: string,
  right: string,
): SheetFault {
  const place = candidate.locate(path);
  const column = place.column ?? { name: pathText(path), ...(field && { title: field.about.zh }) };
  return { ...place, ...(column.name !== '' && { column }), code, wrong, right };
}

function kindOf(value: Record<string, unknown> | undefined): string | undefined {
  return typeof value?.kind === 'string' ? value.kind : undefined;
}

function fieldAt(path: readonly PropertyKey[], fields: readonly NamedField[]): NamedField | undefined {
  const field = fields.find(({ name }) => name === path[0]);
  const inner = path.length > 2 ? field?.items?.find(({ name }) => name === path[2]) : undefined;
  return inner ?? field;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const part of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[part];
  return at;
}
