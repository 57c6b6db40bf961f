/**
 * One function as goldens show it: what we meant, without what LLVM needs spelled out. Helpers by name, no debug
 * locations, no address types, no alignment that goes without saying.
 */

import { assert } from '../../base/assert.ts';
import type { IrBlock, IrInstruction } from './block-writer.ts';
import type { FunctionBuilder } from './ir.ts';

/** The body: the entry block has no label, blocks are parted by one blank line. */
export function printGoldenFunction(builder: FunctionBuilder): string {
  const blocks = builder.finish().map((block, index) => {
    const lines = block.instructions.map(printInstruction);
    return [...(index === 0 ? [] : [`${block.label}:`]), ...lines].join('\n');
  });
  return blocks.join('\n\n');
}

/** `helpers: get_current_pid_tgid ×1, map_update_elem ×2   stack: 16 bytes   blocks: 4   loops: 0` */
export function printShape(builder: FunctionBuilder): string {
  const blocks = builder.finish();
  const calls = new Map<string, number>();
  for (const { helper } of blocks.flatMap((block) => block.instructions)) {
    if (helper !== undefined) calls.set(helper, (calls.get(helper) ?? 0) + 1);
  }
  const helpers = [...calls].map(([name, count]) => `${name} ×${count}`).join(', ');
  return [
    `helpers: ${helpers === '' ? 'none' : helpers}`,
    `stack: ${builder.stackBytes} bytes`,
    `blocks: ${blocks.length}`,
    `loops: ${countLoops(blocks)}`,
  ].join('   ');
}

const commentColumn = 48;

function printInstruction(instruction: IrInstruction): string {
  const line = `  ${withoutTheObvious(withHelperName(instruction))}`;
  if (instruction.comment === undefined) return line;
  return `${line.padEnd(commentColumn - 1)} ; ${instruction.comment}`;
}

function withHelperName({ text, helper }: IrInstruction): string {
  if (helper === undefined) return text;
  const named = text.replace(/inttoptr \(i64 \d+ to ptr\)/, `@helper.${helper}`);
  assert(named !== text, `the call of helper ${helper} is written otherwise: ${text}`);
  return named;
}

/** Address types, usual alignments, and the spelling of intrinsics; a load's own type and a returned pointer stay. */
function withoutTheObvious(text: string): string {
  return text
    .replace(/^call void @llvm\.(memset|memcpy)\.inline[^(]*\((.*), i1 false\)$/, '$1($2)')
    .replace(/asm sideeffect "", "=r,0"/, '@opaque')
    .replace(/^call void asm sideeffect "", ""\(\)$/, 'barrier')
    .replace(/, align (\d+)$/, (written, align) => (Number(align) === usualAlign(text) ? '' : written))
    .replace(/([,(] ?|store volatile |store )ptr (?:align \d+ )?(?=[%@n])/g, '$1');
}

/** The alignment an access or a stack slot has by its type; bytes on the stack are aligned to 8. */
function usualAlign(text: string): number {
  const [, bits] = /^(?:\S+ = )?(?:load|store|alloca)(?: volatile)? i(\d+)\b/.exec(text) ?? [];
  return bits === undefined ? 8 : Math.max(1, Number(bits) / 8);
}

/** Edges that lead back to a block on the way to them: one for each loop. */
function countLoops(blocks: readonly IrBlock[]): number {
  const byLabel = new Map(blocks.map((block) => [block.label, block]));
  const state = new Map<string, 'open' | 'done'>();
  let loops = 0;
  const visit = (label: string): void => {
    state.set(label, 'open');
    for (const next of byLabel.get(label)?.successors ?? []) {
      const seen = state.get(next.label);
      if (seen === 'open') loops++;
      if (seen === undefined) visit(next.label);
    }
    state.set(label, 'done');
  };
  if (blocks[0]) visit(blocks[0].label);
  return loops;
}
