/** The statement of a footprint and its study as PDF, each in one language. */
import qrcode from 'qrcode-generator';
import type { FootprintStatement } from '../../schemas/documents/footprintStatement.ts';
import type { EmbeddableFont } from './cjkFont.ts';
import { CATEGORY_WORDS, type Language, WORDS } from './footprintWords.ts';
import { INK, MARGIN, PALE, type PdfPages, pdfBytes } from './pdfPages.ts';

const QR_POINTS = 92;
const PAGE_WIDTH = 499;
const NAMED_LINES = 10;

/** The certificate's face. The same statement gives the same bytes. */
export function statementPdf(
  statement: FootprintStatement,
  language: Language,
  font: EmbeddableFont,
): Promise<Buffer> {
  return pdfBytes(infoOf(statement, language, 'statement'), font, (pages) => {
    const { footprint, value } = statement;
    const { document } = pages;
    const word = (name: keyof typeof WORDS) => WORDS[name][language];
    document
      .fillColor(INK)
      .fontSize(18)
      .text(word('statement'), { width: PAGE_WIDTH - QR_POINTS - 12 });
    const right = MARGIN + PAGE_WIDTH - QR_POINTS;
    drawQr(document, statement.verificationUrl, right, MARGIN);
    document.fontSize(10).fillColor(statement.kind === 'verified' ? INK : '#9a3412');
    document.text(word(statement.kind === 'verified' ? 'verified' : 'selfDeclared'), MARGIN, document.y + 4, {
      width: PAGE_WIDTH - QR_POINTS - 12,
    });
    document
      .fillColor(PALE)
      .fontSize(7)
      .text(word('scan'), right, MARGIN + QR_POINTS + 2, { width: QR_POINTS, align: 'center' });
    document
      .fillColor(INK)
      .fontSize(22)
      .text(`${value.text} ${value.unit}`, MARGIN, MARGIN + QR_POINTS - 18, {
        width: PAGE_WIDTH - QR_POINTS - 12,
      });
    document.y = Math.max(document.y + 8, MARGIN + QR_POINTS + 16);
    const { product, declaredUnit, referencePeriod } = footprint;
    const none = word('none');
    pages.table([130, 369], undefined, [
      [word('product'), product.name],
      [word('productIds'), product.productIds.join('  ') || product.id],
      [word('classification'), product.classifications.join('  ') || none],
      [word('holder'), statement.holder],
      [word('site'), [footprint.site, footprint.installation, footprint.place].filter(Boolean).join(' · ')],
      [word('declaredUnit'), `${declaredUnit.amount} ${declaredUnit.unit} (${declaredUnit.massKg} kg)`],
      [word('boundary'), word('cradleToGate')],
      [word('standards'), statement.standards.join(' · ')],
      [word('productRule'), statement.productRule ?? none],
      [word('period'), `${referencePeriod.start} – ${referencePeriod.end}`],
      [word('validity'), `${statement.validFrom} – ${statement.validUntil}`],
      [word('id'), statement.id],
      [word('serial'), `${statement.serial} / ${statement.revision}`],
      [word('replaces'), statement.precedingId ?? none],
      [word('issuer'), `${statement.issuer}, ${statement.issuedAt}`],
      [word('prepared'), statement.preparedBy ?? none],
      [word('reviewed'), statement.reviewedBy ?? none],
      [word('verified'), verificationText(statement) ?? none],
    ]);
    splitTable(pages, statement, language);
    qualityTable(pages, statement, language);
    versionTable(pages, statement, language);
    document.moveDown(0.5);
    document
      .fillColor(PALE)
      .fontSize(8)
      .text(`${word('offline')}\n${statement.verificationUrl}`, MARGIN);
    pages.footers(`${statement.id} · ${statement.codeVersion}`);
  });
}

