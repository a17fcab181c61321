/** `market.contracts`: contracts, prices and tariffs of the green-power market and their changes. */
import { id, integer, oneOf, optionalId, optionalInteger, text } from '../fields.ts';
import { documents } from '../stream.ts';
import { documentFields } from './documentFields.ts';

const price = (en: string, zh: string) =>
  integer({ en, zh }, { unit: 'milli-yuan/MWh', aggregation: 'none', example: 300_000 });
const optionalPrice = (en: string, zh: string) =>
  optionalInteger({ en, zh }, { unit: 'milli-yuan/MWh', aggregation: 'none' });

export const marketContracts = documents({
  topic: 'market.contracts',
  about: { en: 'Contracts, prices and tariffs', zh: '合同、价格与电价' },
  common: documentFields(),
  kinds: {
    contract: {
      plant: id({ en: 'plant', zh: '电厂' }, { example: 'plant/yalong-1' }),
      user: id({ en: 'data centre', zh: '用户' }, { example: 'dc/tianfu-01' }),
      intervalWh: integer(
        { en: 'contracted energy of each 15 minutes', zh: '每 15 分钟合同电量' },
        { unit: 'Wh', aggregation: 'sum', minimum: 0, example: 2_000_000 },
      ),
      dayIntervalWh: optionalInteger(
        { en: 'instead between 08:00 and 20:00 local time', zh: '8—20 时每 15 分钟合同电量' },
        { unit: 'Wh', aggregation: 'sum', minimum: 0 },
      ),
      energyPriceMilliYuanPerMwh: price('energy price', '电能量价格'),
      environmentPriceMilliYuanPerMwh: price('environmental value', '环境价值价格'),
      compensationPriceMilliYuanPerMwh: optionalPrice('price of deviation', '偏差补偿价格'),
      freeBandPpm: optionalInteger(
        { en: 'deviation without charge', zh: '免考核偏差' },
        { unit: 'ppm', aggregation: 'none', minimum: 0, maximum: 1_000_000 },
      ),
      aggregator: optionalId({ en: 'aggregator', zh: '聚合商' }),
      parent: optionalId({ en: 'wholesale contract that it is broken down from', zh: '所属批发合同' }),
      feeMilliYuanPerMwh: optionalPrice('fee of the aggregator', '聚合商服务费'),
      feeUserPpm: optionalInteger(
        { en: 'share of the fee that the user pays', zh: '用户承担服务费比例' },
        { unit: 'ppm', aggregation: 'none', minimum: 0, maximum: 1_000_000 },
      ),
    },
    wholesale: {
      plant: id({ en: 'plant', zh: '电厂' }, { example: 'plant/yalong-1' }),
      aggregator: id({ en: 'aggregator', zh: '聚合商' }, { example: 'agg/example-1' }),
      intervalWh: integer(
        { en: 'contracted energy of each 15 minutes', zh: '每 15 分钟合同电量' },
        { unit: 'Wh', aggregation: 'sum', minimum: 0, example: 2_000_000 },
      ),
      dayIntervalWh: optionalInteger(
        { en: 'instead between 08:00 and 20:00 local time', zh: '8—20 时每 15 分钟合同电量' },
        { unit: 'Wh', aggregation: 'sum', minimum: 0 },
      ),
    },
    tariff: {
      user: optionalId({ en: 'user, or all where absent', zh: '适用用户' }),
      component: id({ en: 'component of the bill', zh: '电费组成' }, { example: 'line_loss' }),
      band: oneOf(['all', 'critical', 'peak', 'flat', 'valley'], { en: 'time-of-use band', zh: '分时时段' }),
      priceMilliYuanPerMwh: price('price', '价格'),
      document: text({ en: 'document that sets it', zh: '文件依据' }),
    },
    capacity_fee: {
      user: optionalId({ en: 'user, or all where absent', zh: '适用用户' }),
      feeFenPerKvaMonth: integer(
        { en: 'capacity fee', zh: '容量电费' },
        { unit: 'fen/(kVA·month)', aggregation: 'none', minimum: 0 },
      ),
      capacityKva: integer(
        { en: 'billed capacity', zh: '计费容量' },
        { unit: 'kVA', aggregation: 'none', minimum: 0 },
      ),
      demandFenPerKwMonth: optionalInteger(
        { en: 'demand fee, in place of the capacity fee', zh: '需量电费（替代容量电费）' },
        { unit: 'fen/(kW·month)', aggregation: 'none', minimum: 0 },
      ),
      contractedKw: optionalInteger(
        { en: 'contracted demand; the metered one is billed where absent', zh: '合同最大需量（未填按实际）' },
        { unit: 'kW', aggregation: 'none', minimum: 0 },
      ),
      document: text({ en: 'document that sets it', zh: '文件依据' }),
    },
    power_energy: {
      user: id({ en: 'user', zh: '用户' }, { example: 'dc/tianfu-01' }),
      activeWh: integer(
        { en: 'active energy of the month', zh: '当月有功电量' },
        { unit: 'Wh', aggregation: 'sum', minimum: 0 },
      ),
      reactiveVarh: integer(
        { en: 'reactive energy of the month', zh: '当月无功电量' },
        { unit: 'varh', aggregation: 'sum', minimum: 0 },
      ),
    },
    adjustment: {
      user: id({ en: 'user', zh: '用户' }, { example: 'dc/tianfu-01' }),
      counterparty: id({ en: 'other party', zh: '对方' }, { example: 'grid' }),
      amountFen: integer(
        { en: 'amount; positive where the user pays', zh: '金额（正数为用户补缴）' },
        { unit: 'fen', aggregation: 'sum', example: -12_000 },
      ),
      correctedMonth: text({ en: 'month that it corrects, YYYY-MM', zh: '所更正月份' }),
      document: text({ en: 'document that sets it', zh: '文件依据' }),
    },
    spot_price: {
      priceMilliYuanPerMwh: price(
        'spot price of the interval from valid from to valid to',
        '现货价格（有效期即时段）',
      ),
      document: text({ en: 'document that sets it', zh: '文件依据' }),
    },
  },
});
