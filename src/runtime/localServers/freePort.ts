/** Free loopback ports for the local servers. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Fault } from '../errors.ts';

/**
 * Below the ranges from which operating systems take the ports of outgoing connections. A port from those
 * could be taken by a client that knocks while its server restarts (a connection to itself).
 */
const LOWEST = 20_000;
const HIGHEST = 29_999;
const ATTEMPTS = 200;

/** A free port on 127.0.0.1: the preferred one if it is free, else a random one that is not in `taken`. */
export async function freePort(
  options: { preferred?: number | undefined; taken?: readonly number[] } = {},
): Promise<number> {
  const { preferred, taken = [] } = options;
  if (preferred && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Fault('TL_SERVER_START', `no free port found between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
