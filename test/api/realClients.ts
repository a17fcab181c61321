/** Clients of the package registry that were written for Electricity Maps, against the listening server. */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiServer } from '../../src/api/context.ts';
import { type ApiStore, at, HOURS } from './apiStore.ts';
import { preparePythonClients, runClient } from './clients/pythonClients.ts';

const TOKEN = 'a-token-of-the-test-0123456789';
const ZONE = 'CN-SC-5101';
const { python, reason } = preparePythonClients();

/** What `clients/electricity_maps.py` prints. */
interface OfficialAnswers {
  readonly latest: object;
  readonly history: readonly object[];
  readonly forecast: readonly object[];
  readonly power: object;
  readonly powers: number;
  readonly byPoint: object;
  readonly pastRange: { readonly data: readonly { readonly datetime: string }[] };
  readonly badToken: object;
  readonly badZone: object;
}

export function realClientsSuite(grid: () => ApiStore): void {
  describe.skipIf(python === undefined)(`published clients${reason ? ` (skipped: ${reason})` : ''}`, () => {
    let server: ApiServer;
    let base: string;
    beforeAll(async () => {
      server = await grid().api({ tokens: [TOKEN] });
      await server.listen({ host: '127.0.0.1', port: 0 });
      base = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/v3`;
    });
    afterAll(() => server?.close());

    const row = async (path: string) =>
      (await server.inject({ url: `/v3/${path}`, headers: { 'auth-token': TOKEN } })).json();

    test('the official SDK electricitymaps 0.0.1 reads intensities, history, forecast, power and refusals', async () => {
      const args = [base, TOKEN, ZONE, at(5), at(3), at(6)];
      const read = (await runClient(python!, 'electricity_maps.py', args)) as OfficialAnswers;
      const latest = await row(`carbon-intensity/latest?zone=${ZONE}`);
      expect(read.latest).toMatchObject({
        zone: ZONE,
        carbonIntensity: latest.carbonIntensity,
        datetime: at(HOURS - 1),
        emissionFactorType: 'lifecycle',
        isEstimated: false,
      });
      expect(read.history).toHaveLength(24);
      expect(read.forecast).toHaveLength(48);
      expect(read.forecast[0]).toMatchObject({ datetime: at(HOURS) });
      const power = await row(`power-breakdown/latest?zone=${ZONE}`);
      expect(read.power).toMatchObject({
        powerConsumptionTotal: power.powerConsumptionTotal,
        powerProductionBreakdown: power.powerProductionBreakdown,
      });
      expect(read.powers).toBe(24);
      expect(read.byPoint).toMatchObject({ zone: ZONE });
      expect(read.pastRange.data.map(({ datetime }) => datetime)).toEqual([at(3), at(4), at(5)]);
      expect(read.badToken).toEqual({ status: 401, message: 'the token is not known' });
      expect(read.badZone).toMatchObject({ status: 404 });
    });

    test('aioelectricitymaps 1.1.1, which Home Assistant uses, reads the same', async () => {
      const read = await runClient(python!, 'home_assistant.py', [base, TOKEN, ZONE]);
      const latest = await row(`carbon-intensity/latest?zone=${ZONE}`);
      const power = await row(`power-breakdown/latest?zone=${ZONE}`);
      expect(read).toMatchObject({
        latest: [ZONE, latest.carbonIntensity, at(HOURS - 1).replace('.000Z', '+00:00')],
        history: 24,
        power: [ZONE, power.powerConsumptionTotal, power.renewablePercentage],
        powers: 24,
        zones: { 'CN-SC': '四川' },
        home: [ZONE, latest.carbonIntensity, 100 - power.fossilFreePercentage],
        refused: true,
      });
    });
  });
}
