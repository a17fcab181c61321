/** Messages of `plant.generation` that can be told apart by value, some of which the two builds judge differently. */
import type { Log, OutgoingMessage } from '../../src/log/port.ts';
import { HIGHEST_WH } from './otherContracts.ts';

export type Verdict = 'accepted by both' | 'accepted by usual' | 'accepted by other' | 'refused by both';

/** What the builds say to message `n`. */
export function verdictOf(n: number): Verdict {
  if (n % 50 === 7) return 'accepted by other';
  if (n % 70 === 11) return 'accepted by usual';
  return n % 200 === 13 ? 'refused by both' : 'accepted by both';
}

/** Energy of message `n`; its number is the energy without sign, below `HIGHEST_WH`. */
function energyWhOf(n: number): number {
  const verdict = verdictOf(n);
  if (verdict === 'accepted by other') return -n;
  return verdict === 'accepted by usual' ? HIGHEST_WH + n : n;
}

/** Number of the message that a row with this energy came from. */
export const numberOfEnergy = (energyWh: number): number => Math.abs(energyWh) % HIGHEST_WH;

const PLANTS = 32;
const QUARTER_MS = 900_000;
const BEGIN_MS = Date.UTC(2026, 2, 1);

export function plantMessage(n: number): OutgoingMessage {
  const plant = `plant/${n % PLANTS}`;
  const start = new Date(BEGIN_MS + Math.floor(n / 64) * QUARTER_MS).toISOString();
  const reading = {
    plant,
    meter: 'm-1',
    start,
    durationS: 900,
    energyWh: energyWhOf(n),
    quality: 'measured',
  };
  const value = verdictOf(n) === 'refused by both' ? `{"number":${n}}` : JSON.stringify(reading);
  return {
    key: plant,
    value,
    headers: {
      ce_id: String(n),
      ce_source: 'hazards',
      ce_type: 'plant.generation',
      'content-type': 'application/json',
    },
  };
}

/** Number of a message by its bytes. */
export function numberOfValue(value: string): number {
  const parsed = JSON.parse(value) as { number?: number; energyWh?: number };
  return parsed.number ?? numberOfEnergy(parsed.energyWh ?? Number.NaN);
}

const CHUNK = 2_000;

/** Sends messages `from` to `to`, exclusive. */
export async function producePlantMessages(log: Log, topic: string, from: number, to: number): Promise<void> {
  const producer = await log.producer();
  for (let at = from; at < to; at += CHUNK) {
    const count = Math.min(CHUNK, to - at);
    await producer.send(
      topic,
      Array.from({ length: count }, (_, i) => plantMessage(at + i)),
    );
  }
  await producer.close();
}
