/** The Arrow schema of a stream: what an `application/vnd.apache.arrow.stream` payload of its topic holds. */
import {
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  Schema,
  Struct,
  TimestampMillisecond,
  Uint32,
  Utf8,
} from 'apache-arrow';
import type { NamedField } from './fields.ts';
import type { StreamContract } from './stream.ts';

/**
 * Columns in the order of the contract, named as in JSON. Times are milliseconds in UTC; `items` are a list of
 * structs; a document's own fields stand in `document` as JSON text. Metadata of the schema: `topic`, `key`;
 * of a field: `title` (Chinese), `about`, and where there is one `unit`, `aggregation`, `values`.
 */
export function arrowSchemaOf(contract: StreamContract): Schema {
  const metadata = new Map([
    ['topic', contract.topic],
    ['key', contract.key],
    ['title', contract.about.zh],
    ['about', contract.about.en],
  ]);
  return new Schema(contract.fields.map(arrowField), metadata);
}

function arrowField(field: NamedField): Field {
  return new Field(field.name, arrowType(field), field.nullable, fieldMetadata(field));
}

function fieldMetadata(field: NamedField): Map<string, string> {
  const metadata = new Map([
    ['title', field.about.zh],
    ['about', field.about.en],
  ]);
  if (field.unit) metadata.set('unit', field.unit);
  if (field.aggregation) metadata.set('aggregation', field.aggregation);
  if (field.values) metadata.set('values', field.values.join(','));
  return metadata;
}

function arrowType(field: NamedField): DataType {
  switch (field.kind) {
    case 'id':
    case 'text':
    case 'enum':
    case 'json':
      return new Utf8();
    case 'timestamp':
      return new TimestampMillisecond('UTC');
    case 'uint32':
      return new Uint32();
    case 'int64':
      return new Int64();
    case 'float64':
      return new Float64();
    case 'items':
      return new List(new Field('item', new Struct((field.items ?? []).map(arrowField)), false));
  }
}

/** The Arrow schema as text, one line a column, for people to read. */
export function arrowSchemaText(contract: StreamContract): string {
  const width = Math.max(...contract.fields.map((field) => field.name.length));
  const lines = contract.fields.map((field) => {
    const type = `${typeText(field)}${field.nullable ? '' : ' not null'}`;
    const unit = field.unit ? ` [${field.unit}]` : '';
    return `  ${field.name.padEnd(width)}  ${type}  -- ${field.about.zh} · ${field.about.en}${unit}`;
  });
  return [
    `${contract.topic}  -- ${contract.about.zh} · ${contract.about.en}; message key: ${contract.key}`,
    ...lines,
  ].join('\n');
}

function typeText(field: NamedField): string {
  switch (field.kind) {
    case 'timestamp':
      return 'timestamp[ms, tz=UTC]';
    case 'uint32':
      return 'uint32';
    case 'int64':
      return 'int64';
    case 'float64':
      return 'double';
    case 'items': {
      const members = (field.items ?? []).map(
        (item) => `${item.name}: ${typeText(item)}${item.nullable ? '' : ' not null'}`,
      );
      return `list<item: struct<${members.join(', ')}> not null>`;
    }
    default:
      return 'utf8';
  }
}
