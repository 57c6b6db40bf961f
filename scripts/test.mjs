/**
 * Runs the stages of the test suite one after the other, shows what they say as they go, and ends with
 * "N passed, N failed". A stage without tests of its own (type check, lint) counts as one test; one that crashes, hangs
 * or finds no tests counts as one failure on top of what it reported.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const reports = join(process.env.TSTRACE_CACHE ?? join(root, '.cache'), 'reports');
const bin = (name) => join(root, 'node_modules/.bin', name);
const minutes = 60_000;

// The guests that the tests use are fetched and booted before, so that no test's time-out has to include a download.
const guestShapes = ['5.10', '6.1', '6.12', '6.12:1', '6.12:4', '7.2'];

const stages = [
  check('build', [process.execPath, 'scripts/build.mjs']),
  check('typecheck', [bin('tsc'), '-p', 'tsconfig.json']),
  check('lint', [bin('eslint'), '.']),
  check('format', [bin('prettier'), '--check', '--log-level', 'warn', '.']),
  suite('unit', 10 * minutes),
  suite('golden', 10 * minutes),
  suite('runtime', 20 * minutes),
  suite('guest', 40 * minutes, [process.execPath, 'scripts/guest.mjs', 'prepare', ...guestShapes]),
];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !stages.some((stage) => stage.name === name));
if (unknown !== undefined) {
  console.error(`no stage '${unknown}': there are ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
// A guest's stage runs the bundle, so the build belongs to it.
const chosen = stages.filter(
  ({ name }) =>
    wanted.length === 0 || wanted.includes(name) || (name === 'build' && wanted.includes('guest')),
);

mkdirSync(reports, { recursive: true });
const results = [];
for (const stage of chosen) {
  console.log(`\n== ${stage.name}`);
  const started = performance.now();
  const result = await stage.run();
  results.push({ name: stage.name, ...result, seconds: (performance.now() - started) / 1000 });
}

console.log('');
for (const { name, passed, failed, skipped, seconds } of results) {
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  console.log(`${name.padEnd(10)} ${passed} passed, ${failed} failed${left} (${seconds.toFixed(1)} s)`);
}
const sum = (field) => results.reduce((total, result) => total + result[field], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;

/** A stage that is one test: it passes if its command does. */
function check(name, argv) {
  const run = async () => {
    const succeeded = await runCommand(argv, 5 * minutes);
    return succeeded ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  };
  return { name, run };
}

/** A stage of vitest tests, after a command that makes ready what they need. */
function suite(name, timeoutMs, prepare) {
  const run = async () => {
    if (prepare !== undefined && !(await runCommand(prepare, 10 * minutes))) {
      return { passed: 0, failed: 1, skipped: 0 };
    }
    const report = join(reports, `${name}.json`);
    rmSync(report, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const succeeded = await runCommand([bin('vitest'), 'run', '--project', name, ...reporters], timeoutMs);
    return count(report, succeeded);
  };
  return { name, run };
}

/** Count the tests of a vitest report; a failure that no test tells of counts as one. */
function count(report, succeeded) {
  const result = { passed: 0, failed: 0, skipped: 0 };
  for (const file of readReport(report)) {
    const failedBefore = result.failed;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') result.passed += 1;
      else if (status === 'failed') result.failed += 1;
      else result.skipped += 1;
    }
    // The file could not be loaded, or a hook failed.
    if (file.status === 'failed' && result.failed === failedBefore) result.failed += 1;
  }
  if (!succeeded && result.failed === 0) result.failed = 1;
  return result;
}

function readReport(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    // vitest ended before it could write one, and its exit status tells the rest.
    return [];
  }
}

/** Run a command with its output on ours; false if it fails or takes too long. */
function runCommand([program, ...args], timeoutMs) {
  return new Promise((resolve) => {
    // A process group of its own, so that a time-out ends its children too.
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has just ended by itself.
      }
    };
    const timer = setTimeout(() => {
      console.error(`no end after ${timeoutMs / minutes} minutes: killed`);
      end('SIGKILL');
    }, timeoutMs);
    const interrupt = () => {
      end('SIGTERM');
      process.exit(130);
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    child.on('error', (error) => {
      console.error(`cannot run ${program}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve(status === 0);
    });
  });
}
