/** Public figures of Sichuan's power system for the built-in scenario: capacities, large plants, lines out of the province. */
import { z } from 'zod';
import { type Confidence, provenance } from './provenance.ts';

export const stationRow = z.strictObject({
  id: z.string(),
  nameZh: z.string(),
  /** Prefecture in whose grid its Sichuan side is counted. */
  zone: z.string().regex(/^CN-SC-51\d\d$/),
  fuel: z.enum(['hydro', 'coal', 'gas', 'solar', 'wind', 'biomass']),
  /** Installed capacity of the whole plant. */
  capacityMw: z.number().positive(),
  /** Part that stands on the Sichuan side of a border river, ppm. */
  sichuanSidePpm: z.int().min(0).max(1_000_000),
  ...provenance,
});
export type StationRow = z.infer<typeof stationRow>;

const assumedShare = 'assumed: order of magnitude, no public figure was read';

/** id | name | prefecture | fuel | MW | confidence | source */
const STATIONS = `
jinping-1 | 锦屏一级水电站 | 5134 | hydro | 3600 | confirmed | nsenergybusiness.com "Four new large plants on the Yalongjiang"; crmrc.com 2013-09-12 (6 × 600 MW)
jinping-2 | 锦屏二级水电站 | 5134 | hydro | 4800 | single-source | nsenergybusiness.com "China plans more Yangtze hydro" (4.8 GW)
guandi | 官地水电站 | 5134 | hydro | 2400 | confirmed | gov.cn / 新华社 2010-10-20; 中国新闻网 2012-04-01 (4 × 600 MW)
yangfanggou | 杨房沟水电站 | 5134 | hydro | 1500 | unconfirmed | widely published nameplate capacity; no copy was read for this table
ertan | 二滩水电站 | 5104 | hydro | 3300 | single-source | ly.web258.cn/show/i61403 (6 × 550 MW, 盐边、米易)
tongzilin | 桐子林水电站 | 5104 | hydro | 600 | single-source | gov.cn / 新华社 2010-10-20
yinjiang | 银江水电站 | 5104 | hydro | 390 | confirmed | en.sasac.gov.cn 2025-12-30; ming7.cn 2025-12-19
lianghekou | 两河口水电站 | 5133 | hydro | 3000 | confirmed | 央视新闻 (全部投产); 国投电力公告 2021-11-02
changheba | 长河坝水电站 | 5133 | hydro | 2600 | single-source | news.517lj.net/article/261622
houziyan | 猴子岩水电站 | 5133 | hydro | 1700 | single-source | news.517lj.net/article/261622
dagangshan | 大岗山水电站 | 5118 | hydro | 2600 | single-source | news.517lj.net/article/261622
pubugou | 瀑布沟水电站 | 5118 | hydro | 3600 | single-source | industcards.com/hydro-china-sichuan-m-z (6 × 600 MW)
maoergai | 毛尔盖水电站 | 5132 | hydro | 462 | single-source | industcards.com/hydro-china-sichuan-m-z (3 × 154 MW)
tingzikou | 亭子口水电站 | 5108 | hydro | 1100 | single-source | industcards.com/hydro-china-sichuan-m-z (4 × 275 MW)
xiluodu | 溪洛渡水电站 | 5134 | hydro | 13860 | confirmed | szdnjy.cn (两岸各 9 × 770 MW); reddingsuperads.com list of plants
baihetan | 白鹤滩水电站 | 5134 | hydro | 16000 | confirmed | 中国网 2022-05-02 (16 × 1 GW); window-to-china.de 2021-04-19
wudongde | 乌东德水电站 | 5134 | hydro | 10200 | confirmed | mip.lihaojia.cn/show-9909; reddingsuperads.com list of plants
xiangjiaba | 向家坝水电站 | 5115 | hydro | 6400 | unconfirmed | nsenergybusiness.com and dongfangxiaochi.com name 6 GW as planned; 6.4 GW widely published since
kela | 柯拉光伏电站 | 5133 | solar | 1000 | single-source | 四川日报 2026-01-01: 柯拉一期、二期与索绒共 3 GW; 1 GW for phase 1 follows only in part
suorong | 索绒光伏电站 | 5133 | solar | 1000 | single-source | 四川日报 2026-01-01
chabulang | 茶布朗光伏电站 | 5134 | solar | 1000 | single-source | 四川日报 2026-01-01; prefecture read from the name of the place (木里)
guangan | 广安电厂 | 5116 | coal | 2400 | single-source | globaltimes.cn 2022-08-23: six units, largest thermal plant; 2.4 GW widely published
jintang | 金堂电厂 | 5101 | coal | 1200 | single-source | globaltimes.cn 2022-08-23: Chengdu's only large thermal plant; 1.2 GW widely published
jiangyou | 江油、天明等煤电 | 5107 | coal | 3900 | assumed | assumed: order of magnitude, no public figure was read
yibin-coal | 珙县、福溪等煤电 | 5115 | coal | 2900 | assumed | assumed: order of magnitude, no public figure was read
luzhou-coal | 川南煤电 | 5105 | coal | 2000 | assumed | assumed: order of magnitude, no public figure was read
dazhou-coal | 达州煤电 | 5117 | coal | 2200 | assumed | assumed: order of magnitude, no public figure was read
neijiang-coal | 白马煤电 | 5110 | coal | 1200 | assumed | assumed: order of magnitude, no public figure was read
leshan-coal | 乐山煤电 | 5111 | coal | 800 | assumed | assumed: order of magnitude, no public figure was read
panzhihua-coal | 攀枝花煤电 | 5104 | coal | 900 | assumed | assumed: order of magnitude, no public figure was read
guangyuan-coal | 广元煤电 | 5108 | coal | 1200 | assumed | assumed: order of magnitude, no public figure was read
dazhou-gas | 达州燃气 | 5117 | gas | 1400 | assumed | assumed: order of magnitude, no public figure was read
chengdu-gas | 成都燃气 | 5101 | gas | 1400 | assumed | assumed: order of magnitude, no public figure was read
deyang-gas | 德阳燃气 | 5106 | gas | 700 | assumed | assumed: order of magnitude, no public figure was read
`;

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

