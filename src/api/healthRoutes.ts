/** `/health`: the process lives. `/ready`: it can answer, that is, the store does and nobody has told it to stop. */
import { z } from 'zod';
import type { ApiContext, ApiServer } from './context.ts';
import { ownProblem } from './dialects.ts';
import { ApiProblem } from './problem.ts';

const STORE_LIMIT_MS = 3_000;
const state = z.object({ status: z.enum(['ok', 'ready']) });

export function healthRoutes(app: ApiServer, { store }: ApiContext): void {
  const tags = ['Server'];
  let draining = false;
  app.addHook('preClose', async () => {
    draining = true;
  });

  app.get(
    '/health',
    { config: { open: true }, schema: { tags, summary: 'The process lives', response: { 200: state } } },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/ready',
    {
      config: { open: true },
      schema: {
        tags,
        summary: 'The store answers and the server is not stopping',
        response: { 200: state, 503: ownProblem },
      },
    },
    async () => {
      if (draining) throw notReady('the server is stopping');
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(notReady('the store does not answer')), STORE_LIMIT_MS);
      });
      await Promise.race([store.query('SELECT 1'), late])
        .catch(() => {
          throw notReady('the store does not answer');
        })
        .finally(() => clearTimeout(timer));
      return { status: 'ready' as const };
    },
  );
}

const notReady = (message: string) => new ApiProblem(message, { status: 503, code: 'TL_API_NOT_READY' });
