/**
 * A part with loops as an order of its activities and the few of them, the feedback set 反馈集, whose scores somebody
 * needs before they are known. With their scores given, one pass through the order (a sweep) gives all others exactly,
 * so that only the feedback set has to be solved for.
 */
import type { ScaledSystem } from './scaledSystem.ts';

export interface FeedbackForm {
  readonly size: number;
  /** By place in the order: member number. */
  readonly order: Int32Array;
  /** By place: the places it depends on inside the part, and where each value stands in `dependencies.value`. */
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly origin: Int32Array;
  readonly value: Float64Array;
  /** Places that another place before or at theirs depends on, ascending. */
  readonly feedback: Int32Array;
  /** What lies between the feedback set and itself: all that a sweep without right-hand side has to visit. */
  readonly between: SweptRows;
}

export interface SweptRows {
  /** Places, ascending. */
  readonly rows: Int32Array;
  readonly start: Int32Array;
  readonly index: Int32Array;
  /** Position of each entry in `value`. */
  readonly entry: Int32Array;
}

/**
 * Suppliers before users as far as loops allow: the order in which a depth-first search leaves the activities.
 * @param members activities of one strongly connected part
 * @param place work space of `n` entries, all −1; left as it was
 */
export function feedbackForm(
  { dependencies }: ScaledSystem,
  members: Int32Array,
  place: Int32Array,
): FeedbackForm {
  const size = members.length;
  for (let m = 0; m < size; m++) place[members[m]!] = m;
  const order = leavingOrder(dependencies, members, place);
  const placeOf = new Int32Array(size);
  for (let k = 0; k < size; k++) placeOf[order[k]!] = k;

  const start = new Int32Array(size + 1);
  let most = 0;
  for (const activity of members) most += dependencies.start[activity + 1]! - dependencies.start[activity]!;
  const index = new Int32Array(most);
  const origin = new Int32Array(most);
  let entries = 0;
  const needed = new Uint8Array(size);
  for (let k = 0; k < size; k++) {
    const activity = members[order[k]!]!;
    for (let p = dependencies.start[activity]!; p < dependencies.start[activity + 1]!; p++) {
      const member = place[dependencies.index[p]!]!;
      if (member < 0) continue;
      const at = placeOf[member]!;
      index[entries] = at;
      origin[entries++] = p;
      if (at >= k) needed[at] = 1;
    }
    start[k + 1] = entries;
  }
  for (let m = 0; m < size; m++) place[members[m]!] = -1;
  return {
    size,
    order,
    start,
    index: index.subarray(0, entries),
    origin: origin.subarray(0, entries),
    value: valuesAt(dependencies.value, origin.subarray(0, entries)),
    feedback: placesWhere(needed),
    between: betweenFeedback(start, index, needed),
  };
}

/** Places that depend on the feedback set and that it depends on, with the entries among them. */
function betweenFeedback(start: Int32Array, index: Int32Array, feedback: Uint8Array): SweptRows {
  const size = start.length - 1;
  const depends = feedback.slice();
  for (let k = 0; k < size; k++) {
    for (let p = start[k]!; p < start[k + 1]! && !depends[k]; p++) depends[k] = depends[index[p]!]!;
  }
  const supplies = feedback.slice();
  for (let k = size - 1; k >= 0; k--) {
    if (!supplies[k]) continue;
    for (let p = start[k]!; p < start[k + 1]!; p++) supplies[index[p]!] = 1;
  }
  const rows = placesWhere(depends.map((on, k) => on & supplies[k]!));
  const offsets = new Int32Array(rows.length + 1);
  const places = new Int32Array(start[size]!);
  const entries = new Int32Array(start[size]!);
  let count = 0;
  for (let r = 0; r < rows.length; r++) {
    for (let p = start[rows[r]!]!; p < start[rows[r]! + 1]!; p++) {
      if (!depends[index[p]!]) continue;
      places[count] = index[p]!;
      entries[count++] = p;
    }
    offsets[r + 1] = count;
  }
  return { rows, start: offsets, index: places.subarray(0, count), entry: entries.subarray(0, count) };
}

function valuesAt(value: Float64Array, origin: Int32Array): Float64Array {
  const out = new Float64Array(origin.length);
  for (let p = 0; p < origin.length; p++) out[p] = value[origin[p]!]!;
  return out;
}

function placesWhere(marked: Uint8Array): Int32Array {
  const out = new Int32Array(marked.length);
  let count = 0;
  for (let k = 0; k < marked.length; k++) if (marked[k]) out[count++] = k;
  return out.slice(0, count);
}

