/** Where this user's data and caches live: `TANLIU_HOME`, or the platform's own directories. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** XDG says a relative path in one of its variables is to be ignored. */
function xdg(value: string | undefined): string | undefined {
  return value && isAbsolute(value) ? value : undefined;
}

/**
 * Folder of the local store and the local servers' data: `TANLIU_HOME`, else `$XDG_DATA_HOME/tanliu`,
 * else `~/Library/Application Support/tanliu` on macOS and `~/.local/share/tanliu` elsewhere.
 */
export function defaultHome(env: Env, platform: NodeJS.Platform = process.platform): string {
  if (env.TANLIU_HOME) return resolve(env.TANLIU_HOME);
  const data = xdg(env.XDG_DATA_HOME);
  if (data) return join(data, 'tanliu');
  const user = env.HOME || homedir();
  return platform === 'darwin'
    ? join(user, 'Library', 'Application Support', 'tanliu')
    : join(user, '.local', 'share', 'tanliu');
}

/**
 * Folder of what can be fetched again (the servers' programs): `TANLIU_HOME/cache` where `TANLIU_HOME` is
 * given, so that one variable moves everything; else `$XDG_CACHE_HOME/tanliu`, else the platform's cache.
 */
export function defaultCache(env: Env, platform: NodeJS.Platform = process.platform): string {
  if (env.TANLIU_HOME) return join(resolve(env.TANLIU_HOME), 'cache');
  const cache = xdg(env.XDG_CACHE_HOME);
  if (cache) return join(cache, 'tanliu');
  const user = env.HOME || homedir();
  return platform === 'darwin' ? join(user, 'Library', 'Caches', 'tanliu') : join(user, '.cache', 'tanliu');
}
