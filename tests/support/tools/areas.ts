/** All tools by what they are for, in the order of docs/tools/README.md. The first case of a tool is the example of its page. */

import { cpuCases } from './cases/cpu.ts';
import { fileCases } from './cases/files.ts';
import { kernelCases } from './cases/kernel.ts';
import { memoryCases } from './cases/memory.ts';
import { networkCases } from './cases/network.ts';
import { processCases } from './cases/processes.ts';
import { callCases } from './cases/system-calls.ts';
import type { Kernel, ToolCase } from './tool-case.ts';

export interface Area {
  readonly title: string;
  readonly cases: readonly ToolCase[];
}

export const areas: readonly Area[] = [
  { title: 'Files and disks', cases: fileCases },
  { title: 'Processes, threads and signals', cases: processCases },
  { title: 'CPUs, waiting and locks', cases: cpuCases },
  { title: 'Memory', cases: memoryCases },
  { title: 'System calls and functions', cases: callCases },
  { title: 'Network', cases: networkCases },
  { title: 'The kernel: privileges, modules, BPF', cases: kernelCases },
];

export const toolCases: readonly ToolCase[] = areas.flatMap(({ cases }) => cases);

/** The first case of each tool. */
export const exampleOf = (tool: string): ToolCase | undefined =>
  toolCases.find((testCase) => testCase.tool === tool);

export const titleOf = ({ tool, parameters = [], command }: ToolCase): string =>
  [tool, ...parameters, ...(command === undefined ? [] : [`(${command.replace('{programs}/', '')})`])].join(
    ' ',
  );

/** While working on some tools: TOOLS=opens,lives runs those only. */
const chosen = process.env.TOOLS?.split(',');

export const runnableOn = (kernel: Kernel): readonly ToolCase[] =>
  toolCases.filter(({ tool, lacks }) => lacks?.[kernel] === undefined && chosen?.includes(tool) !== false);

/** What a kernel can't run, with the reason. */
export const lackingOn = (kernel: Kernel): readonly (readonly [string, string])[] =>
  toolCases.flatMap((testCase) => {
    const lack = testCase.lacks?.[kernel];
    return lack === undefined ? [] : [[titleOf(testCase), lack] as const];
  });
