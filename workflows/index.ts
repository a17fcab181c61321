/** Everything that the worker registers. */
export { auditOffsets } from './auditOffsets.ts';
export { backfill } from './backfill.ts';
export { closeEmissions } from './closeEmissions.ts';
export { closeFacilities } from './closeFacilities.ts';
export { closeWindows } from './closeWindows.ts';
export { footprintRequest } from './footprintRequest.ts';
export { ingestStream } from './ingestStream.ts';
export { productFootprint } from './productFootprint.ts';
export { rebuildWindows } from './rebuildWindows.ts';
export { recomputeFootprints } from './recomputeFootprints.ts';
export { redrive } from './redrive.ts';
export { settleMonth } from './settleMonth.ts';
export { settlementPeriod } from './settlementPeriod.ts';
