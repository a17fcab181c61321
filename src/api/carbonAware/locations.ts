/** A location is a zone; its rating is of the life cycle where that is computed, else of the stack. */
import type { Store } from '../../store/port.ts';
import { type AnsweringZone, familiesOf, familyOf } from '../grid/zones.ts';
import { badParameter } from '../problem.ts';

interface LocationParameters {
  readonly location?: readonly string[] | undefined;
  readonly locations?: readonly string[] | undefined;
}

/** Names in the order given, each once. Throws ApiProblem 400 where there is none. */
export function namesOf({ location = [], locations = [] }: LocationParameters): string[] {
  const names = [...new Set([...location, ...locations])];
  if (names.length === 0) throw badParameter('location', 'The location field is required', 'location=CN-SC');
  return names;
}

/**
 * Zones of locations, in one family for all of them: ratings of two families would not compare.
 * @throws ApiProblem 400 for a location that is not known
 */
export async function zonesOf(store: Store, names: readonly string[]): Promise<AnsweringZone[]> {
  const known = await familiesOf(store, names);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw badParameter('location', `Unknown location "${unknown}"`, 'a location that /locations lists');
  for (const type of ['lifecycle', 'direct'] as const) {
    const families = names.map((name) => familyOf(known.get(name)!, type));
    const [family] = families;
    if (family !== undefined && families.every((each) => each === family))
      return names.map((zone) => ({ zone, family }));
  }
  throw badParameter('location', 'these locations have no factor family in common', 'one at a time');
}

/** One location by its name. */
export async function zoneNamed(store: Store, name: string): Promise<AnsweringZone> {
  const [zone] = await zonesOf(store, [name]);
  return zone!;
}
