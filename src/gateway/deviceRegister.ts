/** The devices that may send frames, by MN: from `registry.assets` in the store, read again from time to time. */
import { z } from 'zod';
import { HJ212_DIALECTS, type Hj212Dialect } from '../../schemas/reference/hj212.ts';
import type { CemsDevice } from '../emissions/hj212/cemsReadings.ts';
import type { TrailerRule } from '../emissions/hj212/frameScanner.ts';
import type { Store } from '../store/port.ts';

export interface GatewayDevice extends CemsDevice {
  readonly dialect: Hj212Dialect;
  readonly trailer: TrailerRule;
  /** Codes that the device may send; any where absent. */
  readonly factors?: ReadonlySet<string>;
}

export type Devices = ReadonlyMap<string, GatewayDevice>;

const deviceDocument = z.object({
  stack: z.string(),
  dialect: z.enum(HJ212_DIALECTS),
  trailer: z.enum(['strict', 'tolerant']),
  realtimeIntervalS: z.number().nullish(),
  minuteIntervalS: z.number().nullish(),
  factors: z.string().nullish(),
  co2Unit: z.string().nullish(),
});

/** Intervals of devices that the register says nothing of. */
const REALTIME_INTERVAL_S = 30;
const MINUTE_INTERVAL_S = 600;

/** The stream counts whole seconds, at least one. */
const wholeSeconds = (seconds: number | null | undefined): number | undefined =>
  seconds && seconds >= 1 ? Math.round(seconds) : undefined;

/** A device as its registry document says. Throws `ZodError` for a document that is none of a device. */
function deviceOf(document: unknown, site: string): GatewayDevice {
  const { stack, dialect, trailer, realtimeIntervalS, minuteIntervalS, factors, co2Unit } =
    deviceDocument.parse(document);
  const codes = factors?.split(',').map((code) => code.trim());
  return {
    site,
    stack,
    dialect,
    trailer,
    realtimeIntervalS: wholeSeconds(realtimeIntervalS) ?? REALTIME_INTERVAL_S,
    minuteIntervalS: wholeSeconds(minuteIntervalS) ?? MINUTE_INTERVAL_S,
    ...(codes && { factors: new Set(codes) }),
    ...(co2Unit && { units: { a05001: { unit: co2Unit, cumulativeUnit: 'kg' } } }),
  };
}

/**
 * Devices that are registered at `atMs`; those whose stack is unknown have the stack's id as their site.
 * @throws Fault of the store
 */
export async function readDevices(store: Store, atMs: number): Promise<Devices> {
  const rows = await store.query<{ kind: string; id: string; document: string }>(
    `SELECT kind, id, document FROM registry_assets_current
     WHERE kind IN ('device', 'stack') AND valid_from <= fromUnixTimestamp64Milli({at:Int64})
       AND (valid_to IS NULL OR valid_to > fromUnixTimestamp64Milli({at:Int64}))
     ORDER BY kind, id, valid_from, known_at`,
    { at: atMs },
  );
  const siteOf = new Map<string, string>();
  for (const { kind, id, document } of rows)
    if (kind === 'stack') siteOf.set(id, String((JSON.parse(document) as { site: string }).site));
  const devices = new Map<string, GatewayDevice>();
  for (const { kind, id, document } of rows) {
    if (kind !== 'device') continue;
    const parsed: unknown = JSON.parse(document);
    const { stack } = parsed as { stack: string };
    devices.set(id, deviceOf(parsed, siteOf.get(stack) ?? stack));
  }
  return devices;
}
