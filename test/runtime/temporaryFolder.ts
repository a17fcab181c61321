/** A folder for one test, gone when the test has finished. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Absolute path of a new, empty folder; call it inside a test. */
export function temporaryFolder(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `tanliu-${name}-`));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}