/** The study behind the statement: goal, scope, data, allocation, results, sensitivity, limits. */
export function studyPdf(
  statement: FootprintStatement,
  language: Language,
  font: EmbeddableFont,
): Promise<Buffer> {
  return pdfBytes(infoOf(statement, language, 'study'), font, (pages) => {
    const { footprint } = statement;
    const { document } = pages;
    const word = (name: keyof typeof WORDS) => WORDS[name][language];
    const paragraph = (text: string) => document.fillColor(INK).fontSize(9).text(text, MARGIN).moveDown(0.3);
    document.fillColor(INK).fontSize(18).text(word('study'));
    paragraph(`${footprint.product.name} · ${statement.id}`);
    paragraph(word(statement.kind === 'verified' ? 'verified' : 'selfDeclared'));
    pages.heading(word('goal'));
    paragraph(`${word('goalText')} (${footprint.use})`);
    pages.heading(word('scope'));
    pages.table([130, 369], undefined, [
      [word('boundary'), word('cradleToGate')],
      [word('declaredUnit'), `${footprint.declaredUnit.amount} ${footprint.declaredUnit.unit}`],
      [word('period'), `${footprint.referencePeriod.start} – ${footprint.referencePeriod.end}`],
      [word('site'), footprint.site],
      [word('standards'), [...statement.standards, statement.productRule ?? ''].filter(Boolean).join(' · ')],
    ]);
    pages.heading(word('data'));
    pages.table(
      [120, 84, 205, 90],
      [word('line'), word('quantity'), word('factor'), word('origin')],
      footprint.contributors.map(({ name, quantity, unit, factor, origin, evidence }) => [
        name,
        `${shown(quantity)} ${unit}`,
        factor,
        [origin, ...evidence.slice(0, 3)].join('\n'),
      ]),
    );
    pages.heading(word('assumptions'));
    paragraph(footprint.assumptions.join('\n') || word('noAssumption'));
    pages.heading(word('allocation'));
    const { allocation } = footprint;
    paragraph(
      allocation === null
        ? word('singleProduct')
        : `${allocation.method}: ${allocation.reason} (${shown(100 * allocation.productShare)} %; ${allocation.coProducts
            .map(({ name, share }) => `${name} ${shown(100 * share)} %`)
            .join(', ')})`,
    );
    pages.heading(word('results'));
    paragraph(`${statement.value.text} ${statement.value.unit}`);
    splitTable(pages, statement, language);
    pages.table(
      [299, 110, 90],
      [word('line'), 'kgCO2e', word('share')],
      footprint.contributors.map(({ name, kgCo2e, sharePercent }) => [
        name,
        shown(kgCo2e),
        shown(sharePercent),
      ]),
      [1, 2],
    );
    pages.heading(word('sensitivity'));
    paragraph(word('elasticity'));
    pages.table(
      [349, 150],
      [word('line'), word('tenPercent')],
      footprint.contributors
        .slice(0, NAMED_LINES)
        .map(({ name, sharePercent }) => [name, shown(sharePercent / 10)]),
      [1],
    );
    qualityTable(pages, statement, language);
    pages.heading(word('limits'));
    paragraph(word('limitText'));
    for (const { use, reason } of footprint.notUsableFor) paragraph(`${word('notUsable')} ${use}: ${reason}`);
    for (const { name, reason, estimateKgCo2e } of footprint.cutOff.leftOut)
      paragraph(`${word('exempted')}: ${name}, ${reason}, ${shown(estimateKgCo2e)} kgCO2e`);
    versionTable(pages, statement, language);
    pages.footers(`${statement.id} · ${statement.codeVersion}`);
  });
}

const infoOf = (
  { footprint, id, codeVersion, issuedAt }: FootprintStatement,
  language: Language,
  kind: 'statement' | 'study',
) => ({
  title: `${WORDS[kind][language]} ${footprint.product.name}`,
  author: codeVersion,
  subject: id,
  at: new Date(issuedAt),
  language,
});

function verificationText({ verification }: FootprintStatement): string | undefined {
  if (!verification) return undefined;
  const { body, accreditation, standard, levelOfAssurance, completedAt, file } = verification;
  return `${body} (${accreditation}), ${standard}, ${levelOfAssurance}, ${completedAt}\n${file.name} SHA-256 ${file.sha256}`;
}

