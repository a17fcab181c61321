/** Answers vectors of certificates, storage certificates and the transparency log in the shape of their `expected`. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  type GecOperation,
  gecVector,
  merkleVector,
  storageCertificateVector,
} from '../../../schemas/documents/certificateVectors.ts';
import { gecRules } from '../../../schemas/reference/settlementRules.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { checkpointBody, keyFromSeed, signNote, verifierKey } from '../checkpoint.ts';
import { type GecCode, GecLedger } from '../gecLedger.ts';
import { consistencyProof, inclusionProof, leafHash, merkleRoot } from '../merkleTree.ts';
import { decodeStatusList, setBits } from '../statusList.ts';
import { StorageCertificates } from '../storageCertificates.ts';
import { entryBundleBytes, tileBytes, tilePath } from '../tlogTiles.ts';

/** Answers one case's input; the name goes into refusals. */
type CaseAnswer = (input: unknown, caseName: string) => unknown;

/** The log of cases that bring no entries of their own. */
const DEFAULT_ENTRIES = Array.from({ length: 256 }, (_, at) => `entry-${at}`);

const answerGec: CaseAnswer = (input, name) => {
  const ledger = new GecLedger(gecRules);
  const results = read(gecVector, input, name).ops.map((operation) => apply(ledger, operation));
  const lots = ledger
    .lots()
    .sort((a, b) => compareBytes(a.plant, b.plant) || compareBytes(a.vintage, b.vintage) || a.from - b.from)
    .map(({ purposeMonth, ...lot }) => ({ ...lot, purpose_month: purposeMonth }));
  return {
    results,
    final: {
      tail_wh: Object.fromEntries(ledger.tails()),
      lots,
      count_by_state: Object.fromEntries(ledger.countByState()),
      claimed_wh: ledger.claims.claimedWh,
    },
  };
};

function apply(ledger: GecLedger, operation: GecOperation): GecCode {
  switch (operation.op) {
    case 'plant':
      return ledger.registerPlant(operation.plant, operation);
    case 'issue':
      return ledger.issue(operation.plant, operation.month, operation.wh);
    case 'transfer':
      return ledger.transfer(operation, operation.to_account);
    case 'cancel':
      return ledger.cancel(operation, {
        beneficiary: operation.beneficiary,
        purposeMonth: operation.purpose_month,
      });
    case 'expire':
      return ledger.expire(operation.month);
    case 'meter':
      return ledger.meter(operation.dc, operation.interval, operation.wh);
    case 'claim':
      return ledger.claim(claimOf(operation));
    case 'release':
      return ledger.release(claimOf(operation));
  }
}

function claimOf(operation: Extract<GecOperation, { op: 'claim' | 'release' }>) {
  const { plant, vintage, number, wh_from, wh_to, dc, interval } = operation;
  return { plant, vintage, number, whFrom: wh_from, whTo: wh_to, dataCenter: dc, interval };
}

const answerStorageCertificates: CaseAnswer = (input, name) => {
  const { order, round_trip_ppm, ops } = read(storageCertificateVector, input, name);
  const storage = new StorageCertificates({ order, roundTripPpm: round_trip_ppm });
  const results = ops.map((operation) =>
    operation.op === 'charge'
      ? storage.charge({ ...operation, greenClaim: operation.green_claim })
      : storage.discharge(operation),
  );
  return {
    results,
    certificates: storage.certificates.map(({ lossWh, ...certificate }) => ({
      ...certificate,
      loss_wh: lossWh,
    })),
    charge_left_wh: Object.fromEntries(storage.chargeLeft()),
  };
};

const answerMerkle: CaseAnswer = (input, name) => {
  const vector = read(merkleVector, input, name);
  if ('encodedList' in vector) {
    const bits = decodeStatusList(vector.encodedList);
    return { length: bits.length * 8, set: setBits(bits) };
  }
  if ('tiles' in vector) return vector.tiles.map((tile) => tilePath(...tile));
  if ('entries' in vector) return name.startsWith('tile') ? tiles(vector.entries) : roots(vector.entries);
  const leaves = leavesOf(DEFAULT_ENTRIES);
  if ('pairs' in vector) {
    const prove = name.startsWith('consistency') ? consistencyProof : inclusionProof;
    return vector.pairs.map(([a, b]) => prove(leaves, a, b).map(hex));
  }
  const body = checkpointBody(vector.origin, vector.size, merkleRoot(leaves, vector.size));
  if (!('seed_hex' in vector)) return body;
  const key = keyFromSeed(Buffer.from(vector.seed_hex, 'hex'));
  return { verifier_key: verifierKey(vector.origin, key), note: signNote(body, vector.origin, key) };
};

function roots(entries: readonly string[]) {
  const leaves = leavesOf(entries);
  return {
    roots: Array.from({ length: leaves.length + 1 }, (_, size) => hex(merkleRoot(leaves, size))),
    leaf_hash_of_empty: hex(leafHash(new Uint8Array())),
  };
}

function tiles(entries: readonly string[]) {
  const width = String(entries.length).padStart(2, '0');
  const tile = createHash('sha256')
    .update(tileBytes(leavesOf(entries)))
    .digest('hex');
  const bundle = hex(entryBundleBytes(entries.map((entry) => Buffer.from(entry))));
  return { [`tile_0_000_p${width}_sha256`]: tile, [`entries_000_p${width}_hex`]: bundle };
}

function leavesOf(entries: readonly string[]): Uint8Array[] {
  return entries.map((entry) => leafHash(Buffer.from(entry)));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function read<S extends z.ZodType>(schema: S, input: unknown, caseName: string): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal(`not in the form of a vector: ${issue?.message}`, {
    code: 'TL_VECTORS_FORM',
    place: `case ${caseName}, input ${issue?.path.join('.')}`,
  });
}

export const certificateSuites: ReadonlyMap<string, CaseAnswer> = new Map([
  ['gec', answerGec],
  ['merkle', answerMerkle],
  ['storage_certificates', answerStorageCertificates],
]);
