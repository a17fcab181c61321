/**
 * Works off the tasks of the exchange. An answer is first written down as the event that goes out, under a name that
 * follows from the request, and only then sent; so a stop at any point leads to the same event again and never to a
 * second answer. What fails is tried again with doubling pauses, and given up 72 h after it came.
 */
import {
  type CloudEvent,
  cloudEvent,
  fulfilledData,
  publishedData,
  rejectedData,
} from '../../schemas/documents/pactFields.ts';
import { type FootprintV2, footprintV2, requestDataV2 } from '../../schemas/documents/pactV2.ts';
import { type FootprintV3, footprintV3, requestDataV3 } from '../../schemas/documents/pactV3.ts';
import { canonicalSha256 } from '../activities/lineage.ts';
import {
  addTask,
  dueTasks,
  type ExchangeTask,
  type OpenTask,
  recordAttempt,
} from '../store/exchangeTasks.ts';
import type { Store } from '../store/port.ts';
import { footprintShelf } from '../store/publishedFootprints.ts';
import { keepSupplierFootprint } from '../store/supplierFootprints.ts';
import { type ApiVersion, EVENT_TYPES, nameOf } from './eventTypes.ts';
import { filtersOf, matchesV3 } from './pact/filters.ts';
import { matchesFragment } from './pact/odata.ts';
import { type PartnerClient, partnerClient } from './partnerClient.ts';
import { type Partner, type Partners, partnerOfCompany } from './partners.ts';
import { type Forms, formsV2, formsV3 } from './sharedForms.ts';

const GIVEN_UP_AFTER_MS = 72 * 3_600_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;
const POLL_MS = 2_000;
const TASKS_AT_ONCE = 200;

export interface ExchangeWorkOptions {
  readonly store: Store;
  readonly partners: Partners;
  /** Our own address, the source of what we send. */
  readonly url: string;
  readonly clock: () => number;
  readonly report?: (line: string) => void;
}

export interface ExchangeWork {
  /** Looks for work at once. */
  wake(): void;
  /** One pass over everything that is due; the number of tasks tried. */
  pass(): Promise<number>;
  stop(): Promise<void>;
}

/** A task that no other attempt can help. */
class Hopeless extends Error {}

export function startExchangeWork(options: ExchangeWorkOptions): ExchangeWork {
  const { store, clock, report = () => undefined } = options;
  const handle = handlerOf(options);
  let stopped = false;
  let running: Promise<number> | undefined;
  let again = false;

  const pass = async (): Promise<number> => {
    const tasks = await dueTasks(store, new Date(clock()).toISOString(), TASKS_AT_ONCE);
    // A partner that does not answer holds up nobody but itself.
    const byPartner = Map.groupBy(tasks, ({ partner }) => partner);
    await Promise.all(
      [...byPartner.values()].map(async (own) => {
        for (const task of own) if (!stopped) await attempt(store, task, handle, clock, report);
      }),
    );
    return tasks.length;
  };
  /** One pass at a time: two would send the same. */
  const runPass = (): Promise<number> => {
    running ??= pass().finally(() => {
      running = undefined;
      if (again && !stopped) {
        again = false;
        runQuietly();
      }
    });
    return running;
  };
  const runQuietly = () => {
    runPass().catch((error: Error) => report(`exchange: ${error.message}`));
  };
  const wake = () => {
    if (running) again = true;
    else runQuietly();
  };
  const timer = setInterval(wake, POLL_MS);
  return {
    wake,
    pass: runPass,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running?.catch(() => undefined);
    },
  };
}

interface AllForms {
  readonly v2: Forms<FootprintV2>;
  readonly v3: Forms<FootprintV3>;
}

type Handler = (task: ExchangeTask) => Promise<string>;

async function attempt(
  store: Store,
  task: OpenTask,
  handle: Handler,
  clock: () => number,
  report: (line: string) => void,
): Promise<void> {
  const number = task.attempts + 1;
  const record = (outcome: 'done' | 'failed' | 'dead', detail: string, nextMs: number) =>
    recordAttempt(store, {
      task: task.id,
      attempt: number,
      outcome,
      at: new Date(clock()).toISOString(),
      nextAt: new Date(nextMs).toISOString(),
      detail,
    });
  try {
    const detail = await handle(task);
    await record('done', detail, clock());
  } catch (error) {
    const now = clock();
    const endMs = Date.parse(task.created) + GIVEN_UP_AFTER_MS;
    const dead = error instanceof Hopeless || now >= endMs;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(task.attempts, 30), LONGEST_PAUSE_MS);
    const { message } = error as Error;
    if (dead) report(`exchange: ${task.kind} for ${task.partner} is given up: ${message}`);
    await record(dead ? 'dead' : 'failed', message.slice(0, 1_000), Math.min(now + pause, endMs));
  }
}

