/** The JSON Schema (2020-12) of a stream, as producers get it. */
import { z } from 'zod';
import type { Rule, StreamContract } from './stream.ts';

/** What a producer may send as one reading; rules over several fields are stated too. */
export function jsonSchemaOf(contract: StreamContract): Record<string, unknown> {
  const schema = z.toJSONSchema(contract.schema, { io: 'input', target: 'draft-2020-12' }) as Record<
    string,
    unknown
  >;
  const rules = contract.rules.flatMap(ruleAsSchema);
  const notes = contract.rules.map(ruleAsText);
  return {
    $id: `urn:tanliu:stream:${contract.topic}`,
    ...schema,
    ...(rules.length > 0 && { allOf: rules }),
    ...(notes.length > 0 && { description: `${String(schema.description)}. ${notes.join('. ')}.` }),
  };
}

function ruleAsSchema(rule: Rule): Record<string, unknown>[] {
  if (rule.kind !== 'atMostOne') return [];
  const [first, second] = rule.fields;
  const given = { not: { type: 'null' } };
  return [{ not: { properties: { [first]: given, [second]: given }, required: [first, second] } }];
}

function ruleAsText(rule: Rule): string {
  const [first, second] = rule.fields;
  return rule.kind === 'atMostOne'
    ? `At most one of ${first} and ${second} is given`
    : `${first} and ${second} differ`;
}
