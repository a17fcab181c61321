/** Computes one product's footprint from its activity in the store and a background version. */
import type { ProductFootprintArguments } from '../schemas/control.ts';
import type { ComputedResult } from '../src/activities/engineActivities.ts';
import { engines } from './activityProxies.ts';

export async function productFootprint(args: ProductFootprintArguments): Promise<ComputedResult> {
  return engines.productFootprint(args);
}