function splitTable(pages: PdfPages, { footprint }: FootprintStatement, language: Language): void {
  const word = (name: keyof typeof WORDS) => WORDS[name][language];
  const { perDeclaredUnit, ofWhich, electricity, uncertainty } = footprint;
  const { totalKgCo2e, categories, accounts } = perDeclaredUnit;
  pages.heading(word('split'));
  const parts = [...Object.entries(categories), ...Object.entries(accounts).filter(([, kg]) => kg !== 0)];
  pages.table(
    [349, 150],
    [word('category'), 'kgCO2e'],
    [
      [word('value'), shown(totalKgCo2e)],
      ...parts.map(([name, kg]) => [CATEGORY_WORDS[name]?.[language] ?? name, shown(kg)]),
      [`${word('ofWhich')}: ${word('packaging')}`, shown(ofWhich.packagingKgCo2e)],
      [`${word('ofWhich')}: ${word('outbound')}`, shown(ofWhich.outboundLogisticsKgCo2e)],
      [`${word('ofWhich')}: ${word('aircraft')}`, shown(ofWhich.aircraftKgCo2e)],
      [`${word('electricity')}, ${word('locationBased')}`, shown(electricity.locationBasedTotalKgCo2e)],
      [`${word('electricity')}, ${word('marketBased')}`, shown(electricity.marketBasedTotalKgCo2e)],
      ...(electricity.tracedMemoTotalKgCo2e === null
        ? []
        : [[`${word('electricity')}, ${word('tracedMemo')}`, shown(electricity.tracedMemoTotalKgCo2e)]]),
      [
        `${word('uncertainty')} (2.5 % – 97.5 %)`,
        uncertainty
          ? `${shown(uncertainty.percentile2_5KgCo2e)} – ${shown(uncertainty.percentile97_5KgCo2e)}`
          : word('notDrawn'),
      ],
    ],
    [1],
  );
}

function qualityTable(pages: PdfPages, { footprint }: FootprintStatement, language: Language): void {
  const word = (name: keyof typeof WORDS) => WORDS[name][language];
  const { dataQuality, cutOff, primaryDataSharePercent, warnings, electricity } = footprint;
  const { technologicalDqr, geographicalDqr, temporalDqr } = dataQuality;
  const rating = (value: number | null) => (value === null ? '—' : value.toFixed(2));
  pages.heading(word('quality'));
  pages.table([249, 250], undefined, [
    [word('primaryShare'), `${shown(primaryDataSharePercent)} %`],
    [word('dqr'), [technologicalDqr, geographicalDqr, temporalDqr].map(rating).join(' / ')],
    [word('exempted'), `${shown(cutOff.exemptedEmissionsPercent)} %`],
    [word('cutOff'), `${cutOff.inputsOfUsedProducts} / ${cutOff.inputsUpstream}`],
    [`${word('electricity')}: ${word('rule')}`, electricity.rule],
    [word('warnings'), warnings.join('\n') || word('none')],
  ]);
}

function versionTable(pages: PdfPages, statement: FootprintStatement, language: Language): void {
  const word = (name: keyof typeof WORDS) => WORDS[name][language];
  const { versions, uncertainty } = statement.footprint;
  pages.heading(word('versions'));
  pages.table([130, 369], undefined, [
    [word('background'), `${versions.background}\nSHA-256 ${versions.backgroundSha256}`],
    [word('gwp'), versions.gwpSet],
    [word('linking'), versions.linkingPolicy],
    [word('factors'), versions.electricityFactors.join('\n') || word('none')],
    [word('code'), `${statement.codeVersion} · ${versions.engine} · ${versions.dataQuality}`],
    [word('inputHash'), statement.inputs.footprintInputSha256],
    [word('productsHash'), statement.inputs.backgroundProductsSha256],
    [word('uncertainty'), uncertainty ? `seed ${uncertainty.seed}, ${uncertainty.draws}` : word('notDrawn')],
  ]);
}

/** Medium correction, with its quiet zone. */
function drawQr(document: PDFKit.PDFDocument, text: string, left: number, top: number): void {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const size = QR_POINTS / (count + 8);
  document.rect(left, top, QR_POINTS, QR_POINTS).fill('#ffffff');
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (code.isDark(row, column))
        document.rect(left + (column + 4) * size, top + (row + 4) * size, size + 0.02, size + 0.02);
    }
  }
  document.fill('#000000');
}

/** Four significant figures, plain where that can be read. */
function shown(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e-4 && Math.abs(rounded) < 1e9 ? String(rounded) : rounded.toExponential(3);
}
