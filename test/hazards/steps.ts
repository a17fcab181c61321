/** Steps between which a process can be killed, and wrappers of store and log that tell when each is reached. */
import { readIntent } from '../../src/ingest/intent.ts';
import type { Log, LogConsumer } from '../../src/log/port.ts';
import type { ArrowInsert, Store } from '../../src/store/port.ts';

export const STEPS = [
  'before intent',
  'after intent',
  'before readings',
  'after readings',
  'after dead letters',
  'before commit',
  'after commit',
] as const;
export type Step = (typeof STEPS)[number];

/** Called at each step; what it awaits holds the step up. */
export type OnStep = (step: Step) => Promise<void>;

export function steppedStore(store: Store, onStep: OnStep): Store {
  return {
    ...store,
    async insertArrow(insert: ArrowInsert): Promise<void> {
      const dead = insert.table === 'dead_letters';
      if (!dead) await onStep('before readings');
      await store.insertArrow(insert);
      await onStep(dead ? 'after dead letters' : 'after readings');
    },
  };
}

export function steppedLog(log: Log, onStep: OnStep): Log {
  return {
    ...log,
    async consumer(options): Promise<LogConsumer> {
      const consumer = await log.consumer(options);
      return {
        ...consumer,
        async commit(entries): Promise<void> {
          const intent = entries.some(({ metadata }) => readIntent(metadata));
          await onStep(intent ? 'before intent' : 'before commit');
          await consumer.commit(entries);
          await onStep(intent ? 'after intent' : 'after commit');
        },
      };
    },
  };
}
