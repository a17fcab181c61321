/** The OpenAPI 3.1 document, made of the routes' zod documents, and a reference page that works offline. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { ApiServer } from './context.ts';

const DESCRIPTION = `Carbon intensity of the grid and the mix behind it, in the shapes that existing clients read.

Clients of **Electricity Maps** (v3) take \`<this address>/v3\` as their base address, clients of the **Carbon Aware SDK** take this address. Fields that begin with \`x_\` are additions. Unknown is null or left out, never 0; a parameter that is unknown or cannot be answered is refused with the reason.`;

/** Registers the document; to be called before the routes. */
export async function registerOpenApi(app: ApiServer, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: '碳流 Tanliu', version, description: DESCRIPTION, license: { name: 'Apache-2.0' } },
      tags: [
        { name: 'Electricity Maps v3', description: 'Intensity, power breakdown, zones, changes' },
        { name: 'Carbon Aware SDK', description: 'Ratings, forecasts with the best window, averages' },
        { name: 'Server', description: 'Health and readiness' },
      ],
      components: {
        securitySchemes: {
          authToken: { type: 'apiKey', in: 'header', name: 'auth-token' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ authToken: [] }, { bearer: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } as never }),
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
  app.get(
    '/openapi.json',
    { config: { open: true }, schema: { hide: true } as never },
    async (_request, reply) => reply.type('application/json').serializer(JSON.stringify).send(app.swagger()),
  );
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { validatorUrl: null, deepLinking: true, displayRequestDuration: true } as never,
    theme: { title: '碳流 Tanliu API' },
  });
}

/** Each named document comes once as it is read and once as it is written; what no route refers to is left out. */
function withoutUnused<D extends object>(document: D): D {
  const named =
    (document as { components?: { schemas?: Record<string, unknown> } }).components?.schemas ?? {};
  const routes = JSON.stringify({ ...document, components: undefined });
  const used = new Set<string>();
  const follow = (text: string) => {
    for (const [, name] of text.matchAll(/#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      follow(JSON.stringify(named[name]));
    }
  };
  follow(routes);
  const schemas = Object.fromEntries(Object.entries(named).filter(([name]) => used.has(name)));
  const { components } = document as { components?: object };
  return { ...document, components: { ...components, schemas } };
}
