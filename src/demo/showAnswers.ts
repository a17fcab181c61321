/** The three answers for a reader: a curve, a table of contributors, a statement. Chinese first, English beside. */
import type { DemoAnswers } from './answers.ts';

const BARS = ' ▁▂▃▄▅▆▇█';
const WIDTH = 100;
const LABELS: Readonly<Record<string, string>> = {
  measured: '实测 measured',
  estimated: '估算 estimated',
  mixed: '部分模拟 partly simulated',
  simulated: '模拟 simulated',
};

const label = (origin: string): string => LABELS[origin] ?? origin;

/** Lines of text, ready for a terminal. */
export function answersAsText(answers: DemoAnswers): string[] {
  return [
    '',
    ...frame(`碳流 Tanliu · ${answers.scenario} · ${label(answers.origin)}`),
    ...zoneLines(answers.zone),
    '',
    ...productLines(answers.product),
    '',
    ...dataCenterLines(answers.dataCenter),
    '',
    ...answers.notes.map((note) => `· ${note}`),
  ];
}

const frame = (title: string): string[] => [title, '─'.repeat(WIDTH)];

function zoneLines({ id, name, origin, factorSet, series }: DemoAnswers['zone']): string[] {
  const known = series.flatMap(({ intensityKgPerMwh }) =>
    intensityKgPerMwh === null ? [] : [intensityKgPerMwh],
  );
  const title = `1 电网碳强度 Carbon intensity of consumption · ${id} ${name} · ${label(origin)}`;
  if (known.length === 0) return [title, '  未知 unknown in every hour'];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return [
    title,
    `  ${curve(
      series.map(({ intensityKgPerMwh }) => intensityKgPerMwh),
      low,
      high,
    )}`,
    `  ${series[0]?.start} … ${series.at(-1)?.start} (UTC, ${series.length} h, × = 未知 unknown)`,
    `  kg/MWh: 最低 low ${low.toFixed(1)} · 均值 mean of hours ${mean.toFixed(1)} · 最高 high ${high.toFixed(1)} · 因子 factors ${factorSet}`,
  ];
}

/** At most WIDTH columns; each shows the mean of its hours, `×` where none is known. */
function curve(values: readonly (number | null)[], low: number, high: number): string {
  const columns = Math.min(WIDTH - 2, values.length);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const part = values.slice(from, to).filter((value) => value !== null);
    if (part.length === 0) return '×';
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    const level = high > low ? (mean - low) / (high - low) : 0.5;
    return BARS[1 + Math.round(level * 7)];
  }).join('');
}

function productLines(product: DemoAnswers['product']): string[] {
  const { id, name, origin, totalKgCo2e, declaredUnit, background, contributors, warnings } = product;
  const rows = contributors.slice(0, 8).map(({ name: part, kgCo2e, sharePercent }) => {
    const bar = '█'.repeat(Math.max(0, Math.round(Math.abs(sharePercent) / 4)));
    return `  ${kgCo2e.toFixed(4).padStart(12)} kg  ${sharePercent.toFixed(1).padStart(5)} %  ${bar.padEnd(25)} ${part}`;
  });
  return [
    `2 产品碳足迹 Product carbon footprint · ${id} ${name} · ${label(origin)}`,
    `  ${totalKgCo2e.toFixed(4)} kgCO2e / ${declaredUnit} · 从摇篮到大门 cradle to gate · 背景 background ${background}`,
    ...rows,
    ...warnings.map((warning) => `  ! ${warning}`),
  ];
}

function dataCenterLines(dataCenter: DemoAnswers['dataCenter']): string[] {
  const { id, name, origin, period, status, ruleSet, useWh, matchedWh, lines, paysFen } = dataCenter;
  const share = useWh > 0n ? Number((matchedWh * 10_000n) / useWh) / 100 : 0;
  // Lines between others (the plant's part of a fee) are no part of this bill.
  const own = lines.filter(({ payer, payee }) => payer === id || payee === id);
  // Items of a component carry its name too, so the longest one sets the column.
  const nameWidth = 2 + own.reduce((most, { component }) => Math.max(most, component.length), 24);
  const rows = own.map(({ component, note, wh, priceMilliYuanPerMwh, payer, amountFen }) => {
    const sign = payer === id ? '' : '−';
    const energy = wh === undefined ? '' : `${(Number(wh) / 1e6).toFixed(3)} MWh`;
    const price =
      priceMilliYuanPerMwh === undefined ? '' : `${(Number(priceMilliYuanPerMwh) / 1000).toFixed(3)} 元/MWh`;
    return `  ${component.padEnd(nameWidth)}${(note ?? '').padEnd(22)}${energy.padStart(16)}${price.padStart(18)}${`${sign}${yuan(amountFen)}`.padStart(18)} 元`;
  });
  return [
    `3 绿电结算 Settlement · ${id} ${name} · ${period} · ${label(origin)} · ${status}`,
    `  用电 use ${(Number(useWh) / 1e6).toFixed(3)} MWh · 绿电匹配 matched ${(Number(matchedWh) / 1e6).toFixed(3)} MWh (${share} %)`,
    `  规则 rules: ${ruleSet}`,
    ...rows,
    `  ${'应付合计 pays in all'.padEnd(nameWidth + 22 + 16 + 18 - 4)}${yuan(paysFen).padStart(18)} 元`,
  ];
}

/** Fen as yuan with two decimals. */
function yuan(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '−' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
