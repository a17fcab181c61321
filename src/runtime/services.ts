/** The servers as the configuration says, for any role: given addresses, else the local stack, else the store on disk. */
import { join } from 'node:path';
import type { Log } from '../log/port.ts';
import type { Store } from '../store/port.ts';
import type { Config, KafkaConnection } from './config.ts';
import { Fault } from './errors.ts';
import { findRunningServers } from './localServers/startLocalServers.ts';
import type { Tls } from './pemFiles.ts';

export const storeDir = (config: Config): string => join(config.home, 'store');

/** The store: `CLICKHOUSE_URL`, else the one that `tanliu up` holds, else the embedded one opened here. */
export async function openStore(config: Config): Promise<Store> {
  const { openServerStore } = await import('../store/serverStore.ts');
  if (config.clickhouse) return openServerStore(config.clickhouse);
  const { findStoreOwner } = await import('../store/storeOwner.ts');
  const owner = await findStoreOwner(storeDir(config));
  if (owner?.gateway && owner.process.pid !== process.pid) {
    return openServerStore({
      url: owner.gateway.url,
      username: 'tanliu',
      password: owner.gateway.password,
      database: 'tanliu',
    });
  }
  const { openChdbStore } = await import('../store/chdbStore.ts');
  return openChdbStore(storeDir(config));
}

/** The log: `KAFKA_BROKERS`, else the local broker that runs. Fault TL_LOG_BROKER where there is none. */
export async function openLog(config: Config): Promise<Log> {
  const { kafka } = await findRunningServers(config);
  if (!kafka) {
    throw new Fault('TL_LOG_BROKER', 'no Kafka broker is known', {
      remedy: 'start the local stack with tanliu up, or set KAFKA_BROKERS',
    });
  }
  return logOf(kafka);
}

/** A log on given brokers, with TLS and SASL as configured. */
export async function logOf({ brokers, tls, sasl }: KafkaConnection): Promise<Log> {
  const { createKafkajsLog } = await import('../log/kafkajs/kafkajsLog.ts');
  return createKafkajsLog({
    brokers,
    ...(tls && { ssl: kafkaTls(tls) }),
    ...(sasl && { sasl: sasl as never }),
  });
}

function kafkaTls({ ca, cert, key }: Tls) {
  return { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) };
}
