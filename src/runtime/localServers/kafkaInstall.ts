/** Fetches the Kafka broker's jars by Maven, once per user and version. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../errors.ts';
import { requireProgram } from '../requirements.ts';
import { installOnce, type Progress, runInstaller } from './install.ts';

const POM = fileURLToPath(new URL('../../../infra/kafka/pom.xml', import.meta.url));
const EXPECTED_FILES = 46;

/**
 * Folder of the broker's jars, fetched if they are not in the cache. The folder's name carries a digest of
 * the pom beside the version, so that a changed dependency is a new installation.
 * @throws Fault TL_REQUIREMENT_MISSING without Java or Maven, TL_SERVER_START when fetching fails.
 */
export async function installKafka(
  cacheDir: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<string> {
  const pom = await readFile(POM, 'utf8').catch((cause: unknown) => {
    throw new Fault('TL_REQUIREMENT_MISSING', 'there is no local Kafka in this installation', {
      remedy: 'set KAFKA_BROKERS and TEMPORAL_ADDRESS, or start it in a clone of the repository',
      cause,
    });
  });
  const version = /<kafka\.version>(.+?)</.exec(pom)?.[1];
  if (!version) throw new Fault('TL_INTERNAL', `${POM} names no kafka.version`);
  const digest = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  const name = `Kafka ${version}`;
  return installOnce(
    join(cacheDir, `kafka-${version}-${digest}`),
    { name, progress, signal },
    async (folder) => {
      await requireProgram('java');
      const mvn = await requireProgram('mvn');
      progress(`fetching ${name} (43 MB, once)`);
      let fetched = 0;
      await runInstaller(
        mvn,
        [
          '--batch-mode',
          '--file',
          POM,
          'dependency:copy-dependencies',
          '-DincludeScope=runtime',
          `-DoutputDirectory=${folder}`,
        ],
        {
          signal,
          onLine(line) {
            if (!/Copying \S+\.jar/.test(line)) return;
            fetched++;
            if (fetched % 15 === 0) progress(`${name}: ${fetched} of about ${EXPECTED_FILES} files`);
          },
        },
      );
    },
  );
}
