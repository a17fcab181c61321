/** Version of the program as results name it. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** `tanliu/<version of package.json>`. */
export const CODE_VERSION = `tanliu/${version}`;
