/** An attach point's raw text to its parts: parameters put in, quotes off, split at colons. Its meaning is the probe's own matter. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { AttachPoint, Name } from './ast.ts';
import { scanString } from './scan.ts';

/** Text of one part under construction; offsets are within the raw text. */
interface Part {
  readonly text: string[];
  readonly start: number;
}

/** Build the attach point from what stands at a span. Missing parameters count as empty, with a warning. */
export function readAttachPoint(
  raw: string,
  span: Span,
  parameters: readonly string[],
  report: Report,
): AttachPoint {
  const name = /^[A-Za-z_]\w*(?==)/.exec(raw)?.[0];
  const start = name === undefined ? 0 : name.length + 1;
  const label = name === undefined ? {} : { label: { text: name, span: within(span, 0, name.length) } };
  return {
    ...label,
    ...partsOf(raw.slice(start), within(span, start, raw.length), parameters, report),
    span,
  };
}

function partsOf(
  raw: string,
  span: Span,
  parameters: readonly string[],
  report: Report,
): Pick<AttachPoint, 'provider' | 'parts'> {
  const names: Name[] = [];
  let part: Part = { text: [], start: 0 };
  const finish = (end: number, next: number): void => {
    names.push({ text: part.text.join(''), span: within(span, part.start, end) });
    part = { text: [], start: next };
  };
  let quotesPair = true;
  for (let at = 0; at < raw.length;) {
    const quoteEnd = raw[at] === '"' && quotesPair ? scanString(raw, at) : -1;
    if (raw[at] === '"' && quoteEnd < 0) {
      if (quotesPair) reportLoneQuote(within(span, at, at + 1), report);
      quotesPair = false;
    }
    const end = quoteEnd < 0 ? pieceEnd(raw, at) : quoteEnd;
    const piece = raw.slice(at, end);
    if (piece === ':') finish(at, end);
    else if (quoteEnd >= 0) part.text.push(unquoted(piece));
    else if (/^\$[0-9]+$/.test(piece)) {
      // A parameter may bring colons of its own: `$1 { … }` with kprobe:f.
      const [first = '', ...more] = parameterText(piece, within(span, at, end), parameters, report).split(
        ':',
      );
      part.text.push(first);
      for (const text of more) {
        finish(end, at);
        part.text.push(text);
      }
    } else part.text.push(piece);
    at = end;
  }
  finish(raw.length, raw.length);
  const [provider = { text: '', span }, ...parts] = names;
  return { provider, parts };
}

function reportLoneQuote(span: Span, report: Report): void {
  report.error('unterminated-string', 'This quotation mark of the attach point has no partner', span, {
    hints: ['Close it before the block, or leave it out.'],
  });
}

/** End of the parameter, the colon or the plain text that begins at an offset. */
function pieceEnd(raw: string, at: number): number {
  const piece = /\$[0-9]+|:|[^":$]+|[^]/y;
  piece.lastIndex = at;
  piece.exec(raw);
  return piece.lastIndex;
}

function unquoted(piece: string): string {
  return piece.slice(1, -1).replace(/\\(["\\])/g, '$1');
}

function parameterText(piece: string, span: Span, parameters: readonly string[], report: Report): string {
  const text = parameters[Number(piece.slice(1)) - 1];
  if (text !== undefined) return text;
  const hints = ['Parameters follow the script on the command line.'];
  report.warning('unknown-parameter', `${piece} stands for nothing: no such parameter was given`, span, {
    hints,
  });
  return '';
}

function within(span: Span, start: number, end: number): Span {
  return { file: span.file, start: span.start + start, end: span.start + end };
}
