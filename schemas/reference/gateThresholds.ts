/**
 * Thresholds of the data-quality gate 数据质量闸 as data: a version names them by their id and digest, so that another set of
 * thresholds is another version. Source: Tanliu's own policy; the figures are chosen so that no real product reaches them.
 */
export interface GateThresholds {
  readonly id: string;
  /** Spectral radius of |I − A D⁻¹| on a strongly connected part above which it feeds itself. */
  readonly loopGain: number;
  /** A part that needs more cuts than this loses whole processes. */
  readonly cutsPerPart: number;
  /** kgCO2e per reference unit that no product reaches; `other` for every unit not named. */
  readonly scorePerUnit: Readonly<Record<string, number>>;
  readonly scorePerOtherUnit: number;
  /** A score may lie between median / ratio and median × ratio of the flow's other makers. */
  readonly medianRatio: number;
  /** Others that are needed before their median counts against a maker. */
  readonly othersForMedian: number;
  /** Share of a score that comes from a suspect supplier, above which the supplier is at fault and not the consumer. */
  readonly supplierShare: number;
  /** Mass made per mass used. */
  readonly massRatio: { readonly least: number; readonly most: number };
  readonly energyKwhPerKg: number;
  /** Cubic metres of a liquid per kilogram of product beyond which volume and mass have been mixed up. */
  readonly volumeM3PerKg: number;
  /** The proof vector must not fall below 1 by more than this. */
  readonly proofTolerance: number;
}

export const GATE_THRESHOLDS: GateThresholds = {
  id: 'gate/1',
  loopGain: 0.999,
  cutsPerPart: 20,
  scorePerUnit: { kg: 1_000, MJ: 10, m3: 1e5, 'Item(s)': 1e9 },
  scorePerOtherUnit: 1e9,
  medianRatio: 30,
  othersForMedian: 3,
  supplierShare: 0.5,
  massRatio: { least: 0.01, most: 100 },
  energyKwhPerKg: 1_000,
  volumeM3PerKg: 1,
  proofTolerance: 1e-6,
};
