/** What the data-quality gate says of each code, in Chinese and English: what is seen, why it matters, how to overrule. `{x}` are facts of the finding. */

export const GATE_CODES = [
  'no_reference',
  'zero_reference',
  'reference_elementary',
  'dangling_flow',
  'dangling_unit',
  'dangling_provider',
  'bad_amount',
  'value_implausible',
  'stage_chain',
  'treatment',
  'pivot_sign',
  'self_feeding',
  'wrong_direction',
  'no_climate_content',
  'score_outlier',
  'unit_mismatch',
  'mass_implausible',
  'energy_implausible',
  'negative_score',
  'allocation_undetermined',
  'coproduct_unallocated',
  'coproduct_cut_off',
  'bad_distribution',
  'incomplete',
] as const;
export type GateCode = (typeof GATE_CODES)[number];

export const GATE_ACTIONS = {
  quarantined: { en: 'dataset quarantined', zh: '数据集已隔离' },
  exchange_dropped: { en: 'exchange dropped', zh: '交换已剔除' },
  exchange_cut: { en: 'input cut off', zh: '输入已截断' },
  not_usable: { en: 'kept, not usable, supplies nobody', zh: '保留，但不可用，且不向任何数据集供应' },
  no_provider: { en: 'kept, supplies nobody', zh: '保留，但不向任何数据集供应' },
  kept: { en: 'kept, marked', zh: '保留并标记' },
} as const;
export type GateAction = keyof typeof GATE_ACTIONS;

interface Text {
  readonly en: string;
  readonly zh: string;
}

interface CodeTexts {
  readonly seen: Text;
  readonly why: Text;
  readonly overrule: Text;
}

const ACCEPT: Text = {
  en: 'If the dataset is right as it stands, name it with this code under "accept" in a reviewed override file and import again.',
  zh: '如确认数据无误，请在经审核的覆盖文件的 "accept" 中写明该数据集与此代码，然后重新导入。',
};
const CORRECT: Text = {
  en: 'Correct the dataset at its source and import again: without this there is nothing to compute with.',
  zh: '请在数据源处更正该数据集后重新导入：缺少此信息则无从计算。',
};
const PROVIDER: Text = {
  en: 'Name the right supplier under "providers" in a reviewed override file and import again.',
  zh: '请在经审核的覆盖文件的 "providers" 中指明正确的供应数据集，然后重新导入。',
};

