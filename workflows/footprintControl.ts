/** Messages that a footprint request understands. */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { IssuedRequest, RequestedFootprint } from '../schemas/control.ts';
import type { FootprintQuestion } from '../schemas/documents/footprintQuestion.ts';

export interface FootprintRequestState {
  readonly stage: 'computing' | 'refused' | 'in_review' | 'rejected' | 'active' | 'withdrawn' | 'expired';
  readonly computed: RequestedFootprint | null;
  /** The statement in force. */
  readonly issued: IssuedRequest | null;
  readonly superseded: readonly string[];
  /** Recalculations that changed too little for a revision. */
  readonly logged: number;
  readonly refused: { readonly code: string; readonly message: string } | null;
  /** Messages that had no effect. */
  readonly ignored: readonly { readonly person: string; readonly why: string }[];
}

export interface Review {
  readonly person: string;
  readonly computation: string;
  readonly approves: boolean;
  readonly remark: string;
}

export const footprintStateQuery = defineQuery<FootprintRequestState>('state');
/** Four eyes: by another person than who prepared it; names the computation that was looked at. */
export const reviewSignal = defineSignal<[Review]>('review');
/** A verification body's statement has been kept as this record. */
export const verificationSignal = defineSignal<[{ readonly record: string }]>('verification');
/** The activity or the background has changed. */
export const recalculateSignal =
  defineSignal<[{ readonly background?: FootprintQuestion['background'] }]>('recalculate');
export const withdrawSignal =
  defineSignal<[{ readonly person: string; readonly reason: string }]>('withdrawStatement');
