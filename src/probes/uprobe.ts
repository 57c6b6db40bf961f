/** uprobe and uretprobe: entry (or any instruction) and return of a function of a program or library. */

import type { Report } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import type {
  Executable,
  ProbeContext,
  ProbeDefinition,
  ResolvedProbe,
  TargetSource,
  TargetText,
} from './define.ts';
import { defineProbe } from './define.ts';
import { parseFunctionOffset } from './offset-target.ts';
import { registersOf } from './registers.ts';
import { reportForm, reportMissing } from './target-errors.ts';
import { hasWildcard, matcher } from './wildcard.ts';

interface Place {
  /** What stands behind the path: main, main+4, 0x1234. */
  readonly label: string;
  readonly symbol?: string;
  readonly fileOffset: number;
}

function contextOf(isReturn: boolean, { arch, kernel: [major, minor] }: Machine): ProbeContext {
  const { arguments: args, returnValue, instructionPointer, modeRegister } = registersOf(arch);
  // get_func_ip knows uprobes since 6.6; before, it gives 0 there.
  const knowsFunction = major > 6 || (major === 6 && minor >= 6);
  return {
    space: 'user',
    arguments: isReturn ? [] : args,
    ...(isReturn && { returnValue }),
    instructionPointer,
    ...(modeRegister && { modeRegister }),
    ...(!isReturn && { functionAddress: instructionPointer }),
    ...(isReturn && knowsFunction && { functionAddress: 'get_func_ip' as const }),
    preemptible: true,
  };
}

const failures = {
  'not-found': 'There is no such program or library',
  'not-executable': 'This file is not executable',
  'not-elf': 'This file is not an ELF program or library',
  denied: 'This file can not be read',
} as const;

function userProbe(
  definition: Omit<ProbeDefinition, 'resolve' | 'list' | 'programType'>,
  isReturn: boolean,
): ProbeDefinition {
  const resolved = (path: string, place: Place, { machine }: TargetSource): ResolvedProbe => ({
    name: `${definition.name}:${path}:${place.label}`,
    attachment: {
      kind: 'uprobe',
      return: isReturn,
      path,
      offset: place.fileOffset,
      ...(place.symbol !== undefined && { symbol: place.symbol }),
      ...(machine.targetPid !== undefined && { pid: machine.targetPid }),
    },
    context: contextOf(isReturn, machine),
    contextKey: definition.name,
  });

  return defineProbe({
    ...definition,
    programType: 'kprobe',
    resolve: (target, source, report) => {
      const [path, place] = target.parts;
      if (!path || !place || target.parts.length > 2 || path.text === '' || place.text === '') {
        reportForm(definition, target, report);
        return [];
      }
      const binary = source.executable(path.text);
      if ('error' in binary) {
        report.error('binary-not-found', `${failures[binary.error]}: ${binary.path}`, path.span);
        return [];
      }
      return placesOf(isReturn, place, binary, source, report).map((found) =>
        resolved(binary.path, found, source),
      );
    },
    ...(!isReturn && {
      *list(target: TargetText, source: TargetSource) {
        const binary = source.executable(target.parts[0]?.text ?? '');
        if ('error' in binary) return;
        const isName = matcher(target.parts[1]?.text ?? '*');
        for (const { name } of binary.functions()) if (isName(name)) yield `uprobe:${binary.path}:${name}`;
      },
    }),
  });
}

function placesOf(
  isReturn: boolean,
  target: TargetText['parts'][number],
  binary: Executable,
  source: TargetSource,
  report: Report,
): readonly Place[] {
  if (/^(0[xX][0-9a-fA-F]+|\d+)$/.test(target.text)) return addressPlace(target, binary, report);
  const parsed = parseFunctionOffset(target.text);
  if (!parsed) {
    report.error('bad-probe-target', `'${target.text}' is neither a function nor an address`, target.span);
    return [];
  }
  if (isReturn && parsed.offset > 0) {
    report.error(
      'bad-probe-target',
      'A uretprobe is at the return of a function, it has no offset',
      target.span,
    );
    return [];
  }
  const isName = matcher(parsed.name);
  const found = binary.functions().filter(({ name }) => isName(name));
  if (found.length === 0) {
    const names = hasWildcard(parsed.name) ? [] : binary.functions().map(({ name }) => name);
    reportMissing(`${binary.path} has no function '${parsed.name}'`, target.span, source.settings, report, {
      word: parsed.name,
      names,
    });
    return [];
  }
  const tooFar = found.find(({ bytes }) => bytes > 0 && parsed.offset >= bytes);
  if (tooFar) {
    report.error(
      'bad-probe-target',
      `Offset ${parsed.offset} lies outside of ${tooFar.name}, which is ${tooFar.bytes} bytes long`,
      target.span,
    );
    return [];
  }
  return distinct(found).map(({ name, fileOffset }) => ({
    label: parsed.offset > 0 ? `${name}+${parsed.offset}` : name,
    symbol: name,
    fileOffset: fileOffset + parsed.offset,
  }));
}

/** One probe per place: several names of one function would count every call several times. */
function distinct<T extends { readonly fileOffset: number }>(functions: readonly T[]): readonly T[] {
  return [...new Map(functions.map((found) => [found.fileOffset, found])).values()];
}

function addressPlace(
  target: TargetText['parts'][number],
  binary: Executable,
  report: Report,
): readonly Place[] {
  const fileOffset = binary.fileOffsetOf(BigInt(target.text));
  if (fileOffset !== undefined) return [{ label: target.text, fileOffset }];
  report.error('bad-probe-target', `${binary.path} has no code at address ${target.text}`, target.span);
  return [];
}

export const uprobe = userProbe(
  {
    name: 'uprobe',
    aliases: ['u'],
    doc: 'Entry of a function of a program or library, or an instruction within it.',
    example: 'uprobe:/bin/bash:readline { printf("%d\\n", pid); }',
    forms: ['uprobe:PATH:FUNCTION', 'uprobe:PATH:FUNCTION+OFFSET', 'uprobe:PATH:ADDRESS'],
  },
  false,
);

export const uretprobe = userProbe(
  {
    name: 'uretprobe',
    aliases: ['ur'],
    doc: 'Return of a function of a program or library.',
    example: 'uretprobe:/bin/bash:readline { printf("%s\\n", str(retval)); }',
    forms: ['uretprobe:PATH:FUNCTION'],
  },
  true,
);
