/** What is told of a facility's figure and of a report's: the document, the points behind it, and where to walk on. */
import { sealHolds } from '../report/sealReport.ts';
import type { Store } from '../store/port.ts';
import { spanOf } from './facilityCalendar.ts';
import { readReport } from './makeReport.ts';
import { recomputeFacilityDay } from './recomputeFacilityDay.ts';
import type { ResultKind } from './resultKinds.ts';

/** `facility/<facility>/<day, month or year>[@v<version>]`. */
const FACILITY_FIGURE = /^facility\/(.+)\/(\d{4}(?:-\d\d){0,2})(?:@v(\d+))?$/;

async function facilityComputation(store: Store, id: string): Promise<string | undefined> {
  const parts = FACILITY_FIGURE.exec(id);
  if (!parts) return undefined;
  const [, facility = '', period = '', version] = parts;
  const [row] = await store.query<{ computation: string }>(
    `SELECT computation FROM facility_windows WHERE facility = {facility:String} AND period = {period:String} AND start = fromUnixTimestamp64Milli({start:Int64})
     ${version === undefined ? '' : 'AND version = {version:UInt32}'} ORDER BY version DESC, computed_at DESC LIMIT 1`,
    {
      facility,
      period,
      start: spanOf(period).startMs,
      ...(version !== undefined && { version: Number(version) }),
    },
  );
  return row?.computation ?? id;
}

async function windowDocument(store: Store, computation: string): Promise<unknown> {
  const [row] = await store.query<{ document: string }>(
    'SELECT document FROM facility_windows WHERE computation = {computation:String} LIMIT 1',
    { computation },
  );
  return row ? JSON.parse(row.document) : null;
}

export const facilityDayResults: ResultKind = {
  computationOf: facilityComputation,
  async details(store, { id, parameters }) {
    return { document: await windowDocument(store, id), ...parameters };
  },
  async recompute(store, computation) {
    return recomputeFacilityDay(store, computation);
  },
};

export const facilityPeriodResults: ResultKind = {
  async details(store, { id, parameters }) {
    return { document: await windowDocument(store, id), ...parameters };
  },
};

export const reportResults: ResultKind = {
  async computationOf(store, id) {
    return id.startsWith('report/') ? (await readReport(store, id)).computation : undefined;
  },
  async details(store, { parameters }, id) {
    const { report } = await readReport(store, String(parameters.report));
    const key = id.includes('#') ? id.slice(id.indexOf('#') + 1) : undefined;
    const figure = report.figures.find((each) => each.key === key);
    return {
      report: { id: report.id, title: report.title, issueNumber: report.issueNumber },
      sealHolds: sealHolds(report),
      seal: report.seal,
      restatement: report.restatement,
      ...(figure
        ? { figure, walkOn: figure.sources.map((source) => `tanliu explain ${source}`) }
        : { figures: report.figures.map((each) => each.id) }),
    };
  },
};
