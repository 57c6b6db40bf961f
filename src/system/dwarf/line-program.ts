/** The program of .debug_line: a machine that makes rows, of addresses and the lines that they are from (DWARF 5, 6.2). */

import type { Cursor } from './cursor.ts';
import type { Widths } from './forms.ts';

export interface LineHeader extends Widths {
  readonly instructionBytes: number;
  readonly isStatementAtFirst: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many operands the standard opcodes have, from number 1 on. */
  readonly operands: readonly number[];
}

export interface LineRow {
  readonly address: number;
  readonly file: number;
  readonly line: number;
  /** From 1 on; 0 if it is not told. */
  readonly column: number;
  /** A place where the compiler thinks that one would want to stop. */
  readonly isStatement: boolean;
}

/** Who takes the rows. */
export interface LineRows {
  add(row: LineRow): void;
  /** `high` is one past the last address of the sequence. */
  endSequence(high: number): void;
}

const standard = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStatement: 6,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;
const extended = { endSequence: 1, setAddress: 2 } as const;

/** Tells the rows in their order: within a sequence addresses rise, sequences come in any order. */
export function runLineProgram(cursor: Cursor, header: LineHeader, rows: LineRows): void {
  const { lineBase, lineRange, opcodeBase, instructionBytes, operands, isStatementAtFirst } = header;
  let [address, file, line, column, isStatement] = [0, 1, 1, 0, isStatementAtFirst];
  const add = (): void => rows.add({ address, file, line, column, isStatement });
  while (!cursor.isAtEnd) {
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      const step = opcode - opcodeBase;
      address += Math.floor(step / lineRange) * instructionBytes;
      line += lineBase + (step % lineRange);
      add();
    } else if (opcode === 0) {
      const length = cursor.unsigned();
      const next = cursor.at + length;
      const kind = cursor.u8();
      if (kind === extended.endSequence) {
        rows.endSequence(address);
        [address, file, line, column, isStatement] = [0, 1, 1, 0, isStatementAtFirst];
      } else if (kind === extended.setAddress) address = cursor.address(length - 1);
      cursor.at = next;
    } else if (opcode === standard.copy) add();
    else if (opcode === standard.advancePc) address += cursor.unsigned() * instructionBytes;
    else if (opcode === standard.advanceLine) line += cursor.signed();
    else if (opcode === standard.setFile) file = cursor.unsigned();
    else if (opcode === standard.setColumn) column = cursor.unsigned();
    else if (opcode === standard.negateStatement) isStatement = !isStatement;
    else if (opcode === standard.constAddPc)
      address += Math.floor((255 - opcodeBase) / lineRange) * instructionBytes;
    else if (opcode === standard.fixedAdvancePc) address += cursor.u16();
    else for (let count = operands[opcode - 1] ?? 0; count > 0; count--) cursor.unsigned();
  }
}