const BORDER_RIVER = new Set(['xiluodu', 'baihetan', 'wudongde', 'xiangjiaba']);

export const sichuanStations: readonly StationRow[] = z.array(stationRow).parse(
  rowsOf(STATIONS).map(([id, nameZh, code, fuel, capacityMw, confidence, source]) => ({
    id,
    nameZh,
    zone: `CN-SC-${code}`,
    fuel,
    capacityMw: Number(capacityMw),
    // The Jinsha runs along the border to Yunnan: its plants have equal halves on either bank.
    sichuanSidePpm: BORDER_RIVER.has(id ?? '') ? 500_000 : 1_000_000,
    confidence,
    source,
  })),
);

const figureRow = z.strictObject({
  value: z.number(),
  unit: z.string(),
  asOf: z.string(),
  ...provenance,
});

const figure = (value: number, unit: string, asOf: string, confidence: Confidence, source: string) =>
  figureRow.parse({ value, unit, asOf, confidence, source });

/** Totals of the province that the scenario is scaled to. */
export const sichuanTotals = {
  hydroCapacityMw: figure(
    100_000,
    'MW',
    '2025-12-19',
    'confirmed',
    'en.sasac.gov.cn 2025-12-30; ming7.cn and people.cn 2025-12-19: hydro above 100 GW',
  ),
  newEnergyCapacityMw: figure(
    32_000,
    'MW',
    '2025-12-31',
    'single-source',
    '四川日报 2026-01-01: wind and solar above 32 GW',
  ),
  windCapacityMw: figure(
    10_000,
    'MW',
    '2025-12-31',
    'assumed',
    'assumed: about a third of the 32 GW of wind and solar',
  ),
  solarCapacityMw: figure(
    22_000,
    'MW',
    '2025-12-31',
    'assumed',
    'assumed: the rest of the 32 GW of wind and solar',
  ),
  biomassCapacityMw: figure(1_200, 'MW', '2025-12-31', 'assumed', assumedShare),
  generationTwh: figure(
    500,
    'TWh',
    '2025',
    'single-source',
    '四川日报 2026-01-01: above 500 TWh expected for 2025',
  ),
  hydroGenerationTwh: figure(
    400,
    'TWh',
    '2025',
    'single-source',
    'en.sasac.gov.cn 2025-12-30: around 400 TWh a year',
  ),
  consumption2021Twh: figure(
    327.481,
    'TWh',
    '2021',
    'single-source',
    'humanlife.cn 2021 电力消费: 3274.81 亿千瓦时',
  ),
  peakLoadMw: figure(
    65_000,
    'MW',
    '2022-08',
    'confirmed',
    'climatecooperation.cn; readhub.cn 2022: demand of up to 65 GW',
  ),
  meanLoadMw: figure(
    44_100,
    'MW',
    '2025',
    'assumed',
    'assumed so that the yearly mean of direct CO2 meets the official 0.1564 kgCO2/kWh',
  ),
} as const;

