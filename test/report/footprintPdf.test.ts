/** A footprint issued: two statements and two studies as PDF in the bundle, and every check of it holds. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { footprintStatement } from '../../schemas/documents/footprintStatement.ts';
import { issueFootprint } from '../../src/activities/issueFootprint.ts';
import { recomputeFootprintEvidence } from '../../src/activities/recomputeEvidence.ts';
import { evidencePath, packBundle, unpackBundle } from '../../src/certificates/credentials/bundle.ts';
import { verifyBundle } from '../../src/certificates/credentials/verify.ts';
import { computeFootprint } from '../../src/footprint/computeFootprint.ts';
import { extractProducts } from '../../src/footprint/productExtract.ts';
import { statementOf } from '../../src/footprint/statement.ts';
import { cjkFont } from '../../src/report/cjkFont.ts';
import { statementPdf } from '../../src/report/footprintPdf.ts';
import { panInput, smallCatalogue } from '../footprint/smallProduct.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const catalogue = smallCatalogue();
const input = panInput({
  company: '示例厨具 Example Pans',
  product: { id: 'pan', name: '平底锅 Pan', productIds: ['urn:example:pan'] },
  electricity: [
    {
      name: '冲压 press',
      energyKwh: 1000,
      factor: { kind: 'official', family: 'cn_lifecycle', zone: 'CN', year: 2024 },
    },
  ],
});
const computed = {
  input,
  footprint: computeFootprint(input, catalogue),
  products: extractProducts(input, catalogue),
};
const font = cjkFont();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-statement-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const place = () => ({
  folder: join(folder, 'identity'),
  domain: 'tanliu.example.org',
  name: 'Tanliu Example',
});
const failing = async (bundle: Uint8Array) =>
  (
    await verifyBundle(unpackBundle(bundle, 'b.zip'), {
      name: 'b.zip',
      at: NOW,
      recomputations: [recomputeFootprintEvidence],
    })
  )
    .filter(({ outcome }) => outcome === 'fails')
    .map(({ check }) => check);

describe.skipIf(font === undefined)(
  'a footprint that is issued (needs a font with Chinese characters)',
  () => {
    it('is self-declared, valid three years from its period, and verifies offline with its PDFs as evidence', async () => {
      const { bundle, statement } = await issueFootprint(place(), computed, {
        now: NOW,
        preparedBy: 'Li',
        reviewedBy: 'Wang',
      });
      expect(await failing(bundle)).toEqual([]);
      const files = unpackBundle(bundle, 'b.zip');
      for (const name of ['statement-zh.pdf', 'statement-en.pdf', 'study-zh.pdf', 'study-en.pdf'])
        expect(
          Buffer.from(files.get(evidencePath(name))!)
            .subarray(0, 5)
            .toString(),
        ).toBe('%PDF-');
      expect(footprintStatement.parse(statement)).toMatchObject({
        kind: 'self_declared',
        validUntil: '2027-12-31T16:00:00.000Z',
        value: { text: '27.4', unit: 'kgCO2e / 1 piece' },
      });
      const broken = new Map(files);
      const changed = { ...statement, inputs: { ...statement.inputs, footprintInputSha256: '0'.repeat(64) } };
      broken.set(evidencePath('footprint-statement.json'), Buffer.from(JSON.stringify(changed)));
      broken.delete('manifest.json');
      expect(await failing(packBundle(broken))).toEqual(['evidence as signed', 'figures recomputed']);
    });

    it('is verified once a body attests it, and replaces the statement before', async () => {
      const first = await issueFootprint(place(), computed, { now: NOW });
      const verification = {
        statement: {
          body: 'Example Verification Body',
          accreditation: 'CNAS V000',
          standard: 'ISO 14064-3:2019',
          levelOfAssurance: 'limited' as const,
          completedAt: '2026-02-20',
        },
        file: { name: 'verification.pdf', bytes: Buffer.from('signed elsewhere') },
      };
      const second = await issueFootprint(place(), computed, {
        now: NOW,
        supersedes: first.id,
        revision: 2,
        verification,
      });
      expect(second.statement).toMatchObject({ kind: 'verified', precedingId: first.id, revision: 2 });
      expect(await failing(second.bundle)).toEqual([]);
    });

    it('gives the same bytes again, and says in both languages what it is', async () => {
      const statement = statementOf(computed.footprint, {
        id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        issuer: 'Tanliu Example',
        domain: 'tanliu.example.org',
        issuedAt: NOW,
        codeVersion: 'tanliu/0',
        inputSha256: 'a'.repeat(64),
        productsSha256: 'b'.repeat(64),
      });
      const pdf = await statementPdf(statement, 'zh', font!);
      expect((await statementPdf(statement, 'zh', font!)).equals(pdf)).toBe(true);
      for (const [language, words] of [
        ['zh', ['产品碳足迹声明', '自我声明', '27.4 kgCO2e / 1 piece', statement.id]],
        [
          'en',
          ['Product carbon footprint statement', 'Self-declared', '27.4 kgCO2e / 1 piece', statement.id],
        ],
      ] as const) {
        const text = await textOf(await statementPdf(statement, language, font!));
        if (text !== undefined) for (const word of words) expect(text).toContain(word);
      }
    });

    it('is refused where one person made and reviewed it', () => {
      const issue = { now: NOW, preparedBy: 'Li', reviewedBy: 'Li' };
      return expect(issueFootprint(place(), computed, issue)).rejects.toMatchObject({ code: 'four_eyes' });
    });
  },
);

/** By poppler where it is installed. */
async function textOf(pdf: Buffer): Promise<string | undefined> {
  const file = join(folder, 'text.pdf');
  await writeFile(file, pdf);
  try {
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}
