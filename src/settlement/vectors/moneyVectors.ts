/** Vectors of money: bands, prices, rounding, deviation, fees, statements, reconciliation. A case is told by its keys. */
import {
  moneyVector,
  reconcileVector,
  type StatementVector,
  type VectorBillLine,
  type VectorCalendar,
  type VectorContract,
  type VectorFeeRule,
  type VectorTransmission,
} from '../../../schemas/documents/settlementVectors.ts';
import { aggregatorFee, type FeeRule } from '../money/aggregatorFee.ts';
import { amountFen, bandPrice } from '../money/amount.ts';
import { reconcileBill } from '../money/billReconciliation.ts';
import type { ContractPosition } from '../money/contractLines.ts';
import { deviationLine } from '../money/deviation.ts';
import type { GridCharges, TransmissionTariff } from '../money/gridCharges.ts';
import type { MoneyLine } from '../money/moneyLine.ts';
import { buildStatement, gridEnergyWh, whByBand } from '../money/statement.ts';
import { type BandOf, touCalendar } from '../money/touCalendar.ts';
import { type CaseAnswer, readInput } from './answerSuite.ts';

export const answerMoney: CaseAnswer = (input, name) => {
  const vector = readInput(moneyVector, input, name);
  if ('starts' in vector) {
    const bandOf = calendarOf(vector.calendar);
    return vector.starts.map((start) => ({ start, band: bandOf(start) }));
  }
  if ('queries' in vector) {
    const bandOf = calendarOf(vector.calendar);
    return vector.queries.map((query) => (typeof query === 'string' ? bandOf(query) : bandOf(...query)));
  }
  if ('base' in vector) {
    const bands = Object.entries(vector.ratio_ppm);
    return Object.fromEntries(bands.map(([band, ppm]) => [band, bandPrice(vector.base, ppm)]));
  }
  if ('wh_price' in vector) return vector.wh_price.map(([wh, price]) => amountFen(wh, price));
  if ('plant' in vector) {
    return vector.rows.map(([contractWh, qWh, limit, compPriceMilliYuanPerMwh, freeBandPpm]) => {
      const terms = { contractWh, qWh, limit, compPriceMilliYuanPerMwh, freeBandPpm };
      const line = deviationLine(terms, vector);
      return line === undefined ? null : lineVector(line);
    });
  }
  if ('rows' in vector) {
    return vector.rows.map(([qWh, environmentFen, rule]) => {
      const { userFen, plantFen } = aggregatorFee(feeRule(rule), qWh, environmentFen);
      return [userFen, plantFen];
    });
  }
  return answerStatement(vector);
};

function answerStatement(vector: StatementVector) {
  const bandOf = calendarOf(vector.rules.tou_calendar);
  const green = vector.green.map(({ contract, q_wh }) => ({ contract, wh: q_wh }));
  const gridWh = gridEnergyWh(vector.use_wh, green);
  const total = (values: readonly bigint[]) => values.reduce((sum, wh) => sum + wh, 0n);
  const statement = buildStatement({
    dataCenter: vector.dc,
    contracts: vector.green.map((contract) => position(contract, vector.intervals, bandOf)),
    gridEnergyWhByBand: whByBand(vector.intervals, gridWh, bandOf),
    gridPriceByBand: new Map(Object.entries(vector.rules.grid_price)),
    site: { offtakeWh: total(vector.use_wh), selfUseWh: total(vector.self_use_wh ?? []) },
    charges: charges(vector.rules),
  });
  return {
    lines: statement.lines.map(lineVector),
    net_fen: Object.fromEntries(statement.netFen),
    dc_pays_fen: statement.dataCenterPaysFen,
  };
}

