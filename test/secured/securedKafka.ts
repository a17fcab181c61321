/** A real broker with two doors beside the plain one: a login over TLS, and TLS alone; both demand a client certificate. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/runtime/config.ts';
import { freePort } from '../../src/runtime/localServers/freePort.ts';
import { startKafka } from '../../src/runtime/localServers/kafka.ts';
import type { Identity } from './certificates.ts';

export const KAFKA_LOGIN = { username: 'writer', password: 'right-horse' } as const;

export interface SecuredKafka {
  /** SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512) over TLS with a client certificate. */
  readonly login: string;
  /** TLS with a client certificate. */
  readonly certificate: string;
  readonly plain: string;
  stop(): Promise<void>;
}

/** Starts the broker in `dir`, with data, keys and logs beneath. */
export async function startSecuredKafka(
  dir: string,
  { identity, clientCa }: { identity: Identity; clientCa: string },
): Promise<SecuredKafka> {
  const login = await freePort();
  const certificate = await freePort({ taken: [login] });
  const keystore = join(dir, 'broker.pem');
  const truststore = join(dir, 'clients.pem');
  writeFileSync(keystore, `${identity.key}\n${identity.cert}\n`, { mode: 0o600 });
  writeFileSync(truststore, clientCa);
  const { username, password } = KAFKA_LOGIN;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`;
  const broker = await startKafka({
    dir: join(dir, 'kafka'),
    cacheDir: loadConfig().cacheDir,
    progress: () => undefined,
    scramLogins: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
      (mechanism) => `${mechanism}=[name=${username},password=${password}]`,
    ),
    settings: (ports) => {
      const doors = `PLAINTEXT://127.0.0.1:${ports.broker},LOGIN://localhost:${login},CERTIFICATE://localhost:${certificate},CONTROLLER://127.0.0.1:${ports.controller}`;
      return {
        listeners: doors,
        'advertised.listeners': doors,
        'inter.broker.listener.name': 'PLAINTEXT',
        'listener.security.protocol.map':
          'PLAINTEXT:PLAINTEXT,LOGIN:SASL_SSL,CERTIFICATE:SSL,CONTROLLER:PLAINTEXT',
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': keystore,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': truststore,
        'listener.name.login.ssl.client.auth': 'required',
        'listener.name.certificate.ssl.client.auth': 'required',
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        'listener.name.login.plain.sasl.jaas.config': plain,
        'listener.name.login.scram-sha-256.sasl.jaas.config': scram,
        'listener.name.login.scram-sha-512.sasl.jaas.config': scram,
      };
    },
  });
  return {
    login: `localhost:${login}`,
    certificate: `localhost:${certificate}`,
    plain: broker.brokers[0]!,
    stop: () => broker.stop(),
  };
}
