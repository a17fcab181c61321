/** How many connections each address has, and which addresses only cost and never sent a good frame. */

export interface AddressLimits {
  readonly maxConnections: number;
  readonly maxPerAddress: number;
}

/** Connections of an address that were closed for abuse before it is shut out, and for how long. */
const STRIKES = 5;
const SHUT_OUT_MS = 10 * 60_000;
const MOST_STRUCK = 10_000;

export type Admission = 'admitted' | 'too_many' | 'too_many_of_address' | 'shut_out';

export class AddressBook {
  readonly #limits: AddressLimits;
  readonly #open = new Map<string, number>();
  /** Connections of known devices by address: such an address is never shut out, others may stand behind it. */
  readonly #known = new Map<string, number>();
  readonly #struck = new Map<string, { strikes: number; untilMs: number }>();
  #total = 0;

  constructor(limits: AddressLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  admit(address: string, nowMs: number): Admission {
    const struck = this.#struck.get(address);
    if (struck && struck.untilMs <= nowMs) this.#struck.delete(address);
    else if (struck && struck.strikes >= STRIKES && !this.#known.has(address)) return 'shut_out';
    if (this.#total >= this.#limits.maxConnections) return 'too_many';
    const open = this.#open.get(address) ?? 0;
    if (open >= this.#limits.maxPerAddress) return 'too_many_of_address';
    this.#open.set(address, open + 1);
    this.#total++;
    return 'admitted';
  }

  /** A connection of this address has sent a frame of a registered device. */
  identify(address: string): void {
    this.#known.set(address, (this.#known.get(address) ?? 0) + 1);
  }

  leave(address: string, how: { identified: boolean }): void {
    this.#total--;
    decrease(this.#open, address);
    if (how.identified) decrease(this.#known, address);
  }

  /** A connection of this address was closed for abuse. */
  strike(address: string, nowMs: number): void {
    const strikes = (this.#struck.get(address)?.strikes ?? 0) + 1;
    this.#struck.delete(address);
    this.#struck.set(address, { strikes, untilMs: nowMs + SHUT_OUT_MS });
    if (this.#struck.size > MOST_STRUCK) this.#struck.delete(this.#struck.keys().next().value!);
  }
}

function decrease(counts: Map<string, number>, address: string): void {
  const left = (counts.get(address) ?? 1) - 1;
  if (left > 0) counts.set(address, left);
  else counts.delete(address);
}
