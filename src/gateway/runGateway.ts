/** The gateway as a role: its devices from the store, its frames into the log, what it counts on standard error. */
import { randomBytes } from 'node:crypto';
import type { Log } from '../log/port.ts';
import type { Config } from '../runtime/config.ts';
import { Fault } from '../runtime/errors.ts';
import type { Running } from '../runtime/shutdown.ts';
import type { Store } from '../store/port.ts';
import { type Devices, readDevices } from './deviceRegister.ts';
import { frameHistory } from './frameHistory.ts';
import { Hj212Gateway } from './hj212Gateway.ts';
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from './limits.ts';

export interface GatewayRole {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly progress: (...lines: string[]) => void;
}

export interface RunningGateway extends Running {
  readonly gateway: Hj212Gateway;
  readonly port: number;
}

const REGISTER_EVERY_MS = 30_000;
const SAY_EVERY_MS = 60_000;
/** The same fault is said once in this time. */
const FAULT_EVERY_MS = 10_000;

/** Starts the gateway that `HJ212_LISTEN` asks for. @throws Fault TL_CONFIG where it does not, TL_SERVER_START where the port is taken */
export async function runGateway({ config, store, log, progress }: GatewayRole): Promise<RunningGateway> {
  const settings = config.hj212;
  if (!settings)
    throw new Fault('TL_CONFIG', 'no address for the HJ 212 gateway is set', {
      remedy: 'HJ212_LISTEN=0.0.0.0:8212, or --listen host:port',
    });
  const faults = sayFaults(progress);
  let devices: Devices = await readDevices(store, Date.now());
  const prefix = config.topics.prefix;
  const gateway = new Hj212Gateway({
    host: settings.host,
    port: settings.port,
    run: `g${randomBytes(4).toString('hex')}`,
    topics: { frames: `${prefix}emissions.frames`, cems: `${prefix}emissions.cems` },
    limits: { ...DEFAULT_GATEWAY_LIMITS, ...limitsOf(settings) },
    devices: () => devices,
    openProducer: () => log.producer(),
    knownContents: frameHistory(store, faults),
    clock: Date.now,
    onFault: faults,
  });
  const port = await gateway.start().catch((cause: unknown) => {
    if (cause instanceof Fault) throw cause;
    throw new Fault('TL_SERVER_START', `the HJ 212 gateway cannot listen: ${(cause as Error).message}`, {
      cause,
      remedy: 'another HJ212_LISTEN',
    });
  });
  progress(`HJ 212 gateway listens on ${settings.host}:${port}; ${devices.size} devices are registered`);
  const reload = setInterval(() => {
    readDevices(store, Date.now()).then((read) => {
      if (read.size !== devices.size) progress(`HJ 212 gateway: ${read.size} devices are registered`);
      devices = read;
    }, faults);
  }, REGISTER_EVERY_MS);
  let said = '';
  const talk = setInterval(() => {
    const line = summary(gateway);
    if (line !== said) progress(line);
    said = line;
  }, SAY_EVERY_MS);
  return {
    gateway,
    port,
    fault: new Promise<never>(() => undefined),
    async stop() {
      clearInterval(reload);
      clearInterval(talk);
      const left = await gateway.stop();
      progress(summary(gateway));
      if (left > 0) progress(`${left} frames could not be made durable and were not answered`);
    },
  };
}

function limitsOf(settings: NonNullable<Config['hj212']>): Partial<GatewayLimits> {
  const { maxConnections, maxPerAddress, readTimeoutS, idleTimeoutS, splitTimeoutS, futureToleranceS } =
    settings;
  return {
    maxConnections,
    maxPerAddress,
    readTimeoutMs: readTimeoutS * 1_000,
    idleTimeoutMs: idleTimeoutS * 1_000,
    splitTimeoutMs: splitTimeoutS * 1_000,
    futureToleranceMs: futureToleranceS * 1_000,
  };
}

function summary({ counters, connections, waiting }: Hj212Gateway): string {
  const { seen, accepted, duplicates, deadTotal, dead, readings } = counters;
  const reasons = Object.entries(dead).map(([reason, count]) => `${reason} ${count}`);
  return `HJ 212: ${connections} connections, ${seen} frames seen = ${accepted} accepted + ${duplicates} duplicates + ${deadTotal} dead + ${counters.waiting} waiting; ${readings} readings; ${waiting.bytes} bytes on the way${reasons.length > 0 ? `; dead: ${reasons.join(', ')}` : ''}`;
}

function sayFaults(progress: GatewayRole['progress']): (fault: unknown) => void {
  let [last, lastMs] = ['', 0];
  return (fault) => {
    const message = (fault as Error).message;
    if (message === last && Date.now() - lastMs < FAULT_EVERY_MS) return;
    [last, lastMs] = [message, Date.now()];
    progress(`HJ 212 gateway: ${message}`);
  };
}
