/**
 * Entry of the start-up snapshot (scripts/build.mjs makes it, ./tstrace starts from it): does once what every run would do
 * alike, before V8's memory is written down. That memory must not hold what belongs to one run: arguments, environment,
 * working directory, open files, native modules. So modules read none of these when they are imported, and neither does this.
 */

import process from 'node:process';
import v8 from 'node:v8';
import { taiOffset } from './runtime/kernel/clocks.ts';
import { sourceFile } from './base/source-file.ts';
import { gather } from './imports/gather.ts';
import { main } from './cli/main.ts';
import { parseOptions } from './cli/options.ts';
import { realWorld } from './cli/world.ts';
import { compile } from './compile.ts';
import { prepareParser } from './parser/parse.ts';
import { defaultSettings } from './plan/settings.ts';
import { liveFacts } from './system/live-facts.ts';
import { readMachine } from './system/machine.ts';

prepareParser();
prepareCompiler();

v8.startupSnapshot.setDeserializeMainFunction(async () => {
  process.exitCode = await main(realWorld());
});

/** Compile a script with the commonest things in it: V8 keeps the code of functions that have run. Its facts are forgotten. */
function prepareCompiler(): void {
  parseOptions(['-q', '-e', 'begin { }']);
  const script = `begin { printf("%d %s\\n", pid, comm); @start = nsecs; }
    tracepoint:syscalls:sys_enter_openat /pid == 1/ { @[comm] = count(); @file[tid] = str(args.filename); }
    tracepoint:syscalls:sys_exit_openat { if (@start > 0) { $d = nsecs - @start; @h = hist($d); delete(@file, tid); } }
    interval:s:1 { print(@h); exit(); }`;
  const facts = liveFacts({
    machine: readMachine(taiOffset),
    settings: defaultSettings,
    unsafe: false,
    searchPath: '',
  });
  compile(gather(sourceFile('', script)), { parameters: [] }, () => facts);
}
