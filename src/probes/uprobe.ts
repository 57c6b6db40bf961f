/** uprobe and uretprobe: entry (or any instruction) and return of a function of a program or library. */

import type { Report } from '../base/diagnostic.ts';
import { hasWildcard } from '../base/wildcard.ts';
import { binariesToList, findBinaries } from './binaries.ts';
import type { Executable, ProbeDefinition, ResolvedProbe, TargetSource, TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { checkBorder } from './instruction-border.ts';
import { reportForm } from './target-errors.ts';
import { contextBySignature, listedContext, contextKeyOf, contextOf } from './user-context.ts';
import type { UserPlace } from './user-place.ts';
import { functionNames, parseUserPlace, placesIn, readUserTarget, reportNoPlace } from './user-place.ts';

function userProbe(
  definition: Omit<ProbeDefinition, 'resolve' | 'list' | 'programType'>,
  isReturn: boolean,
): ProbeDefinition {
  const resolved = (
    binary: Executable,
    place: UserPlace,
    isOneOfMany: boolean,
    { machine }: TargetSource,
  ): ResolvedProbe => ({
    name: `${definition.name}:${binary.path}${place.label}`,
    attachment: {
      kind: 'uprobe',
      return: isReturn,
      path: binary.path,
      offset: place.fileOffset,
      ...(place.symbol !== undefined && { symbol: place.symbol }),
      ...(machine.targetPid !== undefined && { pid: machine.targetPid }),
    },
    context: contextOf({ isReturn, machine, place, binary }),
    contextKey: `${definition.name} ${place.isEntry}`,
    withSignature: () => {
      const context = contextBySignature({ isReturn, machine, place, binary, isOneOfMany });
      return { context, contextKey: contextKeyOf(definition.name, context) };
    },
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
      const isPattern = hasWildcard(written.place.text);
      const found = binaries.flatMap((binary) =>
        placesIn(binary, place, source, report).map((at) => ({ binary, at })),
      );
      if (found.length === 0) reportNoPlace(binaries, place, source, report);
      // Debug information has lines begin with an instruction.
      const isSure = place.kind === 'line';
      return found
        .filter(({ binary, at }) => isSure || checkBorder(binary, at, place.span, source, report))
        .map(({ binary, at }) => resolved(binary, at, isPattern, source));
    },
    listedInBinaries: true,
    ...(isReturn && { listedByName: true }),
    *list(target: TargetText, source: TargetSource) {
      const pattern = target.parts.length > 1 ? (target.parts.at(-1)?.text ?? '*') : '*';
      for (const binary of binariesToList(target.parts[0], source))
        for (const { name, fileOffset } of functionNames(binary, pattern, source))
          yield {
            name: `${definition.name}:${binary.path}:${name}`,
            context: () => listedContext(binary, fileOffset, isReturn, source.machine.arch),
          };
    },
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
      'uprobe:BINARY@FILE:LINE[:COLUMN]',
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
