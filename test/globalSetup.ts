/**
 * Servers shared by the whole test run. Nothing is started here: a small loopback desk waits until some test
 * file asks (`testServers()` in test/runtime/servers.ts), starts the server once, and stops it at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { loadConfig } from '../src/runtime/config.ts';
import { type RunningServers, startLocalServers } from '../src/runtime/localServers/startLocalServers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the desk. */
    testServersDesk: string;
  }
}

type Wanted = 'kafka' | 'temporal';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'tanliu-test-'));
  const started = new Map<Wanted, Promise<RunningServers>>();
  const desk = createServer((request, response) => {
    const wanted = request.url?.slice(1);
    if (wanted !== 'kafka' && wanted !== 'temporal') {
      response.writeHead(404).end();
      return;
    }
    const running = started.get(wanted) ?? start(wanted, home);
    started.set(wanted, running);
    running.then(
      (servers) => response.end(JSON.stringify(servers[wanted])),
      (error: Error & { remedy?: string }) =>
        response.writeHead(500).end(`${error.message}\n${error.remedy ?? ''}`),
    );
  });
  project.provide('testServersDesk', await listen(desk));
  return async () => {
    desk.closeAllConnections();
    desk.close();
    const running = await Promise.allSettled(started.values());
    await Promise.all(
      running.map((result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)),
    );
    await rm(home, { recursive: true, force: true });
  };
}

function start(wanted: Wanted, home: string): Promise<RunningServers> {
  return startLocalServers({
    config: { ...loadConfig(), home },
    kafka: wanted === 'kafka',
    temporal: wanted === 'temporal',
    progress: (message) => process.stderr.write(`test servers: ${message}\n`),
  });
}

function listen(desk: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    desk.once('error', reject);
    desk.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(desk.address() as AddressInfo).port}`));
  });
}
