/** Types of the events by version, and names that make an event count once. */
import { createHash } from 'node:crypto';

export type ApiVersion = '2' | '3';

export const EVENT_TYPES = {
  '3': {
    created: 'org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3',
    fulfilled: 'org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3',
    rejected: 'org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3',
    published: 'org.wbcsd.pact.ProductFootprint.PublishedEvent.3',
  },
  '2': {
    created: 'org.wbcsd.pathfinder.ProductFootprintRequest.Created.v1',
    fulfilled: 'org.wbcsd.pathfinder.ProductFootprintRequest.Fulfilled.v1',
    rejected: 'org.wbcsd.pathfinder.ProductFootprintRequest.Rejected.v1',
    published: 'org.wbcsd.pathfinder.ProductFootprint.Published.v1',
  },
} as const;

/** A UUID that follows from the parts: whoever comes to it again, after a stop too, comes to the same. */
export function nameOf(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
