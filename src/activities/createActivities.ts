/** All activities of the workflows over given servers: the one place where they meet store, log and clock. */
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import {
  auditOffsetsArguments,
  closeEmissionsArguments,
  closeFacilitiesArguments,
  closeWindowsArguments,
  computeEmissionPeriodArguments,
  computeFacilityDayArguments,
  computeFacilityPeriodArguments,
  computeGridWindowArguments,
  computeStackDayArguments,
  type IngestStretch,
  ingestStretchArguments,
  rebuildWindowsArguments,
  redriveArguments,
} from '../../schemas/control.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import { DEAD_REASONS, type DeadReason } from '../ingest/deadReasons.ts';
import type { DecodePool } from '../ingest/decodePool.ts';
import type { IngestLimits } from '../ingest/limits.ts';
import { redrive } from '../ingest/redrive.ts';
import type { Log } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import { activity } from './activityFault.ts';
import { auditTopic } from './auditTopic.ts';
import { beating } from './beating.ts';
import { findClosableEmissionPeriods, findClosableStackDays } from './closeEmissions.ts';
import { findClosableFacilities } from './closeFacilities.ts';
import { findClosable } from './closeWindows.ts';
import { CODE_VERSION } from './codeVersion.ts';
import { computeEmissionPeriod } from './computeEmissionPeriod.ts';
import { computeFacilityDay } from './computeFacilityDay.ts';
import { computeFacilityPeriod } from './computeFacilityPeriod.ts';
import { computeGridWindow } from './computeGridWindow.ts';
import { computeStackDay } from './computeStackDay.ts';
import { engineActivities } from './engineActivities.ts';
import type { GridFamily } from './gridModel.ts';
import { ingestGroup, runStretch, type StretchProgress } from './ingestStretch.ts';
import type { IssuerPlace } from './issueCredential.ts';
import { rebuildStreamWindows, windowsDifference } from './rebuildWindows.ts';

export interface ActivityDependencies {
  readonly store: Store;
  readonly log: Log;
  /** Consumer group of the deployment; each topic has its own below it. */
  readonly group: string;
  readonly topicPrefix: string;
  readonly contracts: readonly StreamContract[];
  /** Module that exports `streamOf` for the decoding threads, where it is not the project's own. */
  readonly contractsUrl?: string;
  /** Decoding threads that all topics share; each stretch has its own when absent. */
  readonly pool?: DecodePool;
  /** Folder of the background versions. */
  readonly home: string;
  /** In whose name footprints are issued; without it none is. */
  readonly issuer?: IssuerPlace;
  readonly clock: () => number;
  readonly codeVersion?: string;
  readonly limits?: Partial<IngestLimits>;
  /** Factor families of the grid's results; the default set of two when absent. */
  readonly families?: readonly GridFamily[];
  /** Sources of grid readings that count first where several report the same. */
  readonly gridSources?: readonly string[];
}

export type Activities = ReturnType<typeof createActivities>;

/** The activities as the worker registers them; each checks its argument and maps its faults for Temporal. */
export function createActivities(deps: ActivityDependencies) {
  return {
    ...ingestActivities(deps),
    ...windowActivities(deps),
    ...facilityActivities(deps),
    ...emissionActivities(deps),
    ...careActivities(deps),
    ...engineActivities(deps),
  };
}

function ingestActivities(deps: ActivityDependencies) {
  return {
    /** One stretch of a topic's ingest. Cancelled, it settles what it took, leaves the group and returns. */
    ingestStretch: activity(ingestStretchArguments, (args): Promise<IngestStretch> => {
      const context = Context.current();
      const before = context.info.heartbeatDetails as StretchProgress | undefined;
      return runStretch(args, {
        ...deps,
        limits: deps.limits ?? {},
        signal: context.cancellationSignal,
        before: before ?? { messages: 0, rows: 0, refused: 0 },
        report: (progress) => context.heartbeat(progress),
      });
    }),
  };
}

function windowActivities(deps: ActivityDependencies) {
  const { store, clock, codeVersion = CODE_VERSION, families, gridSources } = deps;
  return {
    findClosable: activity(closeWindowsArguments, (args) => findClosable(store, args, clock())),
    computeGridWindow: activity(computeGridWindowArguments, (args) =>
      computeGridWindow(args, {
        store,
        clock,
        codeVersion,
        ...(families && { families }),
        ...(gridSources && { sourceOrder: gridSources }),
        report: (done) => Context.current().heartbeat(done),
      }),
    ),
  };
}

function facilityActivities({ store, clock, codeVersion = CODE_VERSION }: ActivityDependencies) {
  const context = () => ({
    store,
    clock,
    codeVersion,
    report: (done: number) => Context.current().heartbeat(done),
  });
  return {
    findClosableFacilities: activity(closeFacilitiesArguments, (args) =>
      findClosableFacilities(store, args, clock()),
    ),
    computeFacilityDay: activity(computeFacilityDayArguments, (args) => computeFacilityDay(args, context())),
    computeFacilityPeriod: activity(computeFacilityPeriodArguments, (args) =>
      computeFacilityPeriod(args, context()),
    ),
  };
}

function emissionActivities({ store, clock, codeVersion = CODE_VERSION }: ActivityDependencies) {
  const context = () => ({
    store,
    clock,
    codeVersion,
    report: (done: number) => Context.current().heartbeat(done),
  });
  return {
    findClosableStackDays: activity(closeEmissionsArguments, (args) =>
      findClosableStackDays(store, args, clock()),
    ),
    findClosableEmissionPeriods: activity(closeEmissionsArguments, (args) =>
      findClosableEmissionPeriods(store, args, clock()),
    ),
    computeStackDay: activity(computeStackDayArguments, (args) => computeStackDay(args, context())),
    computeEmissionPeriod: activity(computeEmissionPeriodArguments, (args) =>
      computeEmissionPeriod(args, context()),
    ),
  };
}

function careActivities(deps: ActivityDependencies) {
  const { store, log, topicPrefix } = deps;
  const about = (topic: string) => ({
    store,
    log,
    topicPrefix,
    group: ingestGroup(deps.group, topic),
    contract: contractOf(deps, topic),
  });
  return {
    /** Topics of this deployment, all or the named ones. */
    topicsToAudit: activity(auditOffsetsArguments, async ({ topics }) =>
      (topics ?? deps.contracts.map(({ topic }) => topic)).map((topic) => contractOf(deps, topic).topic),
    ),
    auditTopic: activity(rebuildWindowsArguments, ({ topic }) => beating(() => auditTopic(about(topic)))),
    windowsDifference: activity(rebuildWindowsArguments, ({ topic }) =>
      windowsDifference(store, contractOf(deps, topic)),
    ),
    rebuildStreamWindows: activity(rebuildWindowsArguments, ({ topic }) =>
      beating(() => rebuildStreamWindows(about(topic))),
    ),
    /** One page of dead letters, judged by today's contract. */
    redrivePage: activity(
      redriveArguments.pick({ topic: true, reason: true, pageLetters: true }),
      ({ topic, reason, pageLetters }) =>
        beating(() =>
          redrive(store, contractOf(deps, topic), {
            limit: pageLetters,
            ...(reason !== undefined && {
              reason: z.enum(Object.keys(DEAD_REASONS) as DeadReason[]).parse(reason),
            }),
          }),
        ),
    ),
  };
}

function contractOf({ contracts }: ActivityDependencies, topic: string): StreamContract {
  const contract = contracts.find((candidate) => candidate.topic === topic);
  if (!contract) throw new Fault('TL_TOPIC_CONFIG', `no stream has the topic ${topic}`);
  return contract;
}
