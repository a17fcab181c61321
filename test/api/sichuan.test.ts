/** One traced store, asked by every family of routes. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { ApiServer } from '../../src/api/context.ts';
import { type ApiStore, fillSichuan, openApiStore } from './apiStore.ts';
import { carbonAwareSuite } from './carbonAware.ts';
import { electricityMapsSuite } from './electricityMaps.ts';
import { fuzzSuite } from './fuzz.ts';
import { realClientsSuite } from './realClients.ts';

let grid: ApiStore;
let api: ApiServer;
/** Answers of the store before anything was in it. */
const before: Record<string, number> = {};

beforeAll(async () => {
  grid = await openApiStore();
  api = await grid.api();
  for (const url of [
    '/ready',
    '/locations',
    '/v3/zones',
    '/emissions/bylocation?location=CN-SC',
    '/v3/carbon-intensity/latest?zone=CN-SC',
  ])
    before[url] = (await api.inject(url)).statusCode;
  await fillSichuan(grid);
});
afterAll(() => grid?.close());

describe('Electricity Maps routes', () =>
  electricityMapsSuite(
    () => grid,
    () => api,
  ));
describe('Carbon Aware routes', () =>
  carbonAwareSuite(
    () => grid,
    () => api,
    () => before,
  ));
describe('Any request', () => fuzzSuite(() => api));
describe('Real clients', () => realClientsSuite(() => grid));
