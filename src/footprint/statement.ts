/** The statement of a footprint: what a buyer is given, with validity and the hashes of what it was computed from. Pure. */

import type { FootprintResult } from '../../schemas/documents/footprintResult.ts';
import {
  type FootprintStatement,
  footprintStatement,
  type ThirdPartyVerification,
} from '../../schemas/documents/footprintStatement.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { refuseUnissuable } from './issuable.ts';

const SIGNIFICANT_FIGURES = 3;
const VALID_YEARS = 3;

export interface StatementIssue {
  readonly id: string;
  readonly serial?: string;
  readonly revision?: number;
  readonly precedingId?: string;
  readonly issuer: string;
  readonly domain: string;
  readonly preparedBy?: string;
  readonly reviewedBy?: string;
  readonly issuedAt: Date;
  readonly productRule?: string;
  readonly verification?: ThirdPartyVerification;
  readonly computation?: string;
  readonly codeVersion: string;
  readonly inputSha256: string;
  readonly productsSha256: string;
}

/** @throws Refusal of `refuseUnissuable` · `four_eyes` · `E_VALIDITY` where the footprint has run out already */
export function statementOf(footprint: FootprintResult, issue: StatementIssue): FootprintStatement {
  refuseUnissuable(footprint);
  if (issue.reviewedBy !== undefined && issue.reviewedBy === issue.preparedBy) {
    throw new Refusal(`${issue.reviewedBy} prepared it and cannot review it`, {
      code: 'four_eyes',
      remedy: 'another person',
    });
  }
  const validUntil = validUntilOf(footprint);
  if (validUntil <= issue.issuedAt) {
    throw new Refusal(
      `a footprint of ${footprint.referencePeriod.end} ran out on ${validUntil.toISOString()}`,
      {
        code: 'E_VALIDITY',
        remedy: `a reference period that ended at most ${VALID_YEARS} years ago`,
      },
    );
  }
  const { amount, unit } = footprint.declaredUnit;
  return footprintStatement.parse({
    schema: 'tanliu.footprint-statement/1',
    id: issue.id,
    serial: issue.serial ?? issue.id.slice(0, 8).toUpperCase(),
    revision: issue.revision ?? 1,
    precedingId: issue.precedingId ?? null,
    kind: issue.verification ? 'verified' : 'self_declared',
    holder: footprint.company ?? footprint.site,
    issuer: issue.issuer,
    preparedBy: issue.preparedBy ?? null,
    reviewedBy: issue.reviewedBy ?? null,
    issuedAt: issue.issuedAt.toISOString(),
    validFrom: issue.issuedAt.toISOString(),
    validUntil: validUntil.toISOString(),
    standards: ['GB/T 24067-2024', 'ISO 14067:2018'],
    productRule: issue.productRule ?? footprint.product.productRule ?? null,
    value: {
      text: significant(footprint.perDeclaredUnit.totalKgCo2e),
      unit: `kgCO2e / ${amount} ${unit}`,
      significantFigures: SIGNIFICANT_FIGURES,
    },
    verification: issue.verification ?? null,
    verificationUrl: `https://${issue.domain}/verify/${issue.id}`,
    inputs: { footprintInputSha256: issue.inputSha256, backgroundProductsSha256: issue.productsSha256 },
    computation: issue.computation ?? null,
    codeVersion: issue.codeVersion,
    footprint,
  });
}

/** Three years after the end of the reference period. */
function validUntilOf({ referencePeriod: { end } }: Pick<FootprintResult, 'referencePeriod'>): Date {
  const until = new Date(end);
  until.setUTCFullYear(until.getUTCFullYear() + VALID_YEARS);
  return until;
}

/** `1234.5` → `1230`, `0.0012345` → `0.00123`: plain digits, never an exponent. */
function significant(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(SIGNIFICANT_FIGURES));
  const decimals = Math.max(0, SIGNIFICANT_FIGURES - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(100, decimals));
}
