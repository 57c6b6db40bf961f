/**
 * Text from bytes that need not be UTF-8, and back, without losing any: a byte that is none of it becomes a lone surrogate, U+DC80 to
 * U+DCFF, which no UTF-8 holds (as Python's surrogateescape does, PEP 383).
 */

import { isUtf8 } from 'node:buffer';

/** Sequences of The Unicode Standard, table 3-7, among bytes that are written as characters; anything else is caught by the group. */
const sequence =
  // eslint-disable-next-line no-control-regex -- all of ASCII
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|([\x80-\xff])/g;

const strayBase = 0xdc00;

export function textFromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  return buffer.toString('latin1').replace(sequence, (found, stray: string | undefined) => {
    if (stray === undefined) return Buffer.from(found, 'latin1').toString('utf8');
    return String.fromCharCode(strayBase + stray.charCodeAt(0));
  });
}

/** Both halves of a pair are one character to a pattern with the flag u: only lone ones fit. */
const strays = /([\udc80-\udcff])/u;

export function bytesFromText(text: string): Buffer {
  if (!strays.test(text)) return Buffer.from(text, 'utf8');
  return Buffer.concat(
    text
      .split(strays)
      .map((piece, index) =>
        index % 2 === 0 ? Buffer.from(piece, 'utf8') : Buffer.from([piece.charCodeAt(0) - strayBase]),
      ),
  );
}