function position(vector: VectorContract, starts: readonly string[], bandOf: BandOf): ContractPosition {
  const qWh = vector.q_wh.reduce((sum, wh) => sum + wh, 0n);
  const { single } = vector.energy_price;
  return {
    contract: vector.contract,
    plant: vector.plant,
    energyWhByBand: whByBand(starts, vector.q_wh, bandOf),
    energyPrice: single !== undefined ? { single } : { byBand: new Map(Object.entries(vector.energy_price)) },
    environment: { wh: qWh, priceMilliYuanPerMwh: vector.env_price },
    deviation: {
      contractWh: vector.c_wh,
      qWh,
      limit: vector.limit,
      compPriceMilliYuanPerMwh: vector.comp_price,
      freeBandPpm: vector.free_band_ppm,
    },
    ...(vector.agg && { fee: { aggregator: vector.agg.id, qWh, rule: feeRule(vector.agg) } }),
  };
}

function charges(rules: StatementVector['rules']): GridCharges {
  return {
    transmission: transmission(rules.tnd),
    lossPriceMilliYuanPerMwh: rules.loss_price,
    systemOperation: [{ priceMilliYuanPerMwh: rules.sysop_price }],
    systemOperationOnSelfUse: rules.sysop_on_self_use,
    fundsPriceMilliYuanPerMwh: rules.funds_price,
    fundsOnSelfUse: rules.funds_on_self_use,
  };
}

function transmission(tnd: VectorTransmission): TransmissionTariff {
  const priceMilliYuanPerMwh = tnd.price;
  if (tnd.mode === 'total_use_1192') return { mode: tnd.mode, priceMilliYuanPerMwh };
  const capacity = { capacityKva: tnd.capacity_kva, fenPerKvaMonth: tnd.fen_per_kva_month };
  if (tnd.mode === 'two_part') return { mode: tnd.mode, priceMilliYuanPerMwh, ...capacity };
  const connection = { loadFactorPpm: tnd.load_factor_ppm, connectionKw: tnd.connection_kw };
  return { mode: tnd.mode, priceMilliYuanPerMwh, ...capacity, ...connection };
}

function feeRule(rule: VectorFeeRule): FeeRule {
  const userPpm = rule.user_ppm;
  return rule.mode === 'per_mwh'
    ? { mode: rule.mode, priceMilliYuanPerMwh: rule.price, userPpm }
    : { mode: rule.mode, sharePpm: rule.share_ppm, userPpm };
}

function calendarOf(calendar: VectorCalendar): BandOf {
  return touCalendar(
    calendar.map(({ from_date, to_date, months, windows, override = [] }) => ({
      fromDate: from_date,
      toDate: to_date,
      months,
      windows,
      override: override.map(({ min_temp_c, ...one }) => ({
        ...one,
        ...(min_temp_c !== undefined && { minTempC: min_temp_c }),
      })),
    })),
  );
}

function lineVector(line: MoneyLine) {
  const { component, wh, priceMilliYuanPerMwh: price, payer, payee, amountFen: amount_fen, note } = line;
  return { component, wh, price, payer, payee, amount_fen, note };
}

export const answerReconcile: CaseAnswer = (input, name) => {
  const { dc, rebuilt, received } = readInput(reconcileVector, input, name);
  const { rows, totalDifferenceFen } = reconcileBill(dc, rebuilt.map(billLine), received.map(billLine));
  return {
    rows: rows.map(({ component, note, status, differenceFen, split }) => ({
      component,
      note,
      status,
      difference_fen: differenceFen,
      by_quantity_fen: split?.byQuantityFen,
      by_price_fen: split?.byPriceFen,
      other_fen: split?.otherFen,
    })),
    total_difference_fen: totalDifferenceFen,
  };
};

function billLine(line: VectorBillLine): MoneyLine {
  const { component, payer, payee, note, wh, price } = line;
  return {
    component,
    payer,
    payee,
    amountFen: line.amount_fen,
    ...(note != null && { note }),
    ...(wh != null && { wh }),
    ...(price != null && { priceMilliYuanPerMwh: price }),
  };
}
