/**
 * Mends the token logs of an embedded store before it is opened. ClickHouse writes the token of an insert first and
 * then renames the new part into place; killed in between, it remembers the token and has no rows. The repeated
 * insert would be swallowed: rows lost, or missing in a view. What such a token's part should be is not there, by
 * which it is found; its record is taken back by one of the log's own kind.
 */
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Token and rename happen under the table's lock, so that one record at most is affected; a few more are looked at. */
const RECORDS_LOOKED_AT = 16;
const ADD = '1';
const DROP = '2';
const LOG_FILE = /^deduplication_log_(\d+)\.txt$/;
/** `<partition>_<first block>_<last block>_<level>[_<mutation>]` */
const PART = /^(.+)_(\d+)_(\d+)_\d+(?:_\d+)?$/;

interface Part {
  readonly partition: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Takes back the tokens whose rows were never put in place. No process may have the store open.
 * @param data folder that holds ClickHouse's `store`
 * @returns how many tokens were taken back
 */
export async function mendTokenLogs(data: string): Promise<number> {
  let mended = 0;
  for (const outer of await list(join(data, 'store')))
    for (const table of await list(join(data, 'store', outer)))
      mended += await mendTable(join(data, 'store', outer, table));
  return mended;
}

const list = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);

async function mendTable(table: string): Promise<number> {
  const folder = join(table, 'deduplication_logs');
  const logs = (await list(folder))
    .filter((file) => LOG_FILE.test(file))
    .sort((a, b) => number(a) - number(b));
  const newest = logs.at(-1);
  if (!newest) return 0;
  const texts = await Promise.all(logs.slice(-2).map((file) => readFile(join(folder, file), 'utf8')));
  const added = standing(texts.join('').split('\n')).slice(-RECORDS_LOOKED_AT);
  const parts = (await list(table)).flatMap((name) => partOf(name) ?? []);
  const lost = added.filter(({ name }) => !isThere(name, parts));
  const drops = lost.map(({ name, token }) => `${DROP}\t${name}\t${token}\n`);
  if (drops.length > 0) await appendFile(join(folder, newest), drops.join(''));
  return drops.length;
}

const number = (file: string): number => Number(LOG_FILE.exec(file)?.[1]);

/** Records that add a token and are not taken back later, in order. */
function standing(lines: readonly string[]): { name: string; token: string }[] {
  const records = new Map<string, { name: string; token: string }>();
  for (const line of lines) {
    const [operation, name, token] = line.split('\t');
    if (name === undefined || token === undefined) continue;
    records.delete(token);
    if (operation === ADD) records.set(token, { name, token });
  }
  return [...records.values()];
}

function partOf(name: string): Part | undefined {
  const match = PART.exec(name);
  if (!match || /^(tmp|delete_tmp|detached)/.test(name)) return undefined;
  return { partition: match[1] as string, first: Number(match[2]), last: Number(match[3]) };
}

/** Whether the part, or one that it was merged into, is in place. A name that is not understood counts as there. */
function isThere(name: string, parts: readonly Part[]): boolean {
  const part = partOf(name);
  return (
    part === undefined ||
    parts.some(
      ({ partition, first, last }) =>
        partition === part.partition && first <= part.first && part.last <= last,
    )
  );
}
