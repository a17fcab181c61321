/** Pedigree matrix 谱系矩阵: variances of the logarithm that scores 1 to 5 add, by indicator. */

export const PEDIGREE = {
  id: 'ecoinvent-3-2013',
  source:
    'Weidema et al. 2013, Overview and methodology: data quality guideline for the ecoinvent database version 3',
  indicators: ['reliability', 'completeness', 'temporal', 'geographical', 'technological'],
  variances: [
    [0, 0.0006, 0.002, 0.008, 0.04],
    [0, 0.0001, 0.0006, 0.002, 0.008],
    [0, 0.0002, 0.002, 0.008, 0.04],
    [0, 0.000025, 0.0001, 0.0006, 0.002],
    [0, 0.0006, 0.008, 0.04, 0.12],
  ],
} as const;
