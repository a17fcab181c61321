/** All streams by topic. */
import type { StreamContract } from '../stream.ts';
import { datacenterPower } from './datacenterPower.ts';
import { emissionsCems } from './emissionsCems.ts';
import { emissionsFrames } from './emissionsFrames.ts';
import { energyCarriers } from './energyCarriers.ts';
import { gridExchange } from './gridExchange.ts';
import { gridGeneration } from './gridGeneration.ts';
import { gridLoad } from './gridLoad.ts';
import { marketContracts } from './marketContracts.ts';
import { plantGeneration } from './plantGeneration.ts';
import { productionActivity } from './productionActivity.ts';
import { registryAssets } from './registryAssets.ts';

export const STREAMS: readonly StreamContract[] = [
  gridGeneration,
  gridExchange,
  gridLoad,
  plantGeneration,
  datacenterPower,
  emissionsCems,
  emissionsFrames,
  energyCarriers,
  productionActivity,
  marketContracts,
  registryAssets,
];

/** The contract of a topic, or `undefined` where there is none of that name. */
export const streamOf = (topic: string): StreamContract | undefined =>
  STREAMS.find((stream) => stream.topic === topic);
