/** What decoding yields and output prints. Knows neither bytes nor BPF. */

import { bytesFromText } from '../base/script-bytes.ts';

/**
 * Text as bytes: every character is one byte (0 … 255), so that whatever the kernel held passes through unchanged.
 * Text output writes it as it is (latin1); JSON reads it as UTF-8. Make one from a script's text with `byteText`.
 */
export type ByteText = string;

/** An integer: a number where that is exact, a bigint elsewhere. */
export type Integer = number | bigint;

/** A bucket of a histogram; bounds are inclusive, absent where the bucket is open. */
export interface Bucket {
  readonly min?: bigint;
  readonly max?: bigint;
  readonly count: bigint;
}

export type Value =
  | Integer
  | boolean
  | ByteText
  | null
  | { readonly kind: 'pointer'; readonly address: bigint }
  | { readonly kind: 'enum'; readonly value: Integer; readonly name?: string }
  | { readonly kind: 'buffer'; readonly bytes: Uint8Array }
  | { readonly kind: 'array'; readonly elements: readonly Value[] }
  | { readonly kind: 'tuple'; readonly elements: readonly Value[] }
  | { readonly kind: 'record'; readonly fields: readonly { readonly name: string; readonly value: Value }[] }
  /** A call stack, already in words: one line a frame, no indent, no line break. */
  | { readonly kind: 'stack'; readonly frames: readonly ByteText[]; readonly indent: ByteText }
  | { readonly kind: 'stats'; readonly count: bigint; readonly average: bigint; readonly total: bigint }
  /** A value for each interval, in their order; `time` is when it began, as precise as `precision` says. */
  | {
      readonly kind: 'series';
      readonly precision: 's' | 'ms' | 'us' | 'ns';
      readonly points: readonly { readonly time: ByteText; readonly value?: bigint }[];
    }
  /** Buckets in rising order, from the first to the last that isn't empty. `style` chooses how bounds are labelled. */
  | {
      readonly kind: 'histogram';
      readonly style: 'log' | 'linear';
      readonly buckets: readonly Bucket[];
      readonly step?: bigint;
      readonly bits?: number;
    };

/** A script's own text as its bytes. */
export function byteText(text: string): ByteText {
  // eslint-disable-next-line no-control-regex -- the question is exactly whether all is ASCII
  return /^[\x00-\x7f]*$/.test(text) ? text : bytesFromText(text).toString('latin1');
}

/** The text that bytes spell in UTF-8; what isn't UTF-8 becomes U+FFFD. */
export function textOf(bytes: ByteText): string {
  // eslint-disable-next-line no-control-regex -- as above
  return /^[\x00-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}
