/** What a stream's template holds: its sheets, their columns, and the explanations; the same for XLSX and CSV. */
import type { NamedField } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import { allFieldsOf, fieldsOf, identityFields, isRequired } from './fieldsOf.ts';
import { NOTE_MARK } from './header.ts';

export interface TemplateColumn {
  /** Name in the header, as `tanliu produce` reads it. */
  readonly name: string;
  readonly field: NamedField;
  /** Kinds of document that have the field, where the table mixes kinds and not all have it. */
  readonly kinds?: readonly string[];
}

export interface TemplateSheet {
  readonly name: string;
  readonly columns: readonly TemplateColumn[];
}

/** One sheet for readings, one for each kind of document, and one for each list of elements. */
export function templateSheets(contract: StreamContract): TemplateSheet[] {
  if (contract.shape === 'documents') {
    return Object.keys(contract.kinds).map((kind) => ({
      name: kind,
      columns: fieldsOf(contract, kind)
        .filter((field) => field.name !== 'kind')
        .map(columnOf),
    }));
  }
  const lists = contract.fields.filter((field) => field.kind === 'items');
  const keys = identityFields(contract);
  return [
    {
      name: contract.topic,
      columns: contract.fields.filter((field) => field.kind !== 'items').map(columnOf),
    },
    ...lists.map((list) => ({
      name: list.name,
      columns: [...keys, ...(list.items ?? [])].map(columnOf),
    })),
  ];
}

/** The one table of a CSV file: all kinds together, the elements of a list as `inputs.unit`. */
export function templateTable(contract: StreamContract): TemplateSheet {
  const columns = allFieldsOf(contract).flatMap((field) =>
    field.kind === 'items'
      ? (field.items ?? []).map((item) => ({ name: `${field.name}.${item.name}`, field: item }))
      : [{ ...columnOf(field), kinds: kindsWith(contract, field.name) }],
  );
  return { name: contract.topic, columns };
}

function kindsWith(contract: StreamContract, name: string): string[] {
  const kinds = Object.entries(contract.kinds).filter(([, fields]) =>
    fields.some((field) => field.name === name),
  );
  return kinds.map(([kind]) => kind);
}

const columnOf = (field: NamedField): TemplateColumn => ({ name: field.name, field });

/** One line below the header: title, unit, whether it must be filled, allowed values. Rows of such lines are never sent. */
export function noteOf({ field, kinds = [] }: TemplateColumn): string {
  const unit = field.unit && field.unit !== '1' ? ` [${field.unit}]` : '';
  const need = isRequired(field) ? '必填 required' : '选填 optional';
  const values = field.values ? ` · ${field.values.join(' / ')}` : '';
  const only = kinds.length > 0 ? ` · ${kinds.join(', ')}` : '';
  return `${NOTE_MARK} ${field.about.zh}${unit}${only} · ${need}${values}`;
}

/** A value that the contract accepts, to show what is meant. */
export function exampleOf(field: NamedField): string | number {
  if (field.example !== undefined) return field.example;
  switch (field.kind) {
    case 'enum':
      return field.values?.[0] ?? '';
    case 'timestamp':
      return '2026-03-01T00:00:00+08:00';
    case 'uint32':
    case 'int64':
    case 'float64':
      return field.fallback ?? Math.max(0, field.minimum ?? 0);
    case 'text':
      return '示例 example';
    default:
      return 'example-1';
  }
}

const SHEET_WORDS = [
  '每行一条记录；第 1 行是字段名，以 ※ 开头的说明行不会发送。',
  'One reading a row; row 1 holds the field names, rows that begin with ※ explain and are never sent.',
  '时间须带时区，如 2026-03-01T00:00:00+08:00；若用 Excel 日期，发送时加 --time-zone Asia/Shanghai。',
  'Times state their offset; for Excel dates add --time-zone Asia/Shanghai when sending.',
  '未知的数值请留空，不要填 0。 Leave unknown values empty; never enter 0 for them.',
];

/** How to fill in and send the template, in both languages. */
export function instructions(contract: StreamContract, fileName: string): string[] {
  const lists = contract.fields.filter((field) => field.kind === 'items');
  const keys = identityFields(contract).map((field) => field.name);
  return [
    `${contract.about.zh} · ${contract.about.en} (${contract.topic})`,
    ...SHEET_WORDS,
    ...lists.map(
      (list) =>
        `工作表 ${list.name} 每行一项${list.about.zh}，以 ${keys.join('、')} 对应主表的一行。 Each row of sheet ${list.name} names its reading by ${keys.join(', ')}.`,
    ),
    `检查 check: tanliu produce ${contract.topic} ${fileName} --dry-run`,
    `发送 send: tanliu produce ${contract.topic} ${fileName}`,
  ];
}
