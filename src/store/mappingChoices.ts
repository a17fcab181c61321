/** Choices of people, kept per background name: lines of JSON that are only ever added to. */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type MappingChoice, mappingChoice } from '../../schemas/documents/mappingChoice.ts';
import { Fault } from '../runtime/errors.ts';

/** Beside the versions and not in them: a choice outlives the version it was made on. */
const fileOf = (home: string, background: string) => join(home, 'backgroundMappings', `${background}.jsonl`);

/** In the order they were made. Fault `TL_STORE_QUERY` where a line is damaged. */
export async function readChoices(home: string, background: string): Promise<MappingChoice[]> {
  const file = fileOf(home, background);
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, at) => {
      try {
        return mappingChoice.parse(JSON.parse(line));
      } catch {
        throw new Fault('TL_STORE_QUERY', `line ${at + 1} of ${file} is damaged`, {
          remedy: 'remove that line; the other choices stay',
        });
      }
    });
}

export async function addChoice(home: string, background: string, choice: MappingChoice): Promise<void> {
  const file = fileOf(home, background);
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${JSON.stringify(mappingChoice.parse(choice))}\n`, { flush: true });
}
