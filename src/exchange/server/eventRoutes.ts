/** Events that partners send. What is accepted is on disk before the answer, and is worked on afterwards. */
import type { z } from 'zod';
import {
  type CloudEvent,
  cloudEvent,
  fulfilledData,
  publishedData,
  rejectedData,
} from '../../../schemas/documents/pactFields.ts';
import { footprintV2, requestDataV2 } from '../../../schemas/documents/pactV2.ts';
import { footprintV3, requestDataV3 } from '../../../schemas/documents/pactV3.ts';
import { addTask, type TaskKind } from '../../store/exchangeTasks.ts';
import { type ApiVersion, EVENT_TYPES, nameOf } from '../eventTypes.ts';
import { ExchangeProblem } from '../exchangeProblem.ts';
import { filtersOf } from '../pact/filters.ts';
import type { ExchangeContext, ExchangeServer } from './exchangeServer.ts';

const MOST_IDS = 10_000;

interface Work {
  readonly kind: TaskKind;
  readonly body: string;
  /** Beside partner, source and id of the event: tells its parts apart. */
  readonly part: string;
}

export function eventRoutes(app: ExchangeServer, context: ExchangeContext): void {
  for (const version of ['3', '2'] as const) {
    app.post(`/${version}/events`, async (request, reply) => {
      const event = eventOf(request.headers['content-type'], request.body);
      const partner = request.partner!.company;
      const created = new Date(context.clock()).toISOString();
      for (const { kind, body, part } of workOf(event, version)) {
        const id = nameOf('event', partner, event.source, event.id, part);
        await addTask(context.store, { id, kind, partner, version, created, body });
      }
      context.wake();
      return reply.code(200).send();
    });
  }
}

function eventOf(contentType: string | undefined, body: unknown): CloudEvent {
  if (!/^application\/(cloudevents\+)?json\s*(;|$)/i.test(contentType ?? ''))
    throw new ExchangeProblem('BadRequest', 'the body is application/cloudevents+json');
  let document: unknown;
  try {
    document = JSON.parse(String(body));
  } catch {
    throw new ExchangeProblem('BadRequest', 'the body is no JSON');
  }
  return checked(cloudEvent, document, 'the event');
}

/** @throws ExchangeProblem BadRequest for data that its type does not allow, NotImplemented for a type that is not ours */
function workOf(event: CloudEvent, version: ApiVersion): Work[] {
  const types = EVENT_TYPES[version];
  const whole = JSON.stringify(event);
  switch (event.type) {
    case types.created:
      if (version === '3') filtersOf(checked(requestDataV3, event.data, 'data'));
      else checked(requestDataV2, event.data, 'data');
      return [{ kind: 'answer', body: whole, part: '' }];
    case types.published: {
      const { pfIds } = checked(publishedData, event.data, 'data');
      if (pfIds.length > MOST_IDS)
        throw new ExchangeProblem('BadRequest', `data.pfIds has more than ${MOST_IDS} entries`);
      return pfIds.map((id) => ({ kind: 'fetch', body: id.toLowerCase(), part: id.toLowerCase() }));
    }
    case types.fulfilled: {
      const { pfs } = checked(fulfilledData, event.data, 'data');
      for (const [at, pf] of pfs.entries())
        checked<unknown>(version === '3' ? footprintV3 : footprintV2, pf, `data.pfs.${at}`);
      return [{ kind: 'keep', body: whole, part: '' }];
    }
    case types.rejected:
      checked(rejectedData, event.data, 'data');
      return [{ kind: 'keep', body: whole, part: '' }];
    default:
      throw new ExchangeProblem('NotImplemented', `events of the type ${event.type} are not taken here`);
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExchangeProblem(
    'BadRequest',
    `${[place, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not right'}`,
  );
}
