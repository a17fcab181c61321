import { describe, expect, it } from 'vitest';
import { EVIDENCE, recomputeStatementEvidence } from '../../src/activities/recomputeEvidence.ts';
import { greenUseClaim } from '../../src/certificates/credentials/attestations.ts';
import { evidencePath } from '../../src/certificates/credentials/bundle.ts';
import { toJson } from '../../src/cli/run.ts';
import { settleMonth } from '../../src/settlement/monthSettlement.ts';
import { randomMonth } from '../settlement/randomMonth.ts';

const [statement] = settleMonth(randomMonth(7)).statements;
const text = toJson(statement);
const recompute = (json: string) =>
  recomputeStatementEvidence(
    new Map([[evidencePath(EVIDENCE.statement), Buffer.from(json)]]),
    undefined as never,
  );

describe("a statement's figures", () => {
  it('follow from its lines', () => {
    expect(recompute(text)).toMatchObject({ outcome: 'holds' });
  });

  it.each(['amountFen', 'wh', 'priceMilliYuanPerMwh', 'dataCenterPaysFen'])(
    'do not with another %s',
    (field) => {
      const wrong = text.replace(
        new RegExp(`"${field}":(-?)(\\d+)`),
        (_all, sign, digits) => `"${field}":${sign}9${digits}`,
      );
      expect(wrong).not.toBe(text);
      expect(recompute(wrong)).toMatchObject({ outcome: 'fails' });
    },
  );

  it('are not claimed while readings are missing', () => {
    expect(() => greenUseClaim({ ...statement!, status: 'open' }, 'id', '2026-03-01', [])).toThrow(
      expect.objectContaining({ code: 'E_STATEMENT_OPEN' }),
    );
    const { attestation } = greenUseClaim({ ...statement!, status: 'complete' }, 'id', '2026-03-01', []);
    const figures = attestation.assessment[0]!.declaredValue.map(({ metricValue }) => metricValue.value);
    expect(figures).toContain(String(statement!.useWh));
  });
});
