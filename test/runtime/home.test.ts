import { expect, test } from 'vitest';
import { defaultCache, defaultHome } from '../../src/runtime/home.ts';

test('TANLIU_HOME moves data and cache together', () => {
  const env = { TANLIU_HOME: '/data/tanliu', XDG_DATA_HOME: '/x', XDG_CACHE_HOME: '/y', HOME: '/home/u' };
  expect(defaultHome(env, 'linux')).toBe('/data/tanliu');
  expect(defaultCache(env, 'linux')).toBe('/data/tanliu/cache');
});

test('the XDG folders are used where they are absolute', () => {
  const env = { XDG_DATA_HOME: '/x', XDG_CACHE_HOME: 'relative', HOME: '/home/u' };
  expect(defaultHome(env, 'linux')).toBe('/x/tanliu');
  expect(defaultCache(env, 'linux')).toBe('/home/u/.cache/tanliu');
});

test('each platform has its own place', () => {
  expect(defaultHome({ HOME: '/home/u' }, 'linux')).toBe('/home/u/.local/share/tanliu');
  expect(defaultHome({ HOME: '/Users/u' }, 'darwin')).toBe('/Users/u/Library/Application Support/tanliu');
  expect(defaultCache({ HOME: '/Users/u' }, 'darwin')).toBe('/Users/u/Library/Caches/tanliu');
});