export const GATE_TEXTS: Readonly<Record<GateCode, CodeTexts>> = {
  no_reference: {
    seen: {
      en: '{process} makes no product: it has no quantitative reference',
      zh: '{process} 没有定量参考，不产出任何产品',
    },
    why: {
      en: 'Without a reference nobody knows what the amounts are for.',
      zh: '没有定量参考，就无法知道各数量对应什么产出。',
    },
    overrule: CORRECT,
  },
  zero_reference: {
    seen: { en: 'the reference amount is {amount}', zh: '参考流数量为 {amount}' },
    why: {
      en: 'Nothing can be scaled to one unit of a product that is not made.',
      zh: '产出为零的产品无法折算为单位产品。',
    },
    overrule: CORRECT,
  },
  reference_elementary: {
    seen: { en: 'the reference {flow} is an elementary flow', zh: '参考流 {flow} 是基本流' },
    why: {
      en: 'An exchange with nature is no product: the dataset can supply nobody. It is kept as an emission record.',
      zh: '与自然界的交换不是产品，不能供应他人；该数据集仅作为排放记录保存。',
    },
    overrule: CORRECT,
  },
  dangling_flow: {
    seen: { en: 'flow {flow} is not in the package', zh: '数据包中没有流 {flow}' },
    why: {
      en: 'What flows here is unknown, so the burden of it is missing from the score.',
      zh: '不知道流动的是什么，其环境负荷因此未计入结果。',
    },
    overrule: CORRECT,
  },
  dangling_unit: {
    seen: { en: '{what}', zh: '单位或流属性缺失：{what}' },
    why: { en: 'An amount without a unit is no amount.', zh: '没有单位的数值不是数量。' },
    overrule: CORRECT,
  },
  dangling_provider: {
    seen: {
      en: 'provider {provider} is absent or does not make {flow}',
      zh: '指定的供应者 {provider} 不存在或不生产 {flow}',
    },
    why: { en: 'The supplier was chosen by the linking policy instead.', zh: '供应者改由连接规则选择。' },
    overrule: PROVIDER,
  },
  bad_amount: {
    seen: { en: 'the amount of {flow} is missing or not finite', zh: '{flow} 的数量缺失或非有限数' },
    why: {
      en: 'An unknown amount is not 0: the score would be too low without saying so.',
      zh: '未知不等于零：否则结果会无声地偏低。',
    },
    overrule: ACCEPT,
  },
  value_implausible: {
    seen: {
      en: 'makes {made} {unit} of value and uses {used} {unit} of value',
      zh: '产出价值 {made} {unit}，却消耗价值 {used} {unit}',
    },
    why: {
      en: 'Inputs of yearly totals beside an output of one unit: an input-output table given as a process.',
      zh: '产出为单位量而投入为年度总量：这是以过程形式给出的投入产出表。',
    },
    overrule: ACCEPT,
  },
  stage_chain: {
    seen: { en: 'uses {used} and makes {made} of {flow}', zh: '使用 {used}、产出 {made} 的 {flow}' },
    why: {
      en: 'A stage (lifting, transport) passes its product on: as a supplier it would feed itself.',
      zh: '阶段性过程（提升、运输等）只是传递产品；若作为供应者会自我供给。',
    },
    overrule: PROVIDER,
  },
  treatment: {
    seen: { en: 'treats or uses up {flow}', zh: '处理或消耗 {flow}' },
    why: {
      en: 'The reference is an input: the product is the service of taking it, and it supplies no input of that flow.',
      zh: '参考流为输入：其产品是处理服务，不供应该流的输入。',
    },
    overrule: ACCEPT,
  },
  pivot_sign: {
    seen: { en: 'makes {made} and nets {net} of its product', zh: '产出 {made}，净产出 {net}' },
    why: {
      en: 'A process that uses up all it makes has no product.',
      zh: '把自身产出全部用掉的过程没有产品。',
    },
    overrule: CORRECT,
  },
  self_feeding: {
    seen: {
      en: 'the loop {loop} returns {gain} of what enters it; this input carries most of that',
      zh: '回路 {loop} 返还其输入的 {gain}；此输入贡献最大',
    },
    why: {
      en: 'A loop that returns what enters it, or nearly, yields scores without bound or negative ones.',
      zh: '回路若（几乎）全部返还输入，得分将无界或为负。',
    },
    overrule: PROVIDER,
  },
  wrong_direction: {
    seen: { en: '{flow}: {what}', zh: '{flow}：{whatZh}' },
    why: {
      en: 'An emission that comes in, or a resource that goes out, would turn a burden into a credit.',
      zh: '排放作为输入或资源作为输出，会把负荷变成抵扣。',
    },
    overrule: ACCEPT,
  },
  no_climate_content: {
    seen: { en: 'no characterised exchange in it or upstream of it', zh: '自身及上游均无可特征化的交换' },
    why: {
      en: 'Its score is exactly 0 because data is missing, not because it is clean: as a supplier it would hide burdens.',
      zh: '得分恰为零是因为缺数据而非清洁；作为供应者会掩盖负荷。',
    },
    overrule: {
      en: 'Add the missing emissions to the dataset, or name a supplier with climate content for its users under "providers".',
      zh: '请补充缺失的排放数据，或在 "providers" 中为其使用者指定有气候内容的供应者。',
    },
  },
  score_outlier: {
    seen: {
      en: '{score} kgCO2e per {unit} of {flow}: {against}',
      zh: '每 {unit} {flow} 为 {score} kgCO2e：{againstZh}',
    },
    why: {
      en: 'No real product of this kind lies there; most often a unit or an amount is wrong by a power of ten.',
      zh: '此类真实产品不会落在该范围；多为单位或数量错了若干个数量级。',
    },
    overrule: ACCEPT,
  },
  unit_mismatch: {
    seen: { en: '{what}', zh: '单位不符：{what}' },
    why: {
      en: 'The unit does not belong to the flow, or volume and mass were mixed up: the amount is wrong by about a thousand.',
      zh: '单位与流不符，或体积与质量混淆：数量约差一千倍。',
    },
    overrule: ACCEPT,
  },
  mass_implausible: {
    seen: { en: '{made} kg leave and {used} kg enter', zh: '输出 {made} kg，输入 {used} kg' },
    why: {
      en: 'Mass does not balance: an input or a unit is missing.',
      zh: '质量不平衡：可能缺输入或单位有误。',
    },
    overrule: ACCEPT,
  },
  energy_implausible: {
    seen: { en: '{what}', zh: '{whatZh}' },
    why: {
      en: 'Far from what other datasets of the same product say; one of them is wrong.',
      zh: '与同一产品的其他数据集相差悬殊，其中必有错误。',
    },
    overrule: ACCEPT,
  },
  negative_score: {
    seen: { en: '{score} kgCO2e per {unit} of {flow}', zh: '每 {unit} {flow} 为 {score} kgCO2e' },
    why: {
      en: 'A credit exceeds the burdens: check the avoided product.',
      zh: '抵扣超过负荷：请检查被替代产品。',
    },
    overrule: ACCEPT,
  },
  allocation_undetermined: {
    seen: {
      en: '{count} products share neither a physical property nor prices: equal shares',
      zh: '{count} 种产品既无共同物理属性也无价格：按等份分配',
    },
    why: {
      en: 'Equal shares are a stopgap and not a statement about the products.',
      zh: '等份分配只是权宜之计，不代表产品的真实情况。',
    },
    overrule: { en: 'Give the dataset allocation factors.', zh: '请为该数据集给出分配系数。' },
  },
  coproduct_unallocated: {
    seen: {
      en: '{count} other product outputs carry no burden: {flows}',
      zh: '{count} 个其他产品输出不承担负荷：{flows}',
    },
    why: {
      en: 'The dataset names one reference and no allocation: the reference bears everything.',
      zh: '数据集只有一个参考流且无分配：全部负荷由参考流承担。',
    },
    overrule: { en: 'Give the dataset allocation factors.', zh: '请为该数据集给出分配系数。' },
  },
  coproduct_cut_off: {
    seen: { en: '{flow} is declared cut off by its package', zh: '{flow} 由数据包声明为截断' },
    why: { en: 'The package says that nobody buys it.', zh: '数据包声明该输出无人使用。' },
    overrule: ACCEPT,
  },
  bad_distribution: {
    seen: { en: '{count} stated distributions are impossible', zh: '{count} 个不确定性分布不可能成立' },
    why: {
      en: 'These amounts are taken as fixed; the uncertainty is too small.',
      zh: '这些数量按固定值处理，不确定性被低估。',
    },
    overrule: CORRECT,
  },
  incomplete: {
    seen: {
      en: 'an input has lost its suppliers to the gate, {levels} levels upstream',
      zh: '其上游第 {levels} 层有输入因闸门失去供应者',
    },
    why: {
      en: 'What that input would have brought is missing from the score.',
      zh: '该输入本应带来的负荷未计入结果。',
    },
    overrule: PROVIDER,
  },
};

/** The template of a code filled with facts. */
export function seenText(
  code: GateCode,
  facts: Readonly<Record<string, string | number>>,
  language: 'en' | 'zh',
): string {
  return GATE_TEXTS[code].seen[language].replace(/\{(\w+)\}/g, (_all, name: string) => {
    const fact = facts[name];
    return fact === undefined ? '?' : typeof fact === 'number' ? String(Number(fact.toPrecision(6))) : fact;
  });
}
