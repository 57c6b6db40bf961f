/**
 * `for`: the body is a function that the kernel calls for each round, so that the verifier need not see a bound. What the body and the
 * code around it both use lies in scratch: the verifier takes its contents for unknown, so that all rounds look the same to it.
 */

import { present } from '../base/assert.ts';
import { runtimeWarning } from '../builtins/runtime-warning.ts';
import { partsOf, sizeOf } from '../types/layout.ts';
import type { Emission } from './emission.ts';
import { keyLayoutOf } from './emission.ts';
import { emitAggregateAt } from './emit-aggregate-get.ts';
import { isSigned, scalarOf } from './emit-expression.ts';
import type { LoopBody } from './emit-loop-body.ts';
import { callLoop } from './emit-loop-body.ts';
import type { StatementOf } from './emit-statement.ts';
import { withAlign } from './llvm/ir-value.ts';
import { usedElements } from './loop-facts.ts';
import type { Register } from './values.ts';
import { Place } from './values.ts';
import { settle } from './variables.ts';

/** BPF_MAX_LOOPS of include/linux/bpf.h: bpf_loop refuses more. Sema does so where the range is known. */
const roundsMax = 8 * 1024 * 1024;

/**
 * An empty range is left out by a branch of its own: kernels from 6.7 on do not walk through the body of a loop that they see to have no
 * rounds, and then miss its code (kernel/bpf/verifier.c, check_helper_call).
 */
export function emitRangeLoop(emission: Emission, statement: StatementOf<'for-range'>): void {
  const { out } = emission;
  const first = scalarOf(emission, statement.from);
  const end = scalarOf(emission, statement.to);
  const isSome = out.compare('<', first, end, isSigned(statement.variable.type));
  const rounds = out.subtract(end, first);
  if (rounds.ir.constant === undefined)
    out.when(isSome, () => boundedRange(emission, statement, first, rounds));
  else if (isSome.ir.constant === 1n) runRange(emission, statement, first, rounds);
}

/** Where the number of rounds turns out at run time. */
function boundedRange(
  emission: Emission,
  statement: StatementOf<'for-range'>,
  first: Register,
  rounds: Register,
): void {
  const { out } = emission;
  const message = `This range has more than ${roundsMax} numbers, more than a loop can have rounds: it is left out`;
  out.when(
    out.compare('>', rounds, roundsMax),
    () => out.submit(runtimeWarning, { place: out.place(statement.span, message) }),
    () => runRange(emission, statement, first, rounds),
  );
}

function runRange(
  emission: Emission,
  { variable, body }: StatementOf<'for-range'>,
  first: Register,
  rounds: Register,
): void {
  const firstWithin = keep(emission, first);
  const loop: LoopBody = {
    statements: body,
    parameters: [{ name: 'round', type: 'i64' }],
    begin(inner, [round]) {
      const value = inner.out.add(firstWithin(inner), present(round, 'round'));
      inner.out.store(settle(inner, variable), 0, value);
    },
  };
  callLoop(emission, loop, (callback, frame) => emission.out.helper('loop', [rounds, callback, frame, 0]));
}

/** A value of now, for the body. */
function keep({ out }: Emission, value: Register): (inner: Emission) => Register {
  if (value.ir.constant !== undefined) return () => value;
  const room = out.storage.reserveShared(8, 'first');
  out.store(out.storage.at(room), 0, value);
  return (inner) => inner.out.load(inner.out.storage.at(room), 0, 64);
}

export function emitMapLoop(emission: Emission, statement: StatementOf<'for-map'>): void {
  const { out } = emission;
  const { map } = statement;
  const body: LoopBody = {
    statements: statement.body,
    parameters: ['map', 'key', 'value'].map((name) => ({ name, type: 'ptr' })),
    begin: (inner, [, key, value]) =>
      fillPair(inner, statement, present(key, 'key'), present(value, 'value')),
  };
  callLoop(emission, body, (callback, frame) =>
    out.helper('for_each_map_elem', [{ map }, callback, frame, 0]),
  );
}

/** The pair of key and value, as far as the body asks for it: the value of an aggregation takes a look at every CPU. */
function fillPair(
  inner: Emission,
  { variable, map, body }: StatementOf<'for-map'>,
  keyAddress: Register,
  valueAddress: Register,
): void {
  const { out } = inner;
  const used = usedElements(body, variable.id);
  const pair = settle(inner, variable);
  if (used === 'whole') out.zero(pair);
  const isUsed = (index: number): boolean => used === 'whole' || used.has(index);
  const [keySlot, valueSlot] = partsOf(variable.type).slots.map(({ offset, type }) =>
    out.part(pair, offset, sizeOf(type)),
  );
  const key = new Place(withAlign(keyAddress.ir, 8), keyLayoutOf(map).size);
  const [keyPart, valuePart] = [present(keySlot, 'key'), present(valueSlot, 'value')];
  if (isUsed(0)) out.copy(keyPart, 0, key, 0, keyPart.bytes);
  if (!isUsed(1)) return;
  if (map.aggregation) out.store(valuePart, 0, emitAggregateAt(inner, map, key));
  else out.copy(valuePart, 0, new Place(withAlign(valueAddress.ir, 8), valuePart.bytes), 0, valuePart.bytes);
}
