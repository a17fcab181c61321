/** Messages that a settlement period understands. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SettlementRunResult } from '../schemas/control.ts';
import type { RunType } from '../schemas/reference/settlementTimetable.ts';

export interface PeriodRun extends SettlementRunResult {
  readonly runType: RunType;
  readonly runNo: number;
  /** Objections count until then (UTC). */
  readonly objectionsUntil: string;
  readonly state: 'posted' | 'objected' | 'confirmed' | 'withdrawn';
  readonly objections: readonly { readonly party: string; readonly reason: string }[];
  readonly confirmedBy: readonly string[];
}

export interface PeriodState {
  /** In order of posting. */
  readonly runs: readonly PeriodRun[];
  /** Runs that were due and refused, with the code. */
  readonly refused: readonly { readonly runType: RunType; readonly code: string; readonly message: string }[];
  /** Objections and confirmations that came too late or from nobody of the run. */
  readonly ignored: readonly { readonly party: string; readonly why: string }[];
}

export const periodStateQuery = defineQuery<PeriodState>('state');

/** A party objects to the latest run. */
export const objectSignal = defineSignal<[{ readonly party: string; readonly reason: string }]>('object');
/** A party confirms the latest run; when all have, it is confirmed before its deadline. */
export const confirmSignal = defineSignal<[{ readonly party: string }]>('confirm');

/** Posts a run now: a correction, or an objection answered with better data. */
export const runUpdate = defineUpdate<
  PeriodRun,
  [{ readonly runType: RunType; readonly objectionsS: number }]
>('run');
/** Takes a run back, and before it, latest first, every run that stands on it. */
export const withdrawUpdate = defineUpdate<
  readonly string[],
  [{ readonly runId: string; readonly reason: string }]
>('withdraw');
/** Closes the period before the end of its plan, when the standing run's objections are settled. */
export const closeUpdate = defineUpdate<PeriodState>('close');
