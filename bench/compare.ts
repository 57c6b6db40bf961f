/**
 * The whole comparison, with the installed bpftrace if there is one: start-up, compiling, draining, what the traced program pays,
 * memory. `node bench/run.mjs [PART…] [--out FILE]`; it takes some minutes, needs root, and traces only the program that it starts.
 */

import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from '../tests/support/programs.ts';
import { startHot } from './hot.ts';
import { attachMeasurements } from './measure-attach.ts';
import { compileMeasurements } from './measure-compile.ts';
import { drainMeasurements } from './measure-drain.ts';
import { overheadMeasurements } from './measure-overhead.ts';
import { startMeasurements } from './measure-start.ts';
import { measure } from './measurement.ts';
import { header, rows } from './table.ts';
import { findTracers } from './tracers.ts';

const parts = {
  start: startMeasurements,
  compile: compileMeasurements,
  drain: drainMeasurements,
  overhead: overheadMeasurements,
  attach: attachMeasurements,
};

const args = process.argv.slice(2);
const outAt = args.indexOf('--out');
const [, out] = outAt < 0 ? [] : args.splice(outAt, 2);
const unknown = args.find((name) => !(name in parts));
if (unknown !== undefined)
  throw new Error(`no part '${unknown}': there are ${Object.keys(parts).join(', ')}`);
const wanted = Object.entries(parts).filter(([name]) => args.length === 0 || args.includes(name));

const tracers = findTracers();
const hot = startHot(join(await buildPrograms(), 'hot'));
const lines: string[] = [];
const print = (line: string): void => {
  console.log(line);
  lines.push(line);
};
try {
  const processors = cpus();
  print(
    `Linux ${release()}, Node ${process.versions.node}, ${processors.length} × ${processors[0]?.model ?? ''}\n`,
  );
  print(header(tracers));
  for (const measurement of wanted.flatMap(([, measurements]) => measurements))
    print(rows(await measure(measurement, tracers, hot), tracers));
} finally {
  hot.end();
}
if (out !== undefined) writeFileSync(out, `${lines.join('\n')}\n`);
