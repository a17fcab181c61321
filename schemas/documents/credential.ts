/**
 * Credentials as they leave the house: W3C Verifiable Credentials 2.0 whose subject has the form of a conformity
 * attestation (aligned in meaning with the UN Transparency Protocol's Digital Conformity Credential 0.6). They say what
 * Tanliu computed; they are not official certificates (GEC 绿证) and say so.
 */
import { z } from 'zod';

export const VC_CONTEXT = 'https://www.w3.org/ns/credentials/v2';

export const CREDENTIAL_KINDS = [
  'GreenUseStatement',
  'GreenSupplyAttestation',
  'ProductEnergyAttestation',
  'SettlementRunRecord',
  'ProductFootprintStatement',
] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

const instant = z.iso.datetime({ offset: true });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const didWeb = z.string().regex(/^did:web:[A-Za-z0-9.:%_-]+$/);

const party = z.strictObject({ id: z.string().min(1), name: z.string().min(1) });

/** One figure: a decimal as text keeps every digit; the unit is UCUM or a word that the name explains. */
const measure = z.strictObject({
  metricName: z.string().min(1),
  metricValue: z.strictObject({
    value: z.string().regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/),
    unit: z.string().min(1),
  }),
});
export type Measure = z.infer<typeof measure>;

const evidence = z.strictObject({
  linkURL: z.string().min(1),
  linkName: z.string().min(1),
  hashDigest: sha256,
  hashMethod: z.literal('SHA-256'),
});
export type Evidence = z.infer<typeof evidence>;

const criterion = z.strictObject({
  name: z.string(),
  thresholdValue: z.strictObject({ value: z.string(), unit: z.string() }).optional(),
});

const assessment = z.strictObject({
  type: z.tuple([z.literal('ConformityAssessment')]),
  assessmentDate: z.iso.date(),
  conformityTopic: z.enum(['environment.energy', 'environment.emissions']),
  referenceStandard: z.array(z.strictObject({ name: z.string() })),
  referenceRegulation: z.array(z.strictObject({ name: z.string() })),
  assessmentCriteria: z.array(criterion),
  declaredValue: z.array(measure).min(1),
  /** Absent where no threshold was assessed. */
  conformance: z.boolean().optional(),
  assessedFacility: z.array(party),
  assessedProduct: z.array(party),
});

export const attestation = z.strictObject({
  type: z.tuple([z.literal('ConformityAttestation')]),
  id: z.string().min(1),
  name: z.strictObject({ en: z.string(), zh: z.string() }),
  assessorLevel: z.enum(['Self', '3rdParty']),
  assessmentLevel: z.enum(['Verified', 'Unspecified']),
  attestationType: z.enum(['verification', 'selfDeclaration']),
  issuedToParty: party,
  scope: z.strictObject({ id: z.string(), name: z.string(), status: z.string().optional() }),
  period: z.strictObject({ start: instant, end: instant }),
  assessment: z.array(assessment).min(1),
  auditableEvidence: z.array(evidence),
});
export type Attestation = z.infer<typeof attestation>;

const statusEntry = z.strictObject({
  id: z.string(),
  type: z.literal('BitstringStatusListEntry'),
  statusPurpose: z.enum(['revocation', 'suspension']),
  statusListIndex: z.string().regex(/^\d+$/),
  statusListCredential: z.url(),
});

const logProof = z.strictObject({
  type: z.literal('TlogInclusionProof'),
  origin: z.string(),
  index: z.int().min(0),
  size: z.int().min(1),
  inclusion: z.array(z.base64()),
  checkpoint: z.string(),
});

export const verifiableCredential = z.strictObject({
  '@context': z.tuple([z.literal(VC_CONTEXT)], z.string()),
  id: z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/),
  type: z.tuple([z.literal('VerifiableCredential'), z.enum(CREDENTIAL_KINDS)], z.string()),
  name: z.string(),
  issuer: z.strictObject({
    type: z.tuple([z.literal('CredentialIssuer')]),
    id: didWeb,
    name: z.string().min(1),
  }),
  validFrom: instant,
  validUntil: instant,
  credentialStatus: z.array(statusEntry).min(1),
  credentialSchema: z.strictObject({ id: z.string(), type: z.literal('JsonSchema') }),
  termsOfUse: z.array(z.strictObject({ type: z.string(), ruleSet: z.string(), notice: z.string() })),
  credentialSubject: attestation,
  /** Id of the credential that this one replaces. */
  supersedes: z.string().optional(),
  /** Of this credential without this member, in canonical JSON (RFC 8785). */
  logProof: logProof.optional(),
});
export type VerifiableCredential = z.infer<typeof verifiableCredential>;

export const statusListCredential = z.strictObject({
  '@context': z.tuple([z.literal(VC_CONTEXT)], z.string()),
  id: z.url(),
  type: z.tuple([z.literal('VerifiableCredential'), z.literal('BitstringStatusListCredential')]),
  issuer: didWeb,
  validFrom: instant,
  validUntil: instant,
  credentialSubject: z.strictObject({
    id: z.url(),
    type: z.literal('BitstringStatusList'),
    statusPurpose: z.enum(['revocation', 'suspension']),
    encodedList: z.string(),
  }),
});

/** What the log holds of a credential. */
export const credentialLogEntry = z.strictObject({
  kind: z.literal('credential'),
  id: z.string(),
  type: z.enum(CREDENTIAL_KINDS),
  sha256,
});
export type CredentialLogEntry = z.infer<typeof credentialLogEntry>;

const publicJwk = z.looseObject({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  kid: z.string().optional(),
});

export const didDocument = z.looseObject({
  '@context': z.array(z.string()),
  id: didWeb,
  verificationMethod: z.array(
    z.looseObject({
      id: z.string(),
      type: z.literal('JsonWebKey'),
      controller: didWeb,
      publicKeyJwk: publicJwk,
    }),
  ),
  assertionMethod: z.array(z.string()),
});
export type DidDocument = z.infer<typeof didDocument>;
