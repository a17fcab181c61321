/** Which zones have results, and which of them answers for a name or for a point. */
import { modeFactorSets } from '../../../schemas/reference/fuelFactors.ts';
import { type ZoneSeat, zoneSeats } from '../../../schemas/reference/zoneSeats.ts';
import { zoneOf } from '../../../schemas/reference/zones.ts';
import type { Store } from '../../store/port.ts';
import { badParameter, noData } from '../problem.ts';

export type EmissionFactorType = 'direct' | 'lifecycle';

/** The zone that answers, and the one factor family that it answers in. */
export interface AnsweringZone {
  readonly zone: string;
  /** Name of the family among the results. */
  readonly family: string;
  /** Set where a point was asked for. */
  readonly nearestSeat?: { readonly name: string; readonly distanceKm: number };
}

export interface KnownZone {
  readonly id: string;
  readonly families: readonly string[];
}

/** A point further than this from every seat is not answered (km). */
const FARTHEST_KM = 300;
const EARTH_RADIUS_KM = 6_371;

/** Zones with results, by their ids. */
export async function knownZones(store: Store): Promise<KnownZone[]> {
  return store.query<KnownZone>(
    `SELECT toString(zone) AS id, arraySort(groupUniqArray(toString(family))) AS families
     FROM grid_intensity GROUP BY zone ORDER BY id`,
  );
}

/** The family of a type: the engine's own name first, then sets of factors under their own names. */
export function familyOf(families: readonly string[], type: EmissionFactorType): string | undefined {
  const wanted = `mode_${type}`;
  const sets = modeFactorSets.filter(({ family }) => family === wanted).map(({ id }) => id);
  return [wanted, ...sets].find((name) => families.includes(name));
}

/**
 * The zone of an id with the family of a type, or with any family where the type does not matter.
 * @throws ApiProblem 404 where nothing is known of it
 */
export async function zoneOfName(
  store: Store,
  id: string,
  type: EmissionFactorType | undefined,
): Promise<AnsweringZone> {
  const families = await familiesOf(store, [id]);
  return answering(id, families.get(id), type);
}

/** Families of those of the zones that have results. */
export async function familiesOf(
  store: Store,
  candidates: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const known = await store.query<KnownZone>(
    `SELECT toString(zone) AS id, arraySort(groupUniqArray(toString(family))) AS families
     FROM grid_intensity WHERE zone IN {candidates:Array(String)} GROUP BY zone`,
    { candidates },
  );
  return new Map(known.map((zone) => [zone.id, zone.families]));
}

function answering(
  id: string,
  families: readonly string[] | undefined,
  type: EmissionFactorType | undefined,
): AnsweringZone {
  if (families === undefined) throw noData(`No data for zone "${id}"`, 'a zone that /v3/zones lists');
  const family = type === undefined ? families[0] : familyOf(families, type);
  if (family !== undefined) return { zone: id, family };
  throw noData(
    `No ${type} intensities for zone "${id}"`,
    `emissionFactorType=${type === 'direct' ? 'lifecycle' : 'direct'}`,
  );
}

/**
 * The zone whose government's seat is nearest to a point; it is not the zone's border.
 * @throws ApiProblem 400 where every seat is further than 300 km
 */
export async function zoneOfPoint(
  store: Store,
  point: { readonly latitude: number; readonly longitude: number },
  type: EmissionFactorType | undefined,
): Promise<AnsweringZone> {
  const { seat, distanceKm } = nearestSeat(point);
  if (distanceKm > FARTHEST_KM) {
    throw badParameter(
      'lat',
      `no seat of a zone lies within ${FARTHEST_KM} km; the nearest is ${seat.nameEn} (${seat.zone}) at ${Math.round(distanceKm)} km`,
      'zone= with the id of the zone',
    );
  }
  const candidates = [seat.zone, ...provinceOf(seat.zone)];
  const families = await familiesOf(store, candidates);
  const id = candidates.find((each) => families.has(each)) ?? seat.zone;
  const zone = answering(id, families.get(id), type);
  return { ...zone, nearestSeat: { name: seat.nameEn, distanceKm: Math.round(distanceKm * 10) / 10 } };
}

/** Of two seats at one place the smaller zone's counts: a provincial capital is a prefecture's seat as well. */
export function nearestSeat(point: { readonly latitude: number; readonly longitude: number }): {
  seat: ZoneSeat;
  distanceKm: number;
} {
  const ranked = zoneSeats.map((seat) => ({ seat, distanceKm: greatCircleKm(point, seat) }));
  ranked.sort((a, b) => a.distanceKm - b.distanceKm || b.seat.zone.length - a.seat.zone.length);
  return ranked[0]!;
}

type Point = { readonly latitude: number; readonly longitude: number };

/** Haversine on a sphere of the mean radius. */
function greatCircleKm(a: Point, b: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const byLatitude = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2;
  const byLongitude = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const chord = byLatitude + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * byLongitude;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** The province that contains a prefecture; it answers where the prefecture is not told apart. */
function provinceOf(id: string): string[] {
  const parent = zoneOf(id)?.parent;
  return parent !== undefined && zoneOf(parent)?.kind === 'province' ? [parent] : [];
}