export const lineRow = z.strictObject({
  id: z.string(),
  nameZh: z.string(),
  fromZone: z.string(),
  toZone: z.string(),
  capacityMw: z.number().positive(),
  kind: z.enum(['dc', 'ac']),
  /** `export`: feeds only out; `both`: brings power back in the dry months. */
  use: z.enum(['export', 'both']),
  ...provenance,
});
export type LineRow = z.infer<typeof lineRow>;

/** id | name | prefecture | to | MW | kind | use | confidence | source */
const LINES = `
fufeng | 复奉直流 | 5115 | CN-SH | 6400 | dc | export | single-source | dongfangxiaochi.com: rated 6,400 MW, 复龙–奉贤
jinsu | 锦苏直流 | 5134 | CN-JS | 7200 | dc | export | confirmed | 新华网 2012-12-13; zjtcn.com: 额定 720 万千瓦, 西昌裕隆
binjin | 宾金直流 | 5115 | CN-ZJ | 8000 | dc | export | single-source | woanxin.cn 2013-11-11: 800 万千瓦, 宜宾双龙
yazhong | 雅中直流 | 5134 | CN-JX | 8000 | dc | export | unconfirmed | eoswell.com / 新华社 2021-06-21 give 36 TWh a year from 盐源; 8 GW widely published
baijiang | 白江直流 | 5134 | CN-JS | 8000 | dc | export | single-source | 新华社 2022-07-01: 额定 800 万千瓦, 布拖
baizhe | 白浙直流 | 5134 | CN-ZJ | 8000 | dc | export | unconfirmed | named in 四川新闻联播 (2024) among six lines; 8 GW widely published
debao | 德宝直流 | 5106 | CN-SN | 3000 | dc | both | unconfirmed | widely published ±500 kV, 3,000 MW, reversible; no copy was read for this table
chuanyu | 川渝交流 | 5116 | CN-CQ | 4000 | ac | export | assumed | assumed: one border crossing stands for all corridors to Chongqing
`;

/** Lines that leave the province; a converter station is placed in its prefecture. */
export const sichuanLines: readonly LineRow[] = z.array(lineRow).parse(
  rowsOf(LINES).map(([id, nameZh, code, toZone, capacityMw, kind, use, confidence, source]) => ({
    id,
    nameZh,
    fromZone: `CN-SC-${code}`,
    toZone,
    capacityMw: Number(capacityMw),
    kind,
    use,
    confidence,
    source,
  })),
);

/** What comes in over 德宝 from Shaanxi: a mix whose direct CO2 meets that province's factor of 2023 (0.6335). */
export const shaanxiMixPpm = {
  coal: 833_553,
  wind: 90_000,
  solar: 76_447,
  source:
    'assumed: coal at 760 kg/MWh in the share that gives 633.5 kg/MWh; the rest halves of wind and solar',
  confidence: 'assumed',
} as const;

/** 天府数据中心集群: where its first area lies, and the sizes that the scenario gives its example sites. */
export const tianfuCluster = {
  source:
    '川发改 全国一体化算力网络成渝国家枢纽节点（四川）实施方案 (2022-08): 双流区、郫都区、简阳市; sizes assumed',
  confidence: 'single-source',
  sites: [
    {
      id: 'dc/tianfu-01',
      nameZh: '天府集群示例数据中心一号（双流）',
      divisionCode: '510116',
      itPowerKw: 32_000,
    },
    {
      id: 'dc/tianfu-02',
      nameZh: '天府集群示例数据中心二号（郫都）',
      divisionCode: '510117',
      itPowerKw: 21_000,
    },
    {
      id: 'dc/tianfu-03',
      nameZh: '天府集群示例数据中心三号（简阳）',
      divisionCode: '510185',
      itPowerKw: 44_000,
    },
    {
      id: 'dc/tianfu-04',
      nameZh: '天府集群示例数据中心四号（简阳）',
      divisionCode: '510185',
      itPowerKw: 12_000,
    },
  ],
} as const;