function handlerOf(options: ExchangeWorkOptions): Handler {
  const { store, partners, clock } = options;
  const clients = new Map<string, PartnerClient>();
  const clientOf = (partner: Partner): PartnerClient => {
    if (!partner.server) throw new Error(`${partner.company} has no server in the file of partners`);
    const client = clients.get(partner.company) ?? partnerClient(partner.server, clock);
    clients.set(partner.company, client);
    return client;
  };
  const shelf = footprintShelf(store);
  const forms = { v2: formsV2(shelf), v3: formsV3(shelf) };
  const answer = answerer(options, forms);
  const announce = announcer(options, forms);
  return async (task) => {
    const partner = partnerOfCompany(partners, task.partner);
    if (!partner) throw new Error(`${task.partner} is not in the file of partners`);
    switch (task.kind) {
      case 'announce':
        return announce(task, partner);
      case 'answer':
        return answer(task, partner);
      case 'send': {
        await clientOf(partner).postEvent(
          cloudEvent.parse(JSON.parse(task.body)),
          task.version as ApiVersion,
        );
        return 'taken by the partner';
      }
      case 'fetch': {
        const version = task.version as ApiVersion;
        const document = await clientOf(partner).footprint(task.body, version);
        // The id that was announced is the one that is kept.
        if (document.id !== task.body)
          throw new Hopeless(`asked for ${task.body}, got ${String(document.id)}`);
        await keep(store, partner, version, document, clock());
        return 'kept';
      }
      case 'keep':
        return keepAnswer(store, task, partner, clock());
    }
  };
}

/** Writes the event that goes out, once. */
async function send(
  { store, url, clock }: ExchangeWorkOptions,
  task: ExchangeTask,
  version: ApiVersion,
  type: string,
  data: Record<string, unknown>,
): Promise<string> {
  const now = new Date(clock()).toISOString();
  const id = nameOf('send', task.id);
  const event: CloudEvent = { type, specversion: '1.0', id, source: url, time: now, data };
  const body = JSON.stringify(event);
  await addTask(store, { id, kind: 'send', partner: task.partner, version, created: now, body });
  return `to be sent as ${id}`;
}

/** Only what the partner can read in the version that it speaks. */
function announcer(options: ExchangeWorkOptions, { v2, v3 }: AllForms) {
  return async (task: ExchangeTask, { company, server }: Partner): Promise<string> => {
    if (!server) return 'the partner has no server to be told';
    const { version } = server;
    const { pfIds } = publishedData.parse(JSON.parse(task.body));
    const asOf = new Date(options.clock()).toISOString();
    const forms: Forms<unknown> = version === '3' ? v3 : v2;
    const documents = await Promise.all(pfIds.map((id) => forms.find(company, id, asOf)));
    const readable = pfIds.filter((_id, at) => documents[at] !== undefined);
    if (readable.length === 0) return `version ${version} has no form of it`;
    return send(options, task, version, EVENT_TYPES[version].published, { pfIds: readable });
  };
}

function answerer(options: ExchangeWorkOptions, { v2, v3 }: AllForms) {
  const { clock } = options;
  return async (task: ExchangeTask, partner: Partner): Promise<string> => {
    const event = cloudEvent.parse(JSON.parse(task.body));
    refuseForeignSource(event.source, partner);
    const version = task.version as ApiVersion;
    const asOf = new Date(clock()).toISOString();
    const pfs =
      version === '3'
        ? await v3.list(partner.company, asOf).then((all) => {
            const filters = filtersOf(requestDataV3.parse(event.data));
            return all.filter((document) => matchesV3(document, filters));
          })
        : await v2.list(partner.company, asOf).then((all) => {
            const { pf } = requestDataV2.parse(event.data);
            return all.filter((document) => matchesFragment(document, pf));
          });
    const types = EVENT_TYPES[version];
    const requestEventId = event.id;
    if (pfs.length > 0) return send(options, task, version, types.fulfilled, { requestEventId, pfs });
    const error = {
      code: 'NotFound',
      message: 'no footprint that is shared with you agrees with the request',
    };
    return send(options, task, version, types.rejected, { requestEventId, error });
  };
}

/** An answer goes to the host that asked, with the credentials for it: never from one partner's token to another's host. */
function refuseForeignSource(source: string, { company, server }: Partner): void {
  const host = /^(?:https:)?\/\/([^/?#]+)/i.exec(source)?.[1] ?? source.split('/')[0] ?? '';
  const own = server && new URL(server.url).host;
  if (own !== undefined && host.toLowerCase() === own.toLowerCase()) return;
  throw new Error(`no credentials of ${company} are known for the source ${source}`);
}

async function keepAnswer(store: Store, task: ExchangeTask, partner: Partner, now: number): Promise<string> {
  const event = cloudEvent.parse(JSON.parse(task.body));
  const rejected = rejectedData.safeParse(event.data);
  if (rejected.success) {
    const { requestEventId, error } = rejected.data;
    return `${requestEventId} was rejected: ${error.code} ${error.message}`;
  }
  const { requestEventId, pfs } = fulfilledData.parse(event.data);
  for (const pf of pfs) await keep(store, partner, task.version as ApiVersion, pf, now);
  return `${requestEventId} was fulfilled: ${pfs.length}`;
}

async function keep(
  store: Store,
  { company }: Partner,
  version: ApiVersion,
  document: Record<string, unknown>,
  now: number,
): Promise<void> {
  const parsed = (version === '3' ? footprintV3 : footprintV2).safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Hopeless(`no footprint of PACT ${version}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  await keepSupplierFootprint(store, {
    partner: company,
    id: parsed.data.id,
    version,
    sha256: canonicalSha256(document),
    received: new Date(now).toISOString(),
    document: JSON.stringify(document),
  });
}
