/** From an inventory to the linked, gated system: activities, technosphere A, biosphere B, and a record of every link and finding. */
import type { Category } from '../../schemas/documents/footprintCategories.ts';
import { GATE_THRESHOLDS, type GateThresholds } from '../../schemas/reference/gateThresholds.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { allocate } from './allocation.ts';
import { type AllocatedProcess, exchangesOf, namesOf, unitsOf } from './assembly.ts';
import { type Finding, finding } from './findings.ts';
import { runGate } from './gate/gate.ts';
import { implausible } from './gate/plausibility.ts';
import type { Inventory, InventoryProcess, StatedUncertainty } from './inventory.ts';
import type { Link } from './linking.ts';
import { exchangeKey, productKey } from './market.ts';
import { matchMethod } from './methodMatching.ts';
import { type Accepted, normalise } from './normalise.ts';
import type { BackgroundOverrides } from './overrides.ts';
import type { SparseColumns } from './solver/sparseColumns.ts';
import { judgeDistribution } from './uncertainty/distribution.ts';
import { type BackgroundUncertainty, uncertaintyOf } from './uncertainty/drawnParts.ts';

/** One (process, product): a column of A, and the row of its product. */
export interface Activity {
  readonly processId: string;
  readonly processName: string;
  readonly location: string;
  readonly flowId: string;
  readonly flowName: string;
  /** The unit in which the dataset states this product, and what one of it is in the reference unit. */
  readonly unit: string;
  readonly unitInReferenceUnits: number;
  readonly referenceUnit: string;
  readonly unitGroupId: string;
  readonly isReference: boolean;
  readonly isTreatment: boolean;
  /** Output of one run, reference units, before own use is taken off. */
  readonly output: number;
  readonly allocationRule: string;
  readonly allocationShare: number;
}

/** An elementary flow: a row of B. */
export interface NatureFlow {
  readonly id: string;
  readonly name: string;
  readonly cas: string;
  readonly categoryPath: string;
  readonly unit: string;
}

/** What became of one product input or waste output. */
export interface LinkRecord extends Link {
  readonly processId: string;
  readonly exchangeId: string;
  readonly flowId: string;
  readonly kind: 'use' | 'waste';
  /** Reference units of the flow; negative for a credit. */
  readonly amount: number;
}

/** One exchange of the inventory as it was used: the row that every matrix entry walks back to. */
export interface ExchangeRecord {
  readonly processId: string;
  readonly exchangeId: string;
  readonly flowId: string;
  readonly role: 'product' | 'use' | 'waste' | 'nature';
  readonly statedAmount: number;
  readonly unit: string;
  /** Signed by its role, reference units. */
  readonly amount: number;
  readonly uncertainty: StatedUncertainty | undefined;
  readonly pedigree: string;
}

export interface UnitRecord {
  readonly groupId: string;
  readonly unit: string;
  /** Reference units of the group in one such unit. */
  readonly factor: number;
}

/** A name of a process or flow in one language. */
export interface NameRecord {
  readonly kind: 'process' | 'flow';
  readonly id: string;
  readonly language: string;
  readonly name: string;
}

/** A process that the gate took out: it is shown, and has no column. */
export interface LeftOutProcess {
  readonly processId: string;
  readonly processName: string;
  readonly location: string;
}

/** Factors that go with a version: the climate method of its own package. */
export interface FlowFactor {
  readonly flowId: string;
  readonly category: Category;
  readonly factor: number;
  readonly matchedBy: string;
}

/** What the gate proved of the system it let through. */
export interface GateProof {
  readonly thresholds: string;
  /** Smallest entry of (I − |I − A D⁻¹|)⁻ᵀ 1; at least 1 when no loop feeds itself. */
  readonly least: number;
  readonly rounds: number;
}

export interface BackgroundSystem {
  readonly activities: readonly Activity[];
  readonly natureFlows: readonly NatureFlow[];
  /** n×n, product units a run: made > 0, used < 0. */
  readonly technosphere: SparseColumns;
  /** m×n, flow units a run: emission > 0, uptake < 0. */
  readonly biosphere: SparseColumns;
  readonly links: readonly LinkRecord[];
  readonly findings: readonly Finding[];
  /** Units of the activities' products, with the package's own factors. */
  readonly units: readonly UnitRecord[];
  readonly names: readonly NameRecord[];
  readonly leftOut: readonly LeftOutProcess[];
  /** Empty where the package brings no climate method. */
  readonly flowFactors: readonly FlowFactor[];
}

export interface BuiltBackground {
  readonly system: BackgroundSystem;
  readonly exchanges: readonly ExchangeRecord[];
  readonly uncertainty: BackgroundUncertainty;
  readonly proof: GateProof;
  /** The package's own climate method and what of it found no flow; undefined where it has none. */
  readonly method:
    | { readonly id: string; readonly name: string; readonly unmatched: readonly string[] }
    | undefined;
}

