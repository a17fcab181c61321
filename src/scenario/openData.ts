/** The one place where files of a data folder are read for a scenario; everything behind it takes text. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { biohpcHosts } from '../../schemas/reference/openDataSites.ts';
import { Refusal } from '../../schemas/refusal.ts';

export interface OpenDataFile {
  /** Path inside the folder, for messages. */
  readonly name: string;
  readonly text: string;
}

export interface OpenData {
  /** Twenty reconciled hours; what the golden intensities belong to. */
  readonly reconciledGrid: OpenDataFile;
  /** Ten days as reported after basic checks, with gaps; read only when it is asked for. */
  readonly reportedGrid: OpenDataFile | undefined;
  readonly packets: OpenDataFile;
  readonly hosts: readonly (OpenDataFile & { readonly host: string })[];
  /** Paths of the background package and of the map of its elementary flows. */
  readonly backgroundPath: string;
  readonly flowMapPath: string;
}

const GRID = 'grid/gridemissions';
const DAYS = '2021-07-10_2021-07-20';
const BACKGROUND = 'lca/uslci-jsonld.zip';
const FLOW_MAP = 'lca/uslci-gwp-map.csv';

/** @throws Refusal TL_OPEN_DATA_MISSING with the first file that is not there */
export async function readOpenData(
  folder: string,
  { withReportedGrid }: { readonly withReportedGrid: boolean },
): Promise<OpenData> {
  const read = async (name: string): Promise<OpenDataFile> => {
    try {
      return { name, text: await readFile(join(folder, name), 'utf8') };
    } catch (error) {
      return refuseMissing(folder, name, error);
    }
  };
  const present = async (name: string): Promise<string> => {
    const path = join(folder, name);
    try {
      await stat(path);
    } catch (error) {
      refuseMissing(folder, name, error);
    }
    return path;
  };
  const hosts: OpenData['hosts'][number][] = [];
  for (const host of biohpcHosts.hosts) {
    hosts.push({ host, ...(await read(`datacenter/biohpc/${host}_hourly.csv`)) });
  }
  return {
    reconciledGrid: await read(`${GRID}/E_opt_${DAYS}.csv`),
    reportedGrid: withReportedGrid ? await read(`${GRID}/E_basic_${DAYS}.csv`) : undefined,
    packets: await read('grid/hj212-packets.jsonl'),
    hosts,
    backgroundPath: await present(BACKGROUND),
    flowMapPath: await present(FLOW_MAP),
  };
}

function refuseMissing(folder: string, name: string, error: unknown): never {
  throw new Refusal(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown fault'}`, {
    code: 'TL_OPEN_DATA_MISSING',
    place: join(folder, name),
    remedy: 'a data folder with grid/, lca/ and datacenter/ as its README lists them',
  });
}
