/** Sheets and columns of a footprint's workbook: each column is a place in the input document. */

export type ColumnKind = 'text' | 'number' | 'list' | 'boolean';

export interface FootprintColumn {
  /** Path inside a line of the document. */
  readonly path: string;
  readonly kind: ColumnKind;
  readonly zh: string;
  readonly en: string;
  readonly required?: true;
  readonly example?: string | number;
}

export interface FootprintSheet {
  readonly name: string;
  /** List of the document that the rows make; absent for the sheet of the product itself. */
  readonly list?: string;
  readonly zh: string;
  readonly en: string;
  readonly columns: readonly FootprintColumn[];
}

const text = (
  path: string,
  zh: string,
  en: string,
  more: Partial<FootprintColumn> = {},
): FootprintColumn => ({
  path,
  kind: 'text',
  zh,
  en,
  ...more,
});
const number = (
  path: string,
  zh: string,
  en: string,
  more: Partial<FootprintColumn> = {},
): FootprintColumn => ({
  path,
  kind: 'number',
  zh,
  en,
  ...more,
});
const REQUIRED = { required: true } as const;

const LINE: readonly FootprintColumn[] = [
  text('process', '工序 id', 'process id'),
  text('basis', '计量口径 used / in_output', 'used, or what the output holds'),
  text('origin', '来源 measured / estimated / simulated', 'origin'),
  text('technology', '技术匹配 same / similar / related / different', 'match of technology'),
  number('dataYear', '数据年份', 'year of the factor'),
  { path: 'evidence', kind: 'list', zh: '凭证（; 分隔）', en: 'evidence, separated by ;' },
];
const BACKGROUND: readonly FootprintColumn[] = [
  text('product.process', '背景过程 id', 'background process', REQUIRED),
  text('product.flow', '背景流 id', 'background flow', REQUIRED),
];
const FACTOR: readonly FootprintColumn[] = [
  text('factor.kind', '因子类型 official / background / traced', 'kind of factor', {
    required: true,
    example: 'official',
  }),
  text('factor.family', '因子族 cn_lifecycle / lifecycle', 'family', { example: 'cn_lifecycle' }),
  text('factor.zone', '区域', 'zone', { example: 'CN' }),
  number('factor.year', '年份', 'year', { example: 2024 }),
  text('factor.supply', '电源 mix / wind / solar / biomass', 'supply'),
  number('factor.intensityKgCo2ePerKwh', '强度 kgCO2e/kWh', 'traced intensity'),
  text('factor.version', '追踪版本', 'version of the trace'),
  text('factor.product.process', '背景过程 id', 'background process'),
  text('factor.product.flow', '背景流 id', 'background flow'),
];

