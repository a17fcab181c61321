/** `tanliu exchange …`: footprints shared with partners, asked of them, and what became of the events. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { Refusal } from '../../../schemas/refusal.ts';
import type { Partner } from '../../exchange/partners.ts';
import type { Store } from '../../store/port.ts';
import { openStore } from '../connect.ts';
import { action, printJson, say, UsageError } from '../run.ts';

export function register(program: Command): void {
  const exchange = program
    .command('exchange')
    .description('footprints exchanged with partners (PACT) 碳足迹数据交换');
  exchange
    .command('share')
    .argument('<id>', 'a published footprint')
    .argument('<company...>', 'URNs')
    .option('--withdraw', 'they may not see it any more')
    .description('lets companies see a footprint')
    .action(action(share));
  exchange
    .command('deprecate')
    .argument('<id>', 'a published footprint')
    .requiredOption('--reason <text>', 'why')
    .description('marks a footprint as deprecated; it stays readable')
    .action(action(deprecate));
  exchange
    .command('fetch')
    .argument('<partner>', 'URN of the company')
    .argument('<id>', 'its footprint')
    .description(
      'fetches a footprint of a partner, keeps it, and prints it as a supplier of a bill of materials',
    )
    .action(action(fetchOne));
  exchange
    .command('request')
    .argument('<partner>', 'URN of the company')
    .requiredOption('--product-id <urn...>', 'products')
    .description('asks a partner for footprints; the running exchange sends it and keeps the answer')
    .action(action(request));
  exchange.command('suppliers').description('footprints that partners sent').action(action(suppliers));
  exchange.command('deadletters').description('events that were given up, and why').action(action(dead));
}

async function share(id: string, companies: string[], { withdraw }: { withdraw?: true }): Promise<void> {
  const { grantFootprint } = await import('../../store/publishedFootprints.ts');
  await withPublication(id, (store) =>
    grantFootprint(store, id, companies, withdraw !== true, new Date().toISOString()),
  );
  say(`${id} is ${withdraw ? 'no longer shared' : 'shared'} with ${companies.join(', ')}`);
}

async function deprecate(id: string, { reason }: { reason: string }): Promise<void> {
  const { deprecateFootprint } = await import('../../store/publishedFootprints.ts');
  const at = new Date().toISOString();
  await withPublication(id, (store) => deprecateFootprint(store, id, { successor: '', reason, at }));
  say(`${id} is deprecated`);
}

async function withPublication(id: string, act: (store: Store) => Promise<void>): Promise<void> {
  const { readPublication } = await import('../../store/publishedFootprints.ts');
  await withStore(async (store) => {
    if ((await readPublication(store, id)) === undefined)
      throw new Refusal(`nothing is published as ${id}`, {
        code: 'E_PUBLICATION',
        place: id,
        remedy: 'the id that tanliu footprint publish printed',
      });
    await act(store);
  });
}

async function fetchOne(company: string, id: string): Promise<void> {
  const { fetchSupplierFootprint } = await import('../../exchange/fetchSupplier.ts');
  const partner = await partnerOf(company);
  await withStore(async (store) => {
    const { document, sha256 } = await fetchSupplierFootprint(store, partner, id, Date.now);
    say(`${id} of ${partner.name} is kept; as "supplier" it stands in the place of a "product"`);
    printJson({ supplier: { document, sha256 } });
  });
}

async function request(company: string, { productId }: { productId: string[] }): Promise<void> {
  const { EVENT_TYPES } = await import('../../exchange/eventTypes.ts');
  const { addTask } = await import('../../store/exchangeTasks.ts');
  const { loadConfig } = await import('../../runtime/config.ts');
  const partner = await partnerOf(company);
  const { exchange } = loadConfig();
  const { version } = partner.server!;
  const source = exchange?.url;
  if (source === undefined)
    throw new UsageError('PACT_URL is needed: the address to which the partner answers');
  const id = randomUUID();
  const time = new Date().toISOString();
  const data = version === '3' ? { productId } : { pf: { productIds: productId } };
  const event = { type: EVENT_TYPES[version].created, specversion: '1.0', id, source, time, data };
  await withStore((store) =>
    addTask(store, {
      id,
      kind: 'send',
      partner: partner.company,
      version,
      created: time,
      body: JSON.stringify(event),
    }),
  );
  say(`${partner.name} is asked as ${id}; tanliu exchange suppliers shows what it sends`);
  printJson({ requestEventId: id });
}

async function suppliers(): Promise<void> {
  const { supplierFootprints } = await import('../../store/supplierFootprints.ts');
  await withStore(async (store) => {
    const rows = await supplierFootprints(store);
    for (const { partner, id, version, received } of rows)
      say(`${received}  ${id}  PACT ${version}  ${partner}`);
    printJson(rows.map(({ document, ...row }) => ({ ...row, document: JSON.parse(document) as unknown })));
  });
}

async function dead(): Promise<void> {
  const { deadTasks } = await import('../../store/exchangeTasks.ts');
  await withStore(async (store) => {
    const rows = await deadTasks(store);
    for (const { at, kind, partner, attempts, detail } of rows)
      say(`${at}  ${kind}  ${partner}  ${attempts} attempts: ${detail}`);
    printJson(rows);
  });
}

async function partnerOf(company: string): Promise<Partner> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { partnerOfCompany, readPartners } = await import('../../exchange/partners.ts');
  const file = loadConfig().exchange?.partnersFile;
  if (file === undefined) throw new UsageError('PACT_LISTEN and PACT_PARTNERS_FILE are needed');
  const partner = partnerOfCompany(await readPartners(file), company);
  if (!partner?.server) throw new UsageError(`${company} has no server in ${file}`);
  return partner;
}

async function withStore(act: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore();
  try {
    await act(store);
  } finally {
    await store.close();
  }
}
