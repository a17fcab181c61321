/**
 * Makes `npm run demo`, `npm test` and `npm run test:full` work as the first command typed in a fresh clone:
 * installs the dependencies when they are not those of package-lock.json, then goes on under the Node 24 among
 * them. Plain JavaScript for Node 20 and newer, with no dependency. Its own words go to standard error.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const OLDEST_NODE = 20;
const RUNNING_NODE = 24;

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
let interrupted = false;

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    interrupted = true;
    // From a terminal Ctrl-C reaches the children by itself; a second one would cut their tidy end short.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    for (const child of children) child.kill(signal);
  });
}

/**
 * Runs a program to its end and resolves with its exit code (128 + n when signal n ended it, 127 when it is not there).
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, stdio?: import('node:child_process').StdioOptions }} [options]
 * @returns {Promise<number>}
 */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: options.stdio ?? 'inherit',
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...options.env },
    });
    children.add(child);
    child.once('error', () => {
      children.delete(child);
      resolve(127);
    });
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * What differs between package-lock.json and what npm noted of its last installation; undefined when nothing does.
 * Optional packages may be missing: they are for other platforms.
 * @returns {string | undefined}
 */
function installationGap() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return 'nothing is installed yet';
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(noted);
  for (const [path, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue;
    const there = installed[path];
    if (!there && !optional && !devOptional) return `${path} is missing`;
    if (there && there.version !== version) return `${path} is ${there.version}, not ${version}`;
  }
  return existsSync(join(bin, 'node')) ? undefined : 'Node is missing';
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }>}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** Installs the dependencies if they are not those of package-lock.json. */
async function install() {
  const gap = installationGap();
  if (!gap) return;
  say(`installing the dependencies (${gap}) …`);
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  const ticking = setInterval(() => say(`  still installing the dependencies, ${seconds()} s`), 10_000);
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock that does not list the binaries of every platform, and a lock lists only those
  // that the registry had where it was written. This takes every version from the lock too and leaves it unchanged.
  const words = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm's words go to standard error: standard output belongs to the command that was asked for.
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['ignore', 2, 2];
  const code = await (npm ? run(process.execPath, [npm, ...words], { stdio }) : run('npm', words, { stdio }));
  clearInterval(ticking);
  if (code !== 0) {
    say(`npm install ended with ${code}; the npm registry must be reachable on the first run`);
    process.exit(interrupted ? 130 : 3);
  }
  say(`the dependencies are installed (${seconds()} s)`);
}

/** The Node that runs everything: the one among the dependencies, else this one if it is new enough. */
function runningNode() {
  const own = join(bin, 'node');
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= RUNNING_NODE) return process.execPath;
  say(`Node ${RUNNING_NODE} is needed and the npm package that brings it has none for this platform`);
  process.exit(3);
}

/** Names on one line what this machine lacks that some tests need, so that their being skipped is no surprise. */
async function sayWhatIsMissing() {
  const quiet = /** @type {const} */ ('ignore');
  const onPath = (/** @type {string} */ name) =>
    (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
  const fonts = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';
  const macFonts = '/System/Library/Fonts/PingFang.ttc';
  const there = {
    chromium: ['chromium', 'chromium-browser', 'google-chrome'].some(onPath),
    'fonts-noto-cjk': existsSync(fonts) || existsSync(macFonts),
    docker:
      onPath('docker') &&
      (await run('docker', ['info', '--format', '{{.ServerVersion}}'], { stdio: quiet })) === 0,
    '../shared/data': existsSync(process.env.TANLIU_DATA ?? join(root, '..', 'shared', 'data')),
  };
  const missing = Object.entries(there).flatMap(([name, is]) => (is ? [] : [name]));
  if (missing.length > 0)
    say(`not on this machine, so the tests that need it are skipped: ${missing.join(', ')}`);
}

const CHECKS = /** @type {const} */ ([
  ['types', 'tsc', ['--noEmit']],
  ['lint', 'biome', ['ci', '.']],
  ['dead code', 'knip', ['--no-progress']],
]);

/**
 * The static checks, then the tests; with arguments only the tests, which get them.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} exit code
 */
async function test(args, env) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  if (args.length === 0) {
    for (const [name, command, commandArgs] of CHECKS) {
      if (interrupted) return 130;
      const start = Date.now();
      const code = await run(command, [...commandArgs]);
      count[code === 0 ? 'passed' : 'failed']++;
      say(`${name}: ${code === 0 ? 'passed' : 'failed'} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    }
  }
  if (interrupted) return 130;
  await sayWhatIsMissing();
  const folder = mkdtempSync(join(tmpdir(), 'tanliu-report-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(
    runningNode(),
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args],
    {
      env,
    },
  );
  addReport(count, report, code);
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  if (interrupted) return 130;
  return count.failed === 0 && code === 0 ? 0 : 1;
}

/**
 * Adds vitest's own counts. A file that broke before its first test, and a run that failed outside any test, count as one failure.
 * @param {{ passed: number, failed: number, skipped: number }} count
 * @param {string} path
 * @param {number} code
 */
function addReport(count, path, code) {
  const before = count.failed;
  if (existsSync(path)) {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    count.passed += report.numPassedTests;
    count.failed += report.numFailedTests;
    count.skipped += report.numPendingTests + report.numTodoTests;
    for (const file of report.testResults) {
      const named = file.assertionResults.some(
        (/** @type {{ status: string }} */ one) => one.status === 'failed',
      );
      if (file.status === 'failed' && !named) count.failed++;
    }
  }
  if (code !== 0 && count.failed === before) count.failed++;
}

/** @param {string[]} argv */
async function main([what = '', ...args]) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    say(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}`);
    return 3;
  }
  if (!['demo', 'test', 'test:full'].includes(what)) {
    say('wrong use: node infra/first-run.mjs demo|test|test:full [ARGS]');
    return 2;
  }
  await install();
  if (interrupted) return 130;
  if (what === 'demo') return run(runningNode(), [join(root, 'src/cli/tanliu.ts'), 'demo', ...args]);
  return test(args, what === 'test:full' ? { TANLIU_TEST_FULL: '1' } : {});
}

process.exitCode = await main(process.argv.slice(2));
