/**
 * The life of one settlement month: 预结算, 月结算, 差错退补, 清算 by timetable, each open to objection until its deadline,
 * then confirmed. One workflow a market and month; nothing else writes its journal. Withdrawing a run runs the
 * compensations of what was posted since, latest first.
 */
import { ActivityFailure, ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { SettlementPeriodArguments } from '../schemas/control.ts';
import type { RunType } from '../schemas/reference/settlementTimetable.ts';
import { runEvents, settlementRuns } from './activityProxies.ts';
import {
  closeUpdate,
  confirmSignal,
  objectSignal,
  type PeriodRun,
  type PeriodState,
  periodStateQuery,
  runUpdate,
  withdrawUpdate,
} from './settlementControl.ts';

type MutableRun = { -readonly [K in keyof PeriodRun]: PeriodRun[K] };

export async function settlementPeriod(args: SettlementPeriodArguments): Promise<PeriodState> {
  const period = new Period(args);
  setHandler(periodStateQuery, () => period.state());
  setHandler(objectSignal, ({ party, reason }) => period.alone(() => period.object(party, reason)));
  setHandler(confirmSignal, ({ party }) => period.alone(() => period.confirm(party)));
  setHandler(runUpdate, ({ runType, objectionsS }) =>
    period.alone(() => period.post(runType, new Date(Date.now() + objectionsS * 1_000).toISOString(), false)),
  );
  setHandler(withdrawUpdate, ({ runId, reason }) => period.alone(() => period.withdraw(runId, reason)));
  setHandler(closeUpdate, async () => {
    await period.close();
    return period.state();
  });
  for (const planned of args.plan) {
    await period.rest(planned.dueAt);
    if (period.isClosed) break;
    await period.alone(() => period.postPlanned(planned));
    await period.rest(planned.objectionsUntil);
    await period.alone(() => period.deemConfirmed());
  }
  await period.settled();
  return period.state();
}

class Period {
  readonly #args: SettlementPeriodArguments;
  readonly #runs: MutableRun[] = [];
  readonly #refused: PeriodState['refused'][number][] = [];
  readonly #ignored: PeriodState['ignored'][number][] = [];
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(args: SettlementPeriodArguments) {
    this.#args = args;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  state(): PeriodState {
    return { runs: this.#runs, refused: this.#refused, ignored: this.#ignored };
  }

  /** One thing after the other: what a message starts is over before the next begins. */
  async alone<T>(run: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** Until an instant, or until the period is closed. */
  async rest(until: string): Promise<void> {
    const ms = Date.parse(until) - Date.now();
    if (ms > 0) await condition(() => this.#closed, ms);
  }

  /** Until no message is at work. */
  async settled(): Promise<void> {
    await condition(() => this.#waiting === 0);
  }

  async close(): Promise<void> {
    await this.alone(async () => {
      await this.deemConfirmed();
      if (this.#standing()?.state !== 'confirmed') {
        throw ApplicationFailure.nonRetryable('the standing run is not confirmed', 'E_RUN_NOT_CONFIRMED');
      }
    });
    this.#closed = true;
  }

  async postPlanned(planned: SettlementPeriodArguments['plan'][number]): Promise<void> {
    try {
      await this.post(planned.runType, planned.objectionsUntil, planned.closes);
    } catch (error) {
      const failure = error instanceof ActivityFailure ? error.cause : error;
      if (!(failure instanceof ApplicationFailure)) throw error;
      const { type, message } = failure;
      this.#refused.push({ runType: planned.runType, code: type ?? '', message });
    }
  }

  async post(runType: RunType, objectionsUntil: string, closes: boolean): Promise<PeriodRun> {
    const { market, period, useMeters } = this.#args;
    const runNo = this.#runs.filter((one) => one.runType === runType).length + 1;
    const result = await settlementRuns.postSettlementRun({
      market,
      period,
      runType,
      runNo,
      closes,
      ...(useMeters && { useMeters }),
    });
    const run: MutableRun = {
      ...result,
      runType,
      runNo,
      objectionsUntil,
      state: 'posted',
      objections: [],
      confirmedBy: [],
    };
    this.#runs.push(run);
    return run;
  }

  async object(party: string, reason: string): Promise<void> {
    const run = this.#heardBy(party);
    if (run === undefined) return;
    await this.#record(run, 'objected', party, reason);
    run.objections = [...run.objections, { party, reason }];
    run.state = 'objected';
  }

  async confirm(party: string): Promise<void> {
    const run = this.#heardBy(party);
    if (run === undefined || run.confirmedBy.includes(party)) return;
    await this.#record(run, 'confirmed', party, '');
    run.confirmedBy = [...run.confirmedBy, party];
    run.objections = run.objections.filter((one) => one.party !== party);
    if (run.objections.length === 0) run.state = 'posted';
    if (run.confirmedBy.length === run.parties.length) run.state = 'confirmed';
  }

  /** After the deadline silence confirms; an objection that stands waits for a correction. */
  async deemConfirmed(): Promise<void> {
    const run = this.#standing();
    if (run?.state !== 'posted' || Date.now() < Date.parse(run.objectionsUntil)) return;
    await this.#record(run, 'confirmed', '', 'no objection until the deadline');
    run.state = 'confirmed';
  }

  async withdraw(runId: string, reason: string): Promise<readonly string[]> {
    const at = this.#runs.findIndex((run) => run.runId === runId && run.state !== 'withdrawn');
    if (at < 0) throw ApplicationFailure.nonRetryable('no such run stands', 'E_RUN_UNKNOWN');
    const withdrawn: string[] = [];
    for (const run of this.#runs.slice(at).reverse()) {
      if (run.state === 'withdrawn') continue;
      const { market, period } = this.#args;
      await settlementRuns.withdrawSettlementRun({ market, period, runId: run.runId, reason });
      run.state = 'withdrawn';
      withdrawn.push(run.runId);
    }
    return withdrawn;
  }

  /** The latest standing run, if that party may still speak to it. */
  #heardBy(party: string): MutableRun | undefined {
    const run = this.#standing();
    const why =
      run === undefined
        ? 'no run stands'
        : !run.parties.includes(party)
          ? 'not a party of the run'
          : Date.now() > Date.parse(run.objectionsUntil)
            ? 'after the deadline'
            : undefined;
    if (why === undefined) return run;
    this.#ignored.push({ party, why });
    return undefined;
  }

  #standing(): MutableRun | undefined {
    return this.#runs.findLast(({ state }) => state !== 'withdrawn');
  }

  async #record(
    run: PeriodRun,
    event: 'objected' | 'confirmed',
    party: string,
    detail: string,
  ): Promise<void> {
    const { market, period } = this.#args;
    await runEvents.recordRunEvent({ market, period, runId: run.runId, event, party, detail });
  }
}
