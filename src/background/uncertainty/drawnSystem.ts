/** A background whose amounts are drawn: certain parts of the matrices, and what each uncertain exchange adds where. */
import type { TechnosphereInput } from '../solver/scaledSystem.ts';
import type { DistributionColumns } from './distribution.ts';

/** Terms `coefficient × amount of exchange`, added to a place. */
export interface DrawnParts {
  /** Position in `technosphere.value`, or activity for direct scores. */
  readonly place: Int32Array;
  readonly exchange: Int32Array;
  readonly coefficient: Float64Array;
}

export interface DrawnSystem {
  readonly base: TechnosphereInput;
  /** Direct score of one run of each activity in one category, all amounts at their stated value. */
  readonly direct: Float64Array;
  readonly exchanges: {
    /** Keys of the exchanges' ids (`keyOf`): an exchange that allocation splits is one draw. */
    readonly keyLow: Int32Array;
    readonly keyHigh: Int32Array;
    readonly distribution: DistributionColumns;
  };
  /** By position in `technosphere.value` and by activity: what is certain. */
  readonly certainTechnosphere: Float64Array;
  readonly certainDirect: Float64Array;
  readonly technosphereParts: DrawnParts;
  readonly directParts: DrawnParts;
}
