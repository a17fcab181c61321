/**
 * Wh-granular claims inside cancelled certificates: ranges of one certificate never overlap, and
 * the claims of a data centre in an interval never exceed its metered use (C6, C7).
 */

export type ClaimCode =
  | 'ok'
  | 'E_NO_SUCH_GEC'
  | 'E_GEC_NOT_CANCELLED'
  | 'E_NOT_BENEFICIARY'
  | 'E_RANGE'
  | 'E_DOUBLE_CLAIM'
  | 'E_NO_METERED_USE'
  | 'E_CLAIM_EXCEEDS_USE'
  | 'E_NO_SUCH_CLAIM'
  | 'E_METER_BELOW_CLAIMS';

/** `[whFrom, whTo)` of one certificate, for one interval of a data centre. */
export interface ClaimRequest {
  readonly plant: string;
  readonly vintage: string;
  readonly number: number;
  readonly whFrom: number;
  readonly whTo: number;
  readonly dataCenter: string;
  readonly interval: string;
}

/** A claim with the version that made it and, once withdrawn, the version that released it. */
export interface ClaimRecord extends ClaimRequest {
  readonly madeIn: number;
  readonly releasedIn?: number;
}

/** Length of a certificate in Wh. */
const GEC_RANGE_WH = 1_000_000;

export class WhClaims {
  /** Every claim ever made, released ones included; nothing is edited away. */
  readonly #history: ClaimRecord[] = [];
  /** Positions in the history of the standing claims of each certificate. */
  readonly #standing = new Map<string, number[]>();
  readonly #claimedAt = new Map<string, bigint>();
  readonly #usedAt = new Map<string, bigint>();
  #version = 0;

  get history(): readonly ClaimRecord[] {
    return this.#history;
  }

  /** Sum of the standing claims, Wh. */
  get claimedWh(): bigint {
    let total = 0n;
    for (const wh of this.#claimedAt.values()) total += wh;
    return total;
  }

  /** The latest metered use; refused where claims already exceed it. */
  meter(dataCenter: string, interval: string, wh: bigint): ClaimCode {
    const place = placeOf(dataCenter, interval);
    if (wh < (this.#claimedAt.get(place) ?? 0n)) return 'E_METER_BELOW_CLAIMS';
    this.#usedAt.set(place, wh);
    return 'ok';
  }

  /** Claims a range; that the certificate is cancelled for this data centre is the caller's to check. */
  claim(request: ClaimRequest): ClaimCode {
    const { whFrom, whTo } = request;
    if (!(0 <= whFrom && whFrom < whTo && whTo <= GEC_RANGE_WH)) return 'E_RANGE';
    const gec = gecOf(request);
    const standing = this.#standing.get(gec) ?? [];
    const overlaps = standing.some((at) => {
      const other = this.#history[at]!;
      return whFrom < other.whTo && other.whFrom < whTo;
    });
    if (overlaps) return 'E_DOUBLE_CLAIM';
    const place = placeOf(request.dataCenter, request.interval);
    const usedWh = this.#usedAt.get(place);
    if (usedWh === undefined) return 'E_NO_METERED_USE';
    const claimedWh = (this.#claimedAt.get(place) ?? 0n) + BigInt(whTo - whFrom);
    if (claimedWh > usedWh) return 'E_CLAIM_EXCEEDS_USE';
    this.#history.push({ ...request, madeIn: ++this.#version });
    this.#standing.set(gec, [...standing, this.#history.length - 1]);
    this.#claimedAt.set(place, claimedWh);
    return 'ok';
  }

  /** Withdraws exactly the named claim in a new version. */
  release(request: ClaimRequest): ClaimCode {
    const gec = gecOf(request);
    const standing = this.#standing.get(gec) ?? [];
    const position = standing.findIndex((at) => sameClaim(this.#history[at]!, request));
    if (position < 0) return 'E_NO_SUCH_CLAIM';
    const at = standing[position]!;
    this.#history[at] = { ...this.#history[at]!, releasedIn: ++this.#version };
    this.#standing.set(gec, standing.toSpliced(position, 1));
    const place = placeOf(request.dataCenter, request.interval);
    this.#claimedAt.set(place, this.#claimedAt.get(place)! - BigInt(request.whTo - request.whFrom));
    return 'ok';
  }
}

function sameClaim(a: ClaimRequest, b: ClaimRequest): boolean {
  return (
    a.whFrom === b.whFrom && a.whTo === b.whTo && a.dataCenter === b.dataCenter && a.interval === b.interval
  );
}

function gecOf({ plant, vintage, number }: ClaimRequest): string {
  return JSON.stringify([plant, vintage, number]);
}

function placeOf(dataCenter: string, interval: string): string {
  return JSON.stringify([dataCenter, interval]);
}
