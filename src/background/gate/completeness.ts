/** How far a quarantined dataset reaches: who lost an input to the gate, and at how many levels downstream that is felt. */
import type { Assembly } from '../assembly.ts';
import { type Finding, finding } from '../findings.ts';

/** One finding a process that is incomplete: level 1 lost an input itself, level 2 buys from one that did, and so on. */
export function incompleteLevels(assembly: Assembly): Finding[] {
  const { activities, technosphere, links } = assembly;
  const lost = new Set(
    links.filter(({ reason }) => reason !== '' && reason !== 'no_maker').map((l) => l.processId),
  );
  const { columns, start, index, value } = technosphere;
  const users: number[][] = Array.from({ length: columns }, () => []);
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      if (index[p] !== j && value[p] !== 0) users[index[p]!]!.push(j);
    }
  }
  const level = new Int32Array(columns);
  let front = activities.flatMap(({ processId }, at) => (lost.has(processId) ? [at] : []));
  for (let reach = 1; front.length > 0; reach++) {
    const next: number[] = [];
    for (const at of front) {
      if (level[at] !== 0) continue;
      level[at] = reach;
      next.push(...users[at]!);
    }
    front = next;
  }
  const byProcess = new Map<string, number>();
  activities.forEach(({ processId }, at) => {
    const known = byProcess.get(processId);
    if (level[at] !== 0 && (known === undefined || level[at]! < known)) byProcess.set(processId, level[at]!);
  });
  return [...byProcess].map(([processId, levels]) =>
    finding('incomplete', processId, '', 'kept', { levels }),
  );
}
