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
  /** Of the file, in hexadecimal. */
  readonly buildId?: () => string | undefined;
}

export const unknownPlace: Place = {};
