/** The disk of the store is full for a while, more or less: inserts fail half-way, and nothing is lost or stands twice. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { testServers } from '../runtime/servers.ts';
import { FULL, HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';

const SIZE_MIB = 192;
const disk = mkdtempSync(join(tmpdir(), 'tanliu-small-disk-'));
const mounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', disk], { stdio: 'ignore' })
    .status === 0;
const filler = join(disk, 'filler');
let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
});
afterEach(() => run?.end());
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

const freeBytes = (): number => {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
};

/** Leaves so many bytes, as long as nobody takes or frees others. */
async function fillUpTo(leftBytes: number): Promise<void> {
  const file = await open(filler, 'a');
  try {
    for (let toFill = freeBytes() - leftBytes; toFill > 0; toFill -= 1 << 20)
      await file.write(Buffer.alloc(Math.min(toFill, 1 << 20), 1));
  } catch (error) {
    // The ingest writes beside us.
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    await file.close();
  }
}

/** From nothing at all to where only the last files of an insert do not fit. */
const LEFT_KIB = FULL ? Array.from({ length: 48 }, (_, i) => 8 * i) : [0, 16, 32, 64, 96, 128, 192];

test.skipIf(!mounted)(
  `a disk that is full ${LEFT_KIB.length} times (needs the right to mount a small one)`,
  { timeout: LIMIT_MS },
  async () => {
    const dir = join(disk, 'store');
    mkdirSync(dir);
    const begin = () => run.ingest({ dir, limits: { maxMessages: 150, insertAttempts: 3 } });
    let ingest = begin();
    await run.produce(600);
    await run.untilAllSettled(ingest);
    let refusals = 0;
    for (const [i, leftKib] of LEFT_KIB.entries()) {
      await fillUpTo(leftKib << 10);
      await run.produce(600);
      await sleep(1_200);
      // Killed while there is no room, every third time; freed before all attempts are over, or after.
      const dies = i % 3 === 2;
      if (dies) await ingest.kill();
      else if (i % 3 === 1) await sleep(2_500);
      await rm(filler);
      refusals += ingest.faults.length;
      if (ingest.faults.length > 0) await ingest.kill();
      if (dies || ingest.faults.length > 0) ingest = begin();
    }
    await run.untilAllSettled(ingest);
    await ingest.stop();
    expect(refusals).toBeGreaterThan(0);
    expect(await run.accounts({ dir })).toMatchObject(SOUND);
  },
);
