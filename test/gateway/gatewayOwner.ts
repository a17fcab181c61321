/** The gateway in a process of its own, to be killed: `{brokers, topics, devices, port}` as argument, its port as a line on stdout. */
import { Hj212Gateway } from '../../src/gateway/hj212Gateway.ts';
import { DEFAULT_GATEWAY_LIMITS } from '../../src/gateway/limits.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import { mnOf } from './station.ts';

export interface OwnerSettings {
  readonly brokers: readonly string[];
  readonly topics: { readonly frames: string; readonly cems: string };
  readonly devices: number;
  readonly run: string;
  /** The fault that is tested for: answers before the log has the frames. */
  readonly tooEarly?: boolean;
}

const { brokers, topics, devices, run, tooEarly } = JSON.parse(process.argv[2]!) as OwnerSettings;
const TOO_EARLY_MS = 300;
const log = createKafkajsLog({ brokers });
const register = new Map(
  Array.from({ length: devices }, (_, index) => [
    mnOf(index),
    {
      site: `site/${index % 50}`,
      stack: `stack-${index}`,
      dialect: '2017',
      trailer: 'strict',
      realtimeIntervalS: 30,
      minuteIntervalS: 60,
    } as const,
  ]),
);
const gateway = new Hj212Gateway({
  host: '127.0.0.1',
  port: 0,
  run,
  topics,
  limits: { ...DEFAULT_GATEWAY_LIMITS, maxPerAddress: devices + 10 },
  devices: () => register,
  openProducer: async () => {
    const producer = await log.producer();
    if (!tooEarly) return producer;
    return {
      async send(topic, messages) {
        setTimeout(() => producer.send(topic, messages), TOO_EARLY_MS);
      },
      close: () => producer.close(),
    };
  },
  knownContents: async () => [],
  clock: Date.now,
  onFault: (fault) => process.stderr.write(`${(fault as Error).message}\n`),
});
const port = await gateway.start();
process.stdout.write(`${JSON.stringify({ port })}\n`);
setInterval(() => {
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    `${JSON.stringify({ rssMib: rss >> 20, cpuS: (user + system) / 1e6, connections: gateway.connections, ...gateway.counters, waiting: gateway.waiting })}\n`,
  );
}, 1_000);
process.on('SIGTERM', () => gateway.stop().then(() => process.exit(0)));
// The parent is gone: nobody waits for this process any more.
process.stdin.on('end', () => process.exit(1)).resume();
