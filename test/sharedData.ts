/** Where the real data with expected results lies; tests that need it skip visibly when it is absent. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(process.env.TANLIU_DATA ?? resolve(import.meta.dirname, '../../shared/data'));

/** Absolute path of the data folder, or undefined when this machine has none. */
export const dataDir: string | undefined = existsSync(folder) ? folder : undefined;
