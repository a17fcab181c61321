/** Who holds the embedded store: one process at a time, and where it lets others ask. */
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../runtime/errors.ts';
import { withFileLock } from '../runtime/localServers/fileLock.ts';
import { identify, isAlive } from '../runtime/localServers/processIdentity.ts';

const ownerSchema = z.object({
  process: z.object({ pid: z.int(), started: z.string(), command: z.string() }),
  gateway: z.object({ url: z.string(), password: z.string() }).optional(),
});

export type StoreOwner = z.infer<typeof ownerSchema>;

const ownerFile = (dir: string): string => join(dir, 'owner.json');

/** The living process that holds the store in `dir`. */
export async function findStoreOwner(dir: string): Promise<StoreOwner | undefined> {
  const text = await readFile(ownerFile(dir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = ownerSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  return (await isAlive(parsed.data.process)) ? parsed.data : undefined;
}

export interface Ownership {
  /** Tells others where to ask. */
  announce(gateway: { url: string; password: string }): Promise<void>;
  release(): Promise<void>;
}

const LOCK_LIMIT_MS = 10_000;

/** Takes the store for this process. Fault TL_STORE_BUSY where another one lives that holds it. */
export async function takeStore(dir: string): Promise<Ownership> {
  const self = await identify(process.pid);
  if (!self) throw new Fault('TL_INTERNAL', 'cannot tell who this process is');
  // Of two that come at the same time, one must not clear away what the other has just written.
  await withFileLock(`${ownerFile(dir)}.lock`, { limitMs: LOCK_LIMIT_MS }, async () => {
    const owner = await findStoreOwner(dir);
    if (owner && owner.process.pid !== process.pid) throw busy(dir, owner.process.pid);
    await rm(ownerFile(dir), { force: true });
    // In one process only one of two can make the file.
    const handle = await open(ownerFile(dir), 'wx', 0o600).catch(() => undefined);
    if (!handle) throw busy(dir);
    await handle.writeFile(JSON.stringify({ process: self }));
    await handle.close();
  });
  return {
    async announce(gateway) {
      const next = `${ownerFile(dir)}.next`;
      await writeFile(next, JSON.stringify({ process: self, gateway }), { mode: 0o600 });
      await rename(next, ownerFile(dir));
    },
    release: () => rm(ownerFile(dir), { force: true }),
  };
}

function busy(dir: string, pid?: number): Fault {
  return new Fault(
    'TL_STORE_BUSY',
    `the store in ${dir} is held by ${pid ? `process ${pid}` : 'another process'}`,
    {
      remedy: 'stop that process (tanliu down), or give another TANLIU_HOME',
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
