/** Where the script's variables live: in registers and on the stack of their function, or in scratch, where inner functions find them too. */

import { present } from '../base/assert.ts';
import type { VariableSymbol } from '../sema/typed-tree.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import type { ScratchRoom } from './bpf/storage.ts';
import type { Emission } from './emission.ts';
import { widthOf } from './words.ts';
import { integerType } from './llvm/ir-value.ts';
import { Place } from './values.ts';

export type Home =
  /** Theirs as long as the function runs: LLVM makes a register of it. */
  | { readonly kind: 'register'; readonly place: Place }
  /** Theirs until their block ends. */
  | { readonly kind: 'memory'; readonly place: Place }
  | { readonly kind: 'shared'; readonly room: ScratchRoom }
  /** The same, and theirs as long as the program or function of the script runs: their address may outlive their block. */
  | { readonly kind: 'lasting'; readonly room: ScratchRoom };

/** Variables whose address is taken, before the body that declares them: they keep their places while it runs. */
export function settleAddressed({ out, variables }: Emission, addressed: readonly VariableSymbol[]): void {
  for (const { id, name, type } of addressed)
    variables.set(id, { kind: 'lasting', room: out.storage.reserveShared(sizeOf(type), name) });
}

/** A variable comes to life, zeroed whenever the declaration is run. */
export function declare(emission: Emission, variable: VariableSymbol): void {
  const { out } = emission;
  const home = settle(emission, variable);
  if (isScalar(variable.type)) out.store(home, 0, out.int(0, widthOf(variable.type)));
  else out.zero(home);
}

/** The same, but what it holds is still to be stored. */
export function settle(emission: Emission, variable: VariableSymbol): Place {
  emission.variables.set(variable.id, newHome(emission, variable));
  return homeOf(emission, variable);
}

function newHome(
  { out, variables, share, shared, counting }: Emission,
  { id, name, type }: VariableSymbol,
): Home {
  const bytes = sizeOf(type);
  const before = variables.get(id);
  if (before?.kind === 'register' || before?.kind === 'lasting') return before;
  if (shared.has(id)) return { kind: 'shared', room: out.storage.reserveShared(bytes, name) };
  const registers = [...variables.values()].filter(({ kind }) => kind === 'register').length;
  if (!isScalar(type) || (registers >= share.registerVariables && !counting.has(id)))
    return { kind: 'memory', place: out.storage.reserve(bytes, name) };
  return { kind: 'register', place: new Place(out.builder.alloca(integerType(bytes), name), bytes) };
}

/** Those that inner functions find too. */
export const sharedHomes = ({ variables }: Emission): ReadonlyMap<string, Home> =>
  new Map([...variables].filter(([, { kind }]) => kind === 'shared' || kind === 'lasting'));

/** Where a variable is, which has been declared. */
export function homeOf({ out, variables }: Emission, { id, name }: VariableSymbol): Place {
  const home = present(variables.get(id), `variable $${name}`);
  return 'room' in home ? out.storage.at(home.room) : home.place;
}
