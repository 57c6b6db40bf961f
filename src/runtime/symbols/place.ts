/** What is known of an address: what the forms of symbols and stacks are made of. */

import type { ByteText } from '../../types/value.ts';

export interface Place {
  /** Of the function or variable; absent if none is known. */
  readonly name?: ByteText;
  /** Bytes from the symbol's start. */
  readonly offset?: number;
  /** The file, or the kernel's module. */
  readonly module?: ByteText;
  readonly fileOffset?: number;
  /** What of the source the code is from, where that is to be shown and known. */
  readonly source?: () => SourceLine | undefined;
  /** Of the file, in hexadecimal. */
  readonly buildId?: () => string | undefined;
}

/** `file:line` of a function's code, and the functions that were inlined there, the innermost first. */
export interface SourceLine {
  readonly place?: ByteText;
  readonly inlined: readonly { readonly name: ByteText; readonly place?: ByteText }[];
}

export const unknownPlace: Place = {};
