/** uprobe and uretprobe: entry (or any instruction) and return of a function of a program or library. */

import type { Report } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
import { binariesToList, findBinaries, probedBinary } from './binaries.ts';
import type {
  Executable,
  ProbeContext,
  ProbeDefinition,
  ResolvedProbe,
  TargetSource,
  TargetText,
} from './define.ts';
import { defineProbe } from './define.ts';
import { registerContext, registersOf } from './registers.ts';
import { reportForm } from './target-errors.ts';
import type { UserPlace } from './user-place.ts';
import { functionNames, parseUserPlace, placesIn, readUserTarget, reportNoPlace } from './user-place.ts';

function contextOf(isReturn: boolean, machine: Machine, place: UserPlace, binary: Executable): ProbeContext {
  const { arguments: args, returnValue, instructionPointer, caller } = registersOf(machine.arch);
  // get_func_ip knows uprobes since 6.6; before, it gives 0 there.
  const knowsFunction = kernelFrom(machine, 6, 6);
  return {
    space: 'user',
    arguments: isReturn ? [] : args,
    ...(isReturn && { returnValue }),
    ...registerContext(machine.arch, 'pt_regs'),
    ...(!isReturn && { functionAddress: instructionPointer }),
    ...(isReturn && knowsFunction && { functionAddress: 'get_func_ip' as const }),
    ...(!isReturn && place.isEntry && { caller }),
    ...probedBinary(binary, place.fileOffset),
    reentrant: true,
  };
}

function userProbe(
  definition: Omit<ProbeDefinition, 'resolve' | 'list' | 'programType'>,
  isReturn: boolean,
): ProbeDefinition {
  const resolved = (binary: Executable, place: UserPlace, { machine }: TargetSource): ResolvedProbe => ({
    name: `${definition.name}:${binary.path}:${place.label}`,
    attachment: {
      kind: 'uprobe',
      return: isReturn,
      path: binary.path,
      offset: place.fileOffset,
      ...(place.symbol !== undefined && { symbol: place.symbol }),
      ...(machine.targetPid !== undefined && { pid: machine.targetPid }),
    },
    context: contextOf(isReturn, machine, place, binary),
    contextKey: definition.name,
  });

  return defineProbe({
    ...definition,
    programType: 'kprobe',
    resolve: (target, source, report) => {
      const written = readUserTarget(target, source);
      if (!written) {
        reportForm(definition, target, report);
        return [];
      }
      const place = parseUserPlace(written, isReturn, report);
      const binaries = place ? findBinaries(written.binary, target.span, source, report) : [];
      if (!place || binaries.length === 0 || (isReturn && reportGo(binaries, target, report))) return [];
      const found = binaries.flatMap((binary) =>
        placesIn(binary, place, source, report).map((at) => resolved(binary, at, source)),
      );
      if (found.length === 0) reportNoPlace(binaries, place, source, report);
      return found;
    },
    ...(!isReturn && {
      *list(target: TargetText, source: TargetSource) {
        const pattern = target.parts.at(-1)?.text ?? '*';
        for (const binary of binariesToList(target.parts[0], source))
          for (const name of functionNames(binary, pattern, source)) yield `uprobe:${binary.path}:${name}`;
      },
    }),
  });
}

/** The kernel puts its own address in place of the return address; Go's runtime, which moves stacks, ends the program when it meets it. */
function reportGo(binaries: readonly Executable[], target: TargetText, report: Report): boolean {
  const go = binaries.find(({ isGo }) => isGo);
  if (!go) return false;
  const message = `${go.path} is a Go program, which a probe at returns would crash`;
  report.error('probe-not-supported', message, target.span, {
    hints: ["Probe the function's RET instructions instead: uprobe:PATH:FUNCTION+OFFSET."],
  });
  return true;
}

export const uprobe = userProbe(
  {
    name: 'uprobe',
    aliases: ['u'],
    doc: 'Entry of a function of a program or library, or an instruction within it.',
    example: 'uprobe:/bin/bash:readline { printf("%d\\n", pid); }',
    forms: [
      'uprobe:BINARY:FUNCTION[+OFFSET]',
      'uprobe:BINARY:ADDRESS',
      'uprobe:BINARY:cpp:"NAMESPACE::FUNCTION"',
      'uprobe:FUNCTION (with -p)',
    ],
  },
  false,
);

export const uretprobe = userProbe(
  {
    name: 'uretprobe',
    aliases: ['ur'],
    doc: 'Return of a function of a program or library.',
    example: 'uretprobe:/bin/bash:readline { printf("%s\\n", str(retval)); }',
    forms: [
      'uretprobe:BINARY:FUNCTION',
      'uretprobe:BINARY:cpp:"NAMESPACE::FUNCTION"',
      'uretprobe:FUNCTION (with -p)',
    ],
  },
  true,
);
