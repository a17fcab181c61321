/** Zones of the grid: 31 provinces, the 21 prefectures of Sichuan, and seven regional scopes that only factors know. */
import { z } from 'zod';

export const zoneRow = z.strictObject({
  /** ISO 3166-2:CN for provinces, with the GB/T 2260 code of the prefecture below, `CN-REG-*` for factor scopes. */
  id: z.string().regex(/^CN(-[A-Z]{2}(-\d{4})?|-REG-[A-Z]+)?$/),
  kind: z.enum(['country', 'factor_scope', 'province', 'prefecture']),
  /** GB/T 2260, six digits; a factor scope has none. */
  divisionCode: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  nameZh: z.string(),
  nameEn: z.string(),
  /** Zone that contains it; for a province the factor scope, which is never a node of tracing. */
  parent: z.string().optional(),
});
export type ZoneRow = z.infer<typeof zoneRow>;

/** Source of codes and names: GB/T 2260 and ISO 3166-2:CN; membership of scopes as in the factor announcements. */
const SCOPES: readonly (readonly [string, string, string])[] = [
  ['NORTH', '华北', 'North China'],
  ['NORTHEAST', '东北', 'Northeast China'],
  ['EAST', '华东', 'East China'],
  ['CENTRAL', '华中', 'Central China'],
  ['NORTHWEST', '西北', 'Northwest China'],
  ['SOUTH', '南方', 'South China'],
  ['SOUTHWEST', '西南', 'Southwest China'],
];

const PROVINCES: readonly (readonly [string, string, string, string, string])[] = [
  ['BJ', '110000', '北京', 'Beijing', 'NORTH'],
  ['TJ', '120000', '天津', 'Tianjin', 'NORTH'],
  ['HE', '130000', '河北', 'Hebei', 'NORTH'],
  ['SX', '140000', '山西', 'Shanxi', 'NORTH'],
  ['NM', '150000', '内蒙古', 'Inner Mongolia', 'NORTH'],
  ['LN', '210000', '辽宁', 'Liaoning', 'NORTHEAST'],
  ['JL', '220000', '吉林', 'Jilin', 'NORTHEAST'],
  ['HL', '230000', '黑龙江', 'Heilongjiang', 'NORTHEAST'],
  ['SH', '310000', '上海', 'Shanghai', 'EAST'],
  ['JS', '320000', '江苏', 'Jiangsu', 'EAST'],
  ['ZJ', '330000', '浙江', 'Zhejiang', 'EAST'],
  ['AH', '340000', '安徽', 'Anhui', 'EAST'],
  ['FJ', '350000', '福建', 'Fujian', 'EAST'],
  ['JX', '360000', '江西', 'Jiangxi', 'CENTRAL'],
  ['SD', '370000', '山东', 'Shandong', 'NORTH'],
  ['HA', '410000', '河南', 'Henan', 'CENTRAL'],
  ['HB', '420000', '湖北', 'Hubei', 'CENTRAL'],
  ['HN', '430000', '湖南', 'Hunan', 'CENTRAL'],
  ['GD', '440000', '广东', 'Guangdong', 'SOUTH'],
  ['GX', '450000', '广西', 'Guangxi', 'SOUTH'],
  ['HI', '460000', '海南', 'Hainan', 'SOUTH'],
  ['CQ', '500000', '重庆', 'Chongqing', 'SOUTHWEST'],
  ['SC', '510000', '四川', 'Sichuan', 'SOUTHWEST'],
  ['GZ', '520000', '贵州', 'Guizhou', 'SOUTH'],
  ['YN', '530000', '云南', 'Yunnan', 'SOUTH'],
  ['XZ', '540000', '西藏', 'Xizang', 'SOUTHWEST'],
  ['SN', '610000', '陕西', 'Shaanxi', 'NORTHWEST'],
  ['GS', '620000', '甘肃', 'Gansu', 'NORTHWEST'],
  ['QH', '630000', '青海', 'Qinghai', 'NORTHWEST'],
  ['NX', '640000', '宁夏', 'Ningxia', 'NORTHWEST'],
  ['XJ', '650000', '新疆', 'Xinjiang', 'NORTHWEST'],
];

const SICHUAN_PREFECTURES: readonly (readonly [string, string, string])[] = [
  ['5101', '成都', 'Chengdu'],
  ['5103', '自贡', 'Zigong'],
  ['5104', '攀枝花', 'Panzhihua'],
  ['5105', '泸州', 'Luzhou'],
  ['5106', '德阳', 'Deyang'],
  ['5107', '绵阳', 'Mianyang'],
  ['5108', '广元', 'Guangyuan'],
  ['5109', '遂宁', 'Suining'],
  ['5110', '内江', 'Neijiang'],
  ['5111', '乐山', 'Leshan'],
  ['5113', '南充', 'Nanchong'],
  ['5114', '眉山', 'Meishan'],
  ['5115', '宜宾', 'Yibin'],
  ['5116', '广安', "Guang'an"],
  ['5117', '达州', 'Dazhou'],
  ['5118', '雅安', "Ya'an"],
  ['5119', '巴中', 'Bazhong'],
  ['5120', '资阳', 'Ziyang'],
  ['5132', '阿坝', 'Ngawa'],
  ['5133', '甘孜', 'Garzê'],
  ['5134', '凉山', 'Liangshan'],
];

export const ZONES: readonly ZoneRow[] = z.array(zoneRow).parse([
  { id: 'CN', kind: 'country', divisionCode: '100000', nameZh: '全国', nameEn: 'China' },
  ...SCOPES.map(([key, nameZh, nameEn]) => ({
    id: `CN-REG-${key}`,
    kind: 'factor_scope',
    nameZh,
    nameEn,
    parent: 'CN',
  })),
  ...PROVINCES.map(([letters, divisionCode, nameZh, nameEn, scope]) => ({
    id: `CN-${letters}`,
    kind: 'province',
    divisionCode,
    nameZh,
    nameEn,
    parent: `CN-REG-${scope}`,
  })),
  ...SICHUAN_PREFECTURES.map(([code, nameZh, nameEn]) => ({
    id: `CN-SC-${code}`,
    kind: 'prefecture',
    divisionCode: `${code}00`,
    nameZh,
    nameEn,
    parent: 'CN-SC',
  })),
]);

const byId = new Map(ZONES.map((zone) => [zone.id, zone]));

/** The zone of an id, or undefined where there is none. */
export const zoneOf = (id: string): ZoneRow | undefined => byId.get(id);

/** The 21 prefectures of Sichuan in order of their codes. */
export const sichuanPrefectures: readonly ZoneRow[] = ZONES.filter((zone) => zone.kind === 'prefecture');
