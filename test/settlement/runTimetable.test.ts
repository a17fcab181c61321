import { describe, expect, it } from 'vitest';
import { RUN_TYPES } from '../../schemas/reference/settlementTimetable.ts';
import { plannedRuns } from '../../src/settlement/runTimetable.ts';

describe('the timetable of a settlement month', () => {
  it('counts working days of Shanghai, over holidays and worked weekends', () => {
    // April 2026: 1, 2, 3 are worked, 4 to 6 are Qingming, 7 is the fourth working day, 8 the fifth.
    const [pre, monthly] = plannedRuns('2026-03');
    expect(pre).toMatchObject({ runType: 'PRE', dueAt: '2026-04-03T01:00:00Z' });
    // One working day to object: the 7th, to its last instant.
    expect(pre?.objectionsUntil).toBe('2026-04-07T16:00:00Z');
    expect(monthly).toMatchObject({
      runType: 'S1',
      dueAt: '2026-04-08T01:00:00Z',
      objectionsUntil: '2026-04-09T16:00:00Z',
    });
  });

  it('plans every type in its order, the final one alone closing', () => {
    const runs = plannedRuns('2026-12');
    expect(runs.map(({ runType }) => runType)).toEqual([...RUN_TYPES]);
    expect(runs.map(({ dueAt }) => dueAt)).toEqual(runs.map(({ dueAt }) => dueAt).toSorted());
    expect(runs.filter(({ closes }) => closes).map(({ runType }) => runType)).toEqual(['RF']);
    expect(runs.every(({ dueAt, objectionsUntil }) => dueAt < objectionsUntil)).toBe(true);
  });

  it('refuses what is not a month', () => {
    expect(() => plannedRuns('2026-13')).toThrow(expect.objectContaining({ code: 'E_PERIOD' }));
  });
});
