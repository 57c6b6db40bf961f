/** All builtins, by name. The list is explicit: its order is that of the documents, and nothing happens at import. */

import { avg, stats } from './aggregations/averages.ts';
import { count, sum } from './aggregations/count.ts';
import { max, min } from './aggregations/extremes.ts';
import { hist, lhist } from './aggregations/hist.ts';
import { tseries } from './aggregations/tseries.ts';
import type { Builtin, EventDefinition, EventFields } from './define.ts';
import { assertStr, fail, staticAssert } from './functions/assertions.ts';
import { buf } from './functions/buf.ts';
import { defaultStrLength, kfuncAllowed, kfuncExist } from './functions/compile-time.ts';
import { debugf } from './functions/debugf.ts';
import { exit } from './functions/exit.ts';
import { cat, errorf, printf, system, warnf } from './functions/formatted.ts';
import { join } from './functions/join.ts';
import { path, socketCookie } from './functions/given.ts';
import { getopt } from './functions/getopt.ts';
import { clear, deleteKey, find, hasKey, len, zero } from './functions/maps.ts';
import { cgroupid, cgroupPath } from './functions/cgroups.ts';
import { bswap, macaddr, pton } from './functions/network.ts';
import { signalName, strerror, syscallName } from './functions/names.ts';
import { leaderComm, leaderTid, pcomm, ppid } from './functions/relatives.ts';
import { ntop } from './functions/ntop.ts';
import { percpuKaddr } from './functions/percpu.ts';
import { containerOf, kptr, uptr } from './functions/pointers.ts';
import { print } from './functions/print.ts';
import { skboutput } from './functions/packets.ts';
import { reg } from './functions/reg.ts';
import { kstack, ustack } from './functions/stacks.ts';
import { override, signal, signalThread, writeUser } from './functions/side-effects.ts';
import { str } from './functions/str.ts';
import { memcmp, strcap, strConcat, strcontains, strlen, strncmp, strstr } from './functions/strings.ts';
import { kaddr, ksym, usym } from './functions/symbols.ts';
import { strftime, time } from './functions/time.ts';
import { unwatch } from './functions/unwatch.ts';
import {
  isArray,
  isErr,
  isInteger,
  isLiteral,
  isPtr,
  isStr,
  isUnsignedInteger,
} from './functions/type-tests.ts';
import { uaddr } from './functions/uaddr.ts';
import { helperFailure, runtimeWarning } from './runtime-warning.ts';
import { args, numberedArguments, retval, usermode } from './variables/arguments.ts';
import { cpid, hasCpid } from './variables/child.ts';
import { comm } from './variables/comm.ts';
import { config } from './variables/config.ts';
import { cpu, ncpus, numaid } from './variables/cpu.ts';
import { ctx } from './variables/ctx.ts';
import { func } from './variables/func.ts';
import { pid, tid } from './variables/pid.ts';
import { probe, probetype } from './variables/probe.ts';
import { cgroup, curtask, rand } from './variables/task.ts';
import { elapsed, jiffies, nsecs } from './variables/time.ts';
import { gid, uid, username } from './variables/uid.ts';

export const builtins: readonly Builtin[] = [
  pid,
  tid,
  cpid,
  hasCpid,
  uid,
  gid,
  username,
  comm,
  ppid,
  pcomm,
  leaderTid,
  leaderComm,
  cpu,
  ncpus,
  numaid,
  nsecs,
  elapsed,
  jiffies,
  curtask,
  cgroup,
  rand,
  probe,
  probetype,
  func,
  ...numberedArguments,
  args,
  retval,
  ctx,
  usermode,
  config,
  printf,
  errorf,
  warnf,
  debugf,
  print,
  cat,
  join,
  system,
  signal,
  signalThread,
  override,
  writeUser,
  unwatch,
  skboutput,
  exit,
  clear,
  zero,
  deleteKey,
  hasKey,
  find,
  len,
  str,
  buf,
  strlen,
  strcap,
  strncmp,
  strstr,
  strcontains,
  strConcat,
  memcmp,
  strerror,
  signalName,
  syscallName,
  ksym,
  usym,
  uaddr,
  kaddr,
  percpuKaddr,
  path,
  socketCookie,
  getopt,
  reg,
  kstack,
  ustack,
  time,
  strftime,
  ntop,
  kptr,
  uptr,
  containerOf,
  pton,
  macaddr,
  bswap,
  cgroupid,
  cgroupPath,
  staticAssert,
  assertStr,
  fail,
  isStr,
  isPtr,
  isArray,
  isInteger,
  isUnsignedInteger,
  isLiteral,
  isErr,
  kfuncAllowed,
  kfuncExist,
  defaultStrLength,
  count,
  sum,
  min,
  max,
  avg,
  stats,
  hist,
  lhist,
  tseries,
];

const byName: ReadonlyMap<string, Builtin> = new Map(builtins.map((builtin) => [builtin.name, builtin]));

export function findBuiltin(name: string): Builtin | undefined {
  return byName.get(name);
}

export function builtinNames(): readonly string[] {
  return [...byName.keys()];
}

const events: ReadonlyMap<string, EventDefinition<EventFields>> = new Map(
  [
    ...builtins.flatMap((builtin) => (builtin.kind === 'function' ? (builtin.events ?? []) : [])),
    runtimeWarning,
    helperFailure,
  ].map((event) => [event.name, event]),
);

/** The handler of an event by its name in the plan. */
export function findEvent(name: string): EventDefinition<EventFields> | undefined {
  return events.get(name);
}
