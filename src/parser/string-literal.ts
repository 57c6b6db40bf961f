/** String literals: quotes off, escapes done, text turned into bytes (a ByteText, src/types/value.ts). */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import { byteText } from '../types/value.ts';

const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/** The bytes that a literal stands for. Bad escapes are reported and left out. `image` may lack the closing quote. */
export function readString(image: string, span: Span, report: Report): string {
  const body =
    image.length > 1 && image.endsWith('"') && !endsInEscape(image) ? image.slice(1, -1) : image.slice(1);
  if (!body.includes('\\')) return byteText(body);
  const pieces: string[] = [];
  let plainStart = 0;
  for (let at = body.indexOf('\\'); at >= 0; at = body.indexOf('\\', plainStart)) {
    pieces.push(byteText(body.slice(plainStart, at)));
    const escape = readEscape(body, at);
    if (escape.problem === undefined) pieces.push(escape.bytes);
    else
      reportEscape(
        escape.problem,
        { file: span.file, start: span.start + 1 + at, end: span.start + 1 + escape.end },
        report,
      );
    plainStart = escape.end;
  }
  pieces.push(byteText(body.slice(plainStart)));
  return pieces.join('');
}

/** Whether the last quote is itself escaped: an unterminated string may end so. */
function endsInEscape(image: string): boolean {
  let slashes = 0;
  while (image[image.length - 2 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
}

interface Escape {
  readonly bytes: string;
  readonly end: number;
  readonly problem?: string;
}

/** The escape whose backslash is at an offset. */
function readEscape(body: string, at: number): Escape {
  const octal = /[0-7]{1,3}/y;
  const hex = /x([0-9a-fA-F]{1,2})/y;
  octal.lastIndex = hex.lastIndex = at + 1;
  const char = String.fromCodePoint(body.codePointAt(at + 1) ?? 0x20);
  const simple = simpleEscapes[char];
  if (simple !== undefined) return { bytes: simple, end: at + 2 };
  const octalDigits = octal.exec(body)?.[0];
  if (octalDigits !== undefined) {
    const value = parseInt(octalDigits, 8);
    const end = at + 1 + octalDigits.length;
    if (value > 255)
      return { bytes: '', end, problem: `'\\${octalDigits}' is more than a byte holds (\\377)` };
    return { bytes: String.fromCharCode(value), end };
  }
  const hexDigits = hex.exec(body)?.[1];
  if (hexDigits !== undefined) {
    return { bytes: String.fromCharCode(parseInt(hexDigits, 16)), end: at + 2 + hexDigits.length };
  }
  const end = Math.min(body.length, at + 1 + char.length);
  return {
    bytes: '',
    end,
    problem: char === 'x' ? "'\\x' needs one or two hexadecimal digits" : `'\\${char}' is no escape`,
  };
}

function reportEscape(problem: string, span: Span, report: Report): void {
  const hints = [String.raw`There are \n, \t, \r, \", \\, octal \0 to \377 and hexadecimal \x0 to \xff.`];
  report.error('bad-escape', problem, span, { hints });
}