export const FOOTPRINT_SHEETS: readonly FootprintSheet[] = [
  {
    name: 'product',
    zh: '产品（一列一项，填在 B 列）',
    en: 'the product: one field a row, value in column B',
    columns: [
      text('product.id', '产品编号', 'product id', REQUIRED),
      text('product.name', '产品名称', 'product name', REQUIRED),
      {
        path: 'product.productIds',
        kind: 'list',
        zh: '产品 URN（; 分隔）',
        en: 'product URNs, separated by ;',
      },
      { path: 'product.classifications', kind: 'list', zh: '分类（; 分隔）', en: 'classifications' },
      text('product.cnCode', 'CN 编码（8 位）', 'CN code'),
      text('product.functionalUnit', '功能单位', 'functional unit'),
      text('product.productRule', '产品种类规则', 'product category rule'),
      text('company', '企业', 'company'),
      text('site', '场所', 'site', REQUIRED),
      text('installation', '设施', 'installation'),
      text('place', '地区代码', 'code of the place', { example: 'CN-SC' }),
      { path: 'example', kind: 'boolean', zh: '是否示例', en: 'is an example' },
      text('use', '用途 gb_t_24067 / iso_14067 / pact / customer', 'use'),
      text('electricityRule', '电力规则 market_based / location_based / traced_hourly', 'electricity rule'),
      text('referencePeriod.start', '基准期起（带时区）', 'start of the period, with offset', {
        required: true,
        example: '2025-01-01T00:00:00+08:00',
      }),
      text('referencePeriod.end', '基准期止（不含）', 'end of the period', {
        required: true,
        example: '2026-01-01T00:00:00+08:00',
      }),
      number('declaredUnit.amount', '声明单位数量', 'declared unit: amount', { required: true, example: 1 }),
      text('declaredUnit.unit', '声明单位', 'declared unit', { required: true, example: 'kilogram' }),
      number('declaredUnit.massKg', '每声明单位质量 kg', 'mass of a declared unit, kg', {
        required: true,
        example: 1,
      }),
      number('declaredUnitsMade', '基准期产量（声明单位）', 'declared units made', REQUIRED),
      text('gwpSet', 'GWP 集', 'GWP set', { example: 'ar6_100' }),
      text('allocation.method', '分配方法 mass / energy / other_physical / economic', 'allocation'),
      text('allocation.unit', '分配量单位', 'unit of the allocation'),
      number('allocation.productAmount', '产品分配量', "the product's amount"),
      text('allocation.reason', '分配理由', 'reason of the allocation'),
      { path: 'assumptions', kind: 'list', zh: '假设（; 分隔）', en: 'assumptions' },
    ],
  },
  {
    name: 'processes',
    list: 'processes',
    zh: '工序',
    en: 'processes',
    columns: [
      text('id', '工序 id', 'process id', REQUIRED),
      text('name', '名称', 'name', REQUIRED),
      text('stage', '阶段 raw_material / production / distribution', 'stage'),
      number('yieldFraction', '成品率 0–1', 'yield'),
      text('feeds', '下一工序 id', 'process that takes its output'),
      { path: 'ownToProduct', kind: 'boolean', zh: '仅服务本产品', en: 'serves this product alone' },
    ],
  },
  {
    name: 'materials',
    list: 'billOfMaterials',
    zh: '物料清单与包装',
    en: 'bill of materials and packaging',
    columns: [
      text('name', '物料', 'name', REQUIRED),
      number('quantity', '用量（基准期）', 'quantity in the period', REQUIRED),
      text('unit', '单位', 'unit', REQUIRED),
      ...BACKGROUND,
      text('part', '部分 product / packaging / outbound_logistics', 'part'),
      ...LINE,
    ],
  },
  {
    name: 'transport',
    list: 'transport',
    zh: '运输',
    en: 'transport legs',
    columns: [
      text('name', '运段', 'leg', REQUIRED),
      text('mode', '方式 road / rail / inland_water / sea / air / pipeline', 'mode', REQUIRED),
      text('direction', '方向 inbound / internal / outbound', 'direction'),
      number('massKg', '质量 kg', 'mass, kg', REQUIRED),
      number('distanceKm', '距离 km', 'distance, km', REQUIRED),
      ...BACKGROUND,
      text('unit', '单位', 'unit', { example: 't*km' }),
      ...LINE,
    ],
  },
  {
    name: 'electricity',
    list: 'electricity',
    zh: '电力',
    en: 'metered electricity',
    columns: [
      text('name', '用电项', 'use', REQUIRED),
      number('energyKwh', '电量 kWh', 'energy, kWh', REQUIRED),
      text('meterId', '表计 id', 'meter'),
      ...FACTOR,
      ...LINE,
    ],
  },
  {
    name: 'green-power',
    list: 'contracts',
    zh: '绿电合同（属于 electricity 表的一项）',
    en: 'green power by contract, each of a row of electricity',
    columns: [
      text('electricity', '用电项名称', 'name of the use in sheet electricity', REQUIRED),
      text('name', '合同', 'contract', REQUIRED),
      number('energyKwh', '电量 kWh', 'energy, kWh', REQUIRED),
      number('deliveryLossFraction', '线损率 0–0.5', 'delivery loss', REQUIRED),
      text('settlement', '结算批次', 'settlement run', REQUIRED),
      {
        path: 'certificates',
        kind: 'list',
        zh: '绿证编号（; 分隔）',
        en: 'retired certificates',
        required: true,
      },
      ...FACTOR,
    ],
  },
  {
    name: 'emissions',
    list: 'directEmissions',
    zh: '直接排放',
    en: 'direct emissions',
    columns: [
      text('name', '排放项', 'name', REQUIRED),
      text('category', '类别', 'category', { required: true, example: 'fossil' }),
      text('species', '气体', 'species', { required: true, example: 'CO2' }),
      number('massKg', '质量 kg', 'mass, kg', REQUIRED),
      { path: 'aircraft', kind: 'boolean', zh: '航空', en: 'by aircraft' },
      ...LINE,
    ],
  },
  {
    name: 'carbon-accounts',
    list: 'carbonAccounts',
    zh: '土地管理与移除',
    en: 'land management and removals',
    columns: [
      text('name', '项目', 'name', REQUIRED),
      text('account', '科目', 'account', REQUIRED),
      number('massKg', 'CO2 质量 kg（移除 ≤ 0）', 'mass of CO2, kg', REQUIRED),
      ...LINE,
    ],
  },
  {
    name: 'co-products',
    list: 'coProducts',
    zh: '联产品',
    en: 'co-products',
    columns: [
      text('name', '联产品', 'name', REQUIRED),
      number('amount', '分配量', 'amount in the unit of the allocation', REQUIRED),
      { path: 'evidence', kind: 'list', zh: '凭证（; 分隔）', en: 'evidence' },
    ],
  },
  {
    name: 'left-out',
    list: 'leftOut',
    zh: '取舍',
    en: 'left out',
    columns: [
      text('name', '项目', 'what', REQUIRED),
      text('reason', '理由', 'reason', REQUIRED),
      number('estimateKgCo2e', '估计 kgCO2e', 'estimate, kgCO2e', REQUIRED),
    ],
  },
];