function leavingOrder(
  { start, index }: ScaledSystem['dependencies'],
  members: Int32Array,
  place: Int32Array,
): Int32Array {
  const size = members.length;
  const order = new Int32Array(size);
  const seen = new Uint8Array(size);
  const next = new Int32Array(size);
  for (let m = 0; m < size; m++) next[m] = start[members[m]!]!;
  const path = new Int32Array(size);
  let left = 0;
  for (let root = 0; root < size; root++) {
    if (seen[root]) continue;
    let depth = 0;
    path[0] = root;
    seen[root] = 1;
    while (depth >= 0) {
      const member = path[depth]!;
      const end = start[members[member]! + 1]!;
      let supplier = -1;
      while (supplier < 0 && next[member]! < end) {
        const candidate = place[index[next[member]!++]!]!;
        if (candidate >= 0 && !seen[candidate]) supplier = candidate;
      }
      if (supplier >= 0) {
        seen[supplier] = 1;
        path[++depth] = supplier;
      } else {
        order[left++] = member;
        depth--;
      }
    }
  }
  return order;
}

/**
 * One pass: every place takes its right-hand side and what it depends on, those behind it as they stand. Five columns
 * are walked together, other widths one at a time, each always in the same order of summation.
 * @param scores,rightHandSides size × width, by place
 */
export function sweep(
  form: FeedbackForm,
  value: Float64Array,
  scores: Float64Array,
  rightHandSides: Float64Array,
  width: number,
): void {
  if (width === FIVE) sweepFive(form, value, scores, rightHandSides);
  else for (let c = 0; c < width; c++) sweepOne(form, value, scores, rightHandSides, c, width);
}

const FIVE = 5;

function sweepOne(
  { size, start, index }: FeedbackForm,
  value: Float64Array,
  scores: Float64Array,
  rightHandSides: Float64Array,
  column: number,
  width: number,
): void {
  for (let k = 0, p = 0; k < size; k++) {
    const own = k * width + column;
    let sum = rightHandSides[own]!;
    for (const end = start[k + 1]!; p < end; p++) sum += value[p]! * scores[index[p]! * width + column]!;
    scores[own] = sum;
  }
}

function sweepFive(
  { size, start, index }: FeedbackForm,
  value: Float64Array,
  scores: Float64Array,
  rightHandSides: Float64Array,
): void {
  for (let k = 0, p = 0; k < size; k++) {
    const own = k * FIVE;
    let a = rightHandSides[own]!;
    let b = rightHandSides[own + 1]!;
    let c = rightHandSides[own + 2]!;
    let d = rightHandSides[own + 3]!;
    let e = rightHandSides[own + 4]!;
    for (const end = start[k + 1]!; p < end; p++) {
      const share = value[p]!;
      const at = index[p]! * FIVE;
      a += share * scores[at]!;
      b += share * scores[at + 1]!;
      c += share * scores[at + 2]!;
      d += share * scores[at + 3]!;
      e += share * scores[at + 4]!;
    }
    scores[own] = a;
    scores[own + 1] = b;
    scores[own + 2] = c;
    scores[own + 3] = d;
    scores[own + 4] = e;
  }
}

/**
 * One pass without right-hand side between the feedback set and itself: places that supply it without depending on it
 * are 0 and must stand so, places that only depend on it are left as they are.
 * @param value entries of `between`
 */
export function sweepBetween(
  { rows, start, index }: SweptRows,
  value: Float64Array,
  scores: Float64Array,
  width: number,
): void {
  if (width === FIVE) {
    for (let r = 0, p = 0; r < rows.length; r++) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      let e = 0;
      for (const end = start[r + 1]!; p < end; p++) {
        const share = value[p]!;
        const at = index[p]! * FIVE;
        a += share * scores[at]!;
        b += share * scores[at + 1]!;
        c += share * scores[at + 2]!;
        d += share * scores[at + 3]!;
        e += share * scores[at + 4]!;
      }
      const own = rows[r]! * FIVE;
      scores[own] = a;
      scores[own + 1] = b;
      scores[own + 2] = c;
      scores[own + 3] = d;
      scores[own + 4] = e;
    }
    return;
  }
  for (let column = 0; column < width; column++) {
    for (let r = 0, p = 0; r < rows.length; r++) {
      let sum = 0;
      for (const end = start[r + 1]!; p < end; p++) sum += value[p]! * scores[index[p]! * width + column]!;
      scores[rows[r]! * width + column] = sum;
    }
  }
}
