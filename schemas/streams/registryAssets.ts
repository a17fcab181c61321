/** `registry.assets`: who and what there is, with validity: parties, zones, plants, facilities, meters, stacks, devices. */
import {
  id,
  oneOf,
  optionalId,
  optionalInstant,
  optionalInteger,
  optionalOneOf,
  optionalReal,
  optionalText,
  real,
  text,
} from '../fields.ts';
import { documents } from '../stream.ts';
import { documentFields } from './documentFields.ts';
import { FUELS } from './gridGeneration.ts';

const name = () => text({ en: 'name', zh: '名称' }, { example: '示例' });
const place = () => ({
  zone: id({ en: 'zone of the grid', zh: '电网分区' }, { example: 'CN-SC-5101' }),
  divisionCode: optionalId({ en: 'GB/T 2260 code of the county', zh: '行政区划代码' }),
  park: optionalId({ en: 'industrial park', zh: '园区' }),
});

/** What a node of a meter tree is; `ups`, `pdu` and `rack` give the category of PUE. */
export const NODE_CLASSES = [
  'facility',
  'transformer',
  'ups',
  'rectifier',
  'pdu',
  'rack',
  'outlet',
  'cooling',
  'lighting',
  'office',
  'generator',
  'pv',
  'storage',
  'heat_export',
  'other',
] as const;
export type NodeClass = (typeof NODE_CLASSES)[number];

export const METER_PURPOSES = [
  'total',
  'it',
  'cooling',
  'lighting',
  'office',
  'generator',
  'pv',
  'storage',
  'heat_export',
  'distribution',
] as const;
export type MeterPurpose = (typeof METER_PURPOSES)[number];

/** What an operator states and no meter shows; it is shown as declared. */
const DECLARED_METRICS = [
  'rack_occupancy',
  'racks',
  'compute_scale_pflops',
  'output_value_yuan',
  'product_output',
  'traffic_gb',
  'chiller_supply_kwh_per_kwh',
] as const;

const feeds = () => ({
  parent: optionalId({ en: 'node that feeds it', zh: '上级节点' }),
  secondParent: optionalId({ en: 'second feed', zh: '第二路上级节点' }),
  nodeClass: optionalOneOf(NODE_CLASSES, { en: 'what the node is', zh: '节点类别' }),
});

const installedMw = (en: string, zh: string) =>
  optionalReal(
    { en: `installed capacity of ${en}; production above 110 % of it is quarantined`, zh: `${zh}装机容量` },
    { unit: 'MW', aggregation: 'last', minimum: 0 },
  );
/** What a zone has of each mode, its small plants included; a mode that is not stated is not judged. */
const installed = () => ({
  installedBiomassMw: installedMw('biomass', '生物质'),
  installedCoalMw: installedMw('coal', '煤电'),
  installedGasMw: installedMw('gas', '气电'),
  installedGeothermalMw: installedMw('geothermal', '地热'),
  installedHydroMw: installedMw('hydro', '水电'),
  installedNuclearMw: installedMw('nuclear', '核电'),
  installedOilMw: installedMw('oil', '油电'),
  installedSolarMw: installedMw('solar', '光伏'),
  installedWindMw: installedMw('wind', '风电'),
});