export interface BuildOptions {
  readonly overrides?: BackgroundOverrides | undefined;
  readonly thresholds?: GateThresholds;
}

/**
 * Normalises, allocates, links and gates. Activities are ordered by process id, then by the dataset's order of products,
 * so the order of files in a package changes nothing.
 * @throws Refusal `E_NO_ACTIVITY` when the gate leaves not one process; of the solver when what is left does not solve
 */
export function buildBackground(inventory: Inventory, options: BuildOptions = {}): BuiltBackground {
  const { overrides, thresholds = GATE_THRESHOLDS } = options;
  const findings: Finding[] = [];
  const accepted = acceptedBy(overrides);
  const allocated = allocatedProcesses(inventory, findings, thresholds, accepted);
  const quarantined = new Set(
    findings.filter(({ action }) => action === 'quarantined').map(({ processId }) => processId),
  );
  const method = inventory.method && matchMethod(inventory.method, inventory);
  const gated = runGate(allocated, {
    thresholds,
    quarantined,
    lostFlows: referenceFlowsOf(inventory.processes, quarantined),
    implausible: new Set(
      findings
        .filter(({ code, facts }) => method && code === 'energy_implausible' && facts.flowId !== undefined)
        .map(({ processId, facts }) => productKey(processId, String(facts.flowId))),
    ),
    providers: new Map(
      (overrides?.providers ?? []).map(({ process, exchange, provider }) => [
        exchangeKey(process, exchange),
        provider,
      ]),
    ),
    accepted,
    flowFactors: method?.factors,
  });
  const { activities, technosphere, biosphere, natureFlows, links } = gated.assembly;
  if (activities.length === 0) {
    throw new Refusal('no process of the package makes a product', {
      code: 'E_NO_ACTIVITY',
      place: findings[0] ? `process ${findings[0].processId}: ${findings[0].detail}` : 'processes/',
      remedy: 'at least one process with a product output above 0',
    });
  }
  const kept = new Set(gated.assembly.processes.map(({ process }) => process.id));
  const system: BackgroundSystem = {
    activities,
    natureFlows,
    technosphere,
    biosphere,
    links,
    // A warning that a reviewer has accepted is no warning; what the gate did stays told.
    findings: [...findings, ...gated.findings]
      .filter(({ code, processId, action }) => action !== 'kept' || !accepted(processId, code))
      .sort(byPlace),
    units: unitsOf(activities, inventory),
    names: namesOf(inventory),
    leftOut: inventory.processes
      .filter(({ id }) => !kept.has(id))
      .map(({ id, name, location }) => ({ processId: id, processName: name, location })),
    flowFactors: method?.factors ?? [],
  };
  return {
    system,
    exchanges: gated.assembly.processes.flatMap(exchangesOf),
    uncertainty: uncertaintyOf(gated.assembly),
    proof: gated.proof,
    method: method && { id: method.id, name: method.name, unmatched: method.unmatched },
  };
}

const byPlace = (a: Finding, b: Finding) =>
  compare(a.processId, b.processId) || compare(a.exchangeId, b.exchangeId) || compare(a.code, b.code);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function allocatedProcesses(
  inventory: Inventory,
  findings: Finding[],
  thresholds: GateThresholds,
  accepted: Accepted,
): AllocatedProcess[] {
  return inventory.processes.flatMap((process) => {
    const normal = normalise(process, inventory, findings, accepted);
    const plausible = normal && implausible(normal, inventory, thresholds, accepted, findings);
    if (!plausible) return [];
    const impossible = process.exchanges.filter(
      ({ uncertainty, amount }) => 'fault' in judgeDistribution(uncertainty, amount),
    );
    if (impossible.length > 0) {
      const facts = { count: impossible.length };
      findings.push(finding('bad_distribution', process.id, '', 'kept', facts));
    }
    return { ...plausible, allocation: allocate(plausible, inventory, findings), firstActivity: 0 };
  });
}

function acceptedBy(overrides: BackgroundOverrides | undefined): Accepted {
  const accepted = new Set((overrides?.accept ?? []).map(({ process, code }) => `${process} ${code}`));
  return (processId, code) => accepted.has(`${processId} ${code}`);
}

/** Flows that a quarantined dataset would have supplied: its reference flows, else its outputs. */
function referenceFlowsOf(processes: readonly InventoryProcess[], ids: ReadonlySet<string>): Set<string> {
  return new Set(
    processes
      .filter(({ id }) => ids.has(id))
      .flatMap(({ exchanges }) => exchanges.filter(({ isReference }) => isReference))
      .map(({ flowId }) => flowId),
  );
}
