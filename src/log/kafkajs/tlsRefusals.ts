/**
 * kafkajs 2.2.4 tries a connection for twenty seconds and more also where TLS was refused, by the broker or by us:
 * nothing that passes by itself. Once every given broker has refused, the attempts end at once with the reason.
 */
import { createRequire } from 'node:module';
import { isTlsRefusal } from '../../runtime/connectionAdvice.ts';

const require = createRequire(import.meta.url);

interface Broker {
  readonly connectionPool: { readonly host: string; readonly port: number; readonly ssl?: object };
  connect(): Promise<void>;
}

/** By the TLS options that a client's connections share. */
const refusals = new WeakMap<object, { readonly seeds: number; readonly refused: Set<string> }>();
let installed = false;

/** Options to be given to a client of `seeds` brokers. */
export function watchedTls<T extends object>(options: T, seeds: number): T {
  install();
  const watched = { ...options };
  refusals.set(watched, { seeds, refused: new Set() });
  return watched;
}

function install(): void {
  if (installed) return;
  installed = true;
  const { prototype } = require('kafkajs/src/broker') as { prototype: Broker };
  const { connect } = prototype;
  prototype.connect = async function (this: Broker) {
    const { host, port, ssl } = this.connectionPool;
    const known = ssl && refusals.get(ssl);
    try {
      await connect.call(this);
      known?.refused.clear();
    } catch (error) {
      if (known && isTlsRefusal(error)) {
        known.refused.add(`${host}:${port}`);
        if (known.refused.size >= known.seeds) (error as { retriable?: boolean }).retriable = false;
      }
      throw error;
    }
  };
}
