/** Programs that must be on the machine for the local servers: found, or named with how to get them. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from './errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

const run = promisify(execFile);

const REQUIREMENTS = {
  java: { needs: 'Java 17 or newer (java)', debian: 'openjdk-17-jre-headless', macos: 'openjdk@17' },
  mvn: { needs: 'Maven (mvn)', debian: 'maven', macos: 'maven' },
  python3: { needs: 'Python 3 with venv (python3)', debian: 'python3 python3-venv', macos: 'python@3' },
} as const;

/** The programs the local servers need: Java runs Kafka, Maven and Python fetch Kafka and Temporal once. */
export type Requirement = keyof typeof REQUIREMENTS;

const OLDEST_JAVA = 17;

/**
 * Absolute path of a required program, by `JAVA_HOME` (for Java) and `PATH`.
 * @throws Fault TL_REQUIREMENT_MISSING naming the program and how to get it on Debian and macOS.
 */
export async function requireProgram(name: Requirement, env: Env = process.env): Promise<string> {
  const path = await findProgram(name, env);
  if (!path) throw missing(name, 'is not on this machine');
  if (name === 'java') await checkJava(path);
  return path;
}

/** Absolute path of a program on `PATH` (or under `JAVA_HOME`), or undefined. */
async function findProgram(name: string, env: Env = process.env): Promise<string | undefined> {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  if (name === 'java' && env.JAVA_HOME) folders.unshift(join(env.JAVA_HOME, 'bin'));
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** The fault for a program that is missing or unusable. */
export function missing(name: Requirement, what: string, cause?: unknown): Fault {
  const { needs, debian, macos } = REQUIREMENTS[name];
  return new Fault('TL_REQUIREMENT_MISSING', `${needs} ${what}`, {
    remedy:
      `Debian/Ubuntu: sudo apt-get install ${debian} · macOS: brew install ${macos} · or, with Docker: ` +
      'docker compose -f infra/compose.yaml up -d and set KAFKA_BROKERS, TEMPORAL_ADDRESS, CLICKHOUSE_URL',
    cause,
  });
}

async function checkJava(path: string): Promise<void> {
  // macOS has a /usr/bin/java that only says that there is no Java: it must be run to be believed.
  const { stderr, stdout } = await run(path, ['-version'], { timeout: 30_000 }).catch((error: unknown) => {
    throw missing('java', `is not usable at ${path}`, error);
  });
  const major = /version "(\d+)/.exec(stderr + stdout)?.[1];
  if (!major || Number(major) < OLDEST_JAVA) {
    throw missing('java', `is needed, and ${path} is ${major ? `Java ${major}` : 'of an unknown version'}`);
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
