/** Which contents of which frames were seen: what tells a repeat from a correction. Bounded; the oldest go first. */

export interface SeenContent {
  readonly hash: string;
  readonly qn: string | undefined;
  readonly revision: number;
  durable: boolean;
  /** Called once the content is durable. */
  readonly waiting: (() => void)[];
}

export type Seen =
  | { readonly kind: 'new'; readonly content: SeenContent }
  | { readonly kind: 'repeat'; readonly content: SeenContent };

/** A content that the store knows of a key. */
export interface KnownContent {
  readonly hash: string;
  readonly qn: string | undefined;
  readonly revision: number;
}

/** Contents of one key that are remembered. */
const MOST_CONTENTS = 16;

export class SeenFrames {
  readonly #keys = new Map<string, SeenContent[]>();
  readonly #maxKeys: number;
  /** Frames about times before this may have been seen without being remembered. */
  sinceMs: number;

  constructor(settings: { readonly maxKeys: number; readonly sinceMs: number }) {
    this.#maxKeys = settings.maxKeys;
    this.sinceMs = settings.sinceMs;
  }

  /** Whether memory alone can tell what this frame is. */
  knows(key: string, dataTimeMs: number): boolean {
    return dataTimeMs >= this.sinceMs || this.#keys.has(key);
  }

  /** Takes over what the store knows of a key. */
  learn(key: string, known: readonly KnownContent[]): void {
    if (this.#keys.has(key) || known.length === 0) return;
    const contents = known.map((content) => ({ ...content, durable: true, waiting: [] }));
    this.#keys.set(key, contents.slice(-MOST_CONTENTS));
  }

  /**
   * The latest content again, or an earlier one under its own QN, is a repeat; else it is the next revision.
   * @param dataTimeMs of the frame, from which forgetting is reckoned
   */
  see(key: string, hash: string, qn: string | undefined, dataTimeMs: number): Seen {
    const contents = this.#keys.get(key) ?? [];
    this.#keys.delete(key);
    this.#keys.set(key, contents);
    const latest = contents.at(-1);
    const same =
      latest?.hash === hash ? latest : contents.find((each) => each.hash === hash && each.qn === qn);
    if (same) return { kind: 'repeat', content: same };
    const content = { hash, qn, revision: latest ? latest.revision + 1 : 0, durable: false, waiting: [] };
    contents.push(content);
    if (contents.length > MOST_CONTENTS) contents.shift();
    this.#forgetOldest(dataTimeMs);
    return { kind: 'new', content };
  }

  get size(): number {
    return this.#keys.size;
  }

  #forgetOldest(dataTimeMs: number): void {
    if (this.#keys.size <= this.#maxKeys) return;
    for (const [key, contents] of this.#keys) {
      // What is not durable yet is waited for by somebody.
      if (contents.some(({ durable }) => !durable)) continue;
      this.#keys.delete(key);
      break;
    }
    this.sinceMs = Math.max(this.sinceMs, dataTimeMs);
  }
}

/** Marks a content as durable and answers those that wait for it. */
export function madeDurable(content: SeenContent): void {
  content.durable = true;
  for (const answer of content.waiting.splice(0)) answer();
}