export const registryAssets = documents({
  topic: 'registry.assets',
  about: { en: 'Parties, plants, facilities, meters, stacks and devices', zh: '主体与资产档案' },
  common: documentFields(),
  kinds: {
    party: {
      name: name(),
      role: oneOf(
        [
          'generator',
          'aggregator',
          'datacenter_operator',
          'grid_company',
          'exchange',
          'manufacturer',
          'regulator',
          'verifier',
        ],
        { en: 'role', zh: '角色' },
      ),
      creditCode: optionalId({ en: 'unified social credit code', zh: '统一社会信用代码' }),
    },
    organisation: { name: name(), parent: optionalId({ en: 'parent organisation', zh: '上级单位' }) },
    zone: {
      name: name(),
      parent: optionalId({ en: 'zone that contains it', zh: '上级分区' }),
      ...installed(),
    },
    plant: {
      name: name(),
      ...place(),
      fuel: oneOf(FUELS, { en: 'fuel', zh: '能源类型' }),
      capacityMw: optionalReal(
        { en: 'installed capacity', zh: '装机容量' },
        { unit: 'MW', aggregation: 'sum', minimum: 0 },
      ),
      party: optionalId({ en: 'owner', zh: '所属主体' }),
    },
    facility: {
      name: name(),
      ...place(),
      type: oneOf(['datacenter', 'base_station', 'factory', 'other'], { en: 'type', zh: '类型' }),
      party: optionalId({ en: 'operator', zh: '运营主体' }),
      capacityKva: optionalReal(
        { en: 'connection capacity', zh: '报装容量' },
        { unit: 'kVA', aggregation: 'sum', minimum: 0 },
      ),
      sector: optionalId({ en: 'sector of industry', zh: '行业' }),
      scale: optionalOneOf(['edge', 'small', 'large', 'super_large'], {
        en: 'scale of a data centre; edge is at most 100 racks',
        zh: '数据中心规模（边缘不超过 100 架）',
      }),
      commissionedAt: optionalInstant({ en: 'when it was put into operation', zh: '投产时间' }),
      itBoundary: optionalOneOf(['ups', 'pdu', 'rack'], {
        en: 'where IT energy is taken, if meters of purpose it stand at several levels',
        zh: 'IT 用电计量边界',
      }),
    },
    node: {
      facility: id({ en: 'facility', zh: '所属设施' }),
      node: id({ en: 'node of the meter tree', zh: '计量树节点' }, { example: 'pdu-1' }),
      ...feeds(),
      purpose: oneOf(METER_PURPOSES, { en: 'purpose', zh: '用途' }),
    },
    declaration: {
      facility: id({ en: 'facility or site', zh: '所属设施' }),
      metric: oneOf(DECLARED_METRICS, { en: 'what is declared', zh: '申报指标' }),
      value: real({ en: 'declared value', zh: '申报值' }, { unit: 'as in unit', aggregation: 'none' }),
      unit: text({ en: 'unit', zh: '单位' }, { example: '1' }),
      document: optionalText({ en: 'document that states it', zh: '申报文件' }),
    },
    meter: {
      facility: id({ en: 'facility or plant', zh: '所属设施或电厂' }),
      node: id({ en: 'node of the meter tree', zh: '计量树节点' }, { example: 'ups-1' }),
      ...feeds(),
      side: oneOf(['in', 'out'], { en: 'side of the node', zh: '进线侧或出线侧' }),
      group: optionalId({ en: 'measurement group of the same flow', zh: '同一量测组' }),
      role: oneOf(['primary', 'check'], { en: 'role within the group', zh: '主测或校核' }),
      purpose: oneOf(METER_PURPOSES, { en: 'purpose', zh: '用途' }),
      ratedPowerW: optionalReal(
        { en: 'rated power, for bounds where readings are missing', zh: '额定功率' },
        { unit: 'W', aggregation: 'none', minimum: 0 },
      ),
      registerModulusWh: optionalInteger(
        { en: 'value at which the register starts again at zero', zh: '表底量程' },
        { unit: 'Wh', aggregation: 'none', minimum: 1 },
      ),
      accuracyClass: optionalText({ en: 'accuracy class', zh: '准确度等级' }),
    },
    stack: {
      name: name(),
      site: id({ en: 'site', zh: '排污单位' }),
      areaM2: optionalReal(
        { en: 'cross-section', zh: '截面积' },
        { unit: 'm2', aggregation: 'none', minimum: 0 },
      ),
      o2StandardPercent: optionalReal(
        { en: 'reference oxygen of the emission standard; no conversion where absent', zh: '基准氧含量' },
        { unit: '%', aggregation: 'none', minimum: 0 },
      ),
      boilerType: optionalId({ en: 'type of boiler as the rule set names it', zh: '锅炉类型' }),
      altitudeM: optionalReal({ en: 'altitude', zh: '海拔' }, { unit: 'm', aggregation: 'none' }),
    },
    device: {
      stack: id({ en: 'stack', zh: '排放口' }),
      dialect: oneOf(['2005', '2017', '2025'], { en: 'edition of HJ 212', zh: 'HJ 212 版本' }),
      trailer: oneOf(['strict', 'tolerant'], { en: 'frames without CR LF', zh: '包尾要求' }),
      permit: optionalText({ en: 'pollutant discharge permit', zh: '排污许可证' }),
      realtimeIntervalS: optionalReal(
        { en: 'interval of real-time data; 30 s where absent', zh: '实时数据间隔' },
        { unit: 's', aggregation: 'none', minimum: 0 },
      ),
      minuteIntervalS: optionalReal(
        { en: 'interval of minute data; 600 s where absent', zh: '分钟数据间隔' },
        { unit: 's', aggregation: 'none', minimum: 0 },
      ),
      factors: optionalText({
        en: 'factor codes that it may send, separated by commas; any where absent',
        zh: '允许的因子编码',
      }),
      co2Unit: optionalId({ en: 'unit of a05001: mg/m3, g/m3, ppm or percent', zh: 'CO2 单位' }),
      co2Basis: optionalId({ en: 'basis of a05001: dry or wet', zh: 'CO2 干湿基' }),
      gasBasis: optionalId({ en: 'basis of the other gases: dry or wet', zh: '其他气体干湿基' }),
      gasState: optionalId({ en: 'state of gas concentrations: standard or actual', zh: '气体浓度状态' }),
      barometricPa: optionalReal(
        { en: 'barometric pressure where no series is at hand', zh: '大气压' },
        { unit: 'Pa', aggregation: 'none', minimum: 0 },
      ),
    },
  },
});
