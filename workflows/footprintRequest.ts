/**
 * The life of one product's footprint: computed from its activity, reviewed by a second person, issued and published as a
 * self-declared statement, issued anew with a third party's verification when it comes, superseded when a recalculation
 * changes the value by more than the limit, until it is withdrawn or runs out.
 */
import { ActivityFailure, ApplicationFailure, condition, setHandler, uuid4 } from '@temporalio/workflow';
import { type FootprintRequestArguments, footprintRequestName } from '../schemas/control.ts';
import { RECALCULATION_LIMIT_PERCENT } from '../schemas/reference/dataQualityRules.ts';
import { footprints } from './activityProxies.ts';
import {
  type FootprintRequestState,
  footprintStateQuery,
  type Review,
  recalculateSignal,
  reviewSignal,
  verificationSignal,
  withdrawSignal,
} from './footprintControl.ts';

type State = { -readonly [K in keyof FootprintRequestState]: FootprintRequestState[K] };
type Work = () => Promise<void>;

export async function footprintRequest(args: FootprintRequestArguments): Promise<FootprintRequestState> {
  const request = new Request(args);
  setHandler(footprintStateQuery, () => request.state);
  setHandler(reviewSignal, (review) => request.enqueue(() => request.review(review)));
  setHandler(verificationSignal, ({ record }) => request.enqueue(() => request.verify(record)));
  setHandler(recalculateSignal, ({ background }) =>
    request.enqueue(async () => {
      if (background) request.question = { ...request.question, background };
      await request.compute();
    }),
  );
  setHandler(withdrawSignal, ({ person, reason }) => request.enqueue(() => request.withdraw(person, reason)));
  await request.run();
  return request.state;
}

class Request {
  question: FootprintRequestArguments['question'];
  readonly state: State = {
    stage: 'computing',
    computed: null,
    issued: null,
    superseded: [],
    logged: 0,
    refused: null,
    ignored: [],
  };
  readonly #name: string;
  readonly #preparedBy: string;
  #reviewedBy = '';
  /** Computation that the statement in force stands on. */
  #issuedOf = '';
  readonly #queue: Work[] = [];

  constructor({ question, preparedBy }: FootprintRequestArguments) {
    this.question = question;
    this.#preparedBy = preparedBy;
    this.#name = footprintRequestName(question.id, question.period.start);
  }

  enqueue(work: Work): void {
    this.#queue.push(work);
  }

  /** One message after the other, until the statement is withdrawn or has run out. */
  async run(): Promise<void> {
    await this.compute();
    while (this.state.stage !== 'withdrawn' && this.state.stage !== 'expired') {
      const { issued } = this.state;
      const has = () => this.#queue.length > 0;
      if (issued === null) await condition(has);
      else if (!(await condition(has, Math.max(1, Date.parse(issued.validUntil) - Date.now())))) {
        await this.#event('expired', '', issued.validUntil);
        this.state.stage = 'expired';
        continue;
      }
      await this.#queue.shift()?.();
    }
  }

  async compute(): Promise<void> {
    const { issued } = this.state;
    const computed = await this.#refusable(() =>
      footprints.computeRequested({ request: this.#name, question: this.question }),
    );
    if (computed === undefined) return;
    this.state.computed = computed;
    if (issued === null) {
      this.state.stage = computed.faults.length > 0 ? 'refused' : 'in_review';
      return;
    }
    const change = Math.abs(computed.totalKgCo2e - issued.totalKgCo2e);
    if (change * 100 <= RECALCULATION_LIMIT_PERCENT * Math.abs(issued.totalKgCo2e)) {
      this.state.logged++;
      await this.#event('logged', '', `${issued.totalKgCo2e} → ${computed.totalKgCo2e}`);
    } else this.state.stage = computed.faults.length > 0 ? 'refused' : 'in_review';
  }

  async review({ person, computation, approves, remark }: Review): Promise<void> {
    const { stage, computed, issued } = this.state;
    const why =
      stage !== 'in_review'
        ? `there is nothing to review: ${stage}`
        : person === this.#preparedBy
          ? 'prepared it: another person has to review it'
          : computation !== computed?.computation
            ? 'reviewed another computation'
            : undefined;
    if (why !== undefined) {
      this.state.ignored = [...this.state.ignored, { person, why }];
      return;
    }
    await this.#event(approves ? 'reviewed' : 'rejected', person, remark);
    if (!approves) {
      this.state.stage = 'rejected';
      return;
    }
    this.#reviewedBy = person;
    this.#issuedOf = computation;
    await this.#issue(issued?.statement);
  }

  async verify(record: string): Promise<void> {
    if (this.state.stage !== 'active' || this.state.issued === null) {
      this.state.ignored = [
        ...this.state.ignored,
        { person: '', why: 'no statement is active to be verified' },
      ];
      return;
    }
    await this.#issue(this.state.issued.statement, record);
  }

  async withdraw(person: string, reason: string): Promise<void> {
    await this.#event('withdrawn', person, reason);
    this.state.stage = 'withdrawn';
  }

  async #issue(supersedes: string | undefined, verification?: string): Promise<void> {
    const statement = uuid4();
    const issued = await this.#refusable(() =>
      footprints.issueRequested({
        request: this.#name,
        computation: this.#issuedOf,
        statement,
        issuedAt: new Date(Date.now()).toISOString(),
        revision: (this.state.issued?.revision ?? 0) + 1,
        preparedBy: this.#preparedBy,
        reviewedBy: this.#reviewedBy,
        ...(supersedes !== undefined && { supersedes }),
        ...(verification !== undefined && { verification }),
      }),
    );
    if (issued === undefined) return;
    if (supersedes !== undefined) {
      await this.#event('superseded', '', `replaced by ${issued.statement}`);
      this.state.superseded = [...this.state.superseded, supersedes];
    }
    this.state.issued = issued;
    await this.#event('published', this.#reviewedBy, issued.kind);
    this.state.stage = 'active';
  }

  /** A refusal is a state of the request; a fault of the machine fails it. */
  async #refusable<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await run();
      this.state.refused = null;
      return done;
    } catch (error) {
      const failure = error instanceof ActivityFailure ? error.cause : error;
      if (!(failure instanceof ApplicationFailure) || !failure.nonRetryable) throw error;
      this.state.refused = { code: failure.type ?? '', message: failure.message };
      if (this.state.issued === null) this.state.stage = 'refused';
      return undefined;
    }
  }

  #event(
    event: 'reviewed' | 'rejected' | 'published' | 'superseded' | 'withdrawn' | 'expired' | 'logged',
    person: string,
    detail: string,
  ): Promise<string> {
    const statement = this.state.issued?.statement ?? this.state.computed?.computation ?? '';
    return footprints.recordFootprintEvent({ request: this.#name, statement, event, person, detail });
  }
}
