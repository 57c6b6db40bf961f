/**
 * Hand-written scanners for what a regular expression can't take in linear time: strings, comments and raw probe targets.
 * Each returns the offset just past the token, or −1.
 */

const blanks = ' \t\r\n\f\v\ufeff';

export function isBlank(char: string | undefined): boolean {
  return char !== undefined && blanks.includes(char);
}

/** Past blanks and comments; an unterminated comment counts as text. */
export function skipTrivia(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    while (isBlank(text[at])) at++;
    const end = scanComment(text, at);
    if (end < 0) return at;
    at = end;
  }
}

/** A whole comment of either kind. */
export function scanComment(text: string, offset: number): number {
  if (text[offset] !== '/') return -1;
  if (text[offset + 1] === '/') return lineEnd(text, offset);
  if (text[offset + 1] !== '*') return -1;
  const close = text.indexOf('*/', offset + 2);
  return close < 0 ? -1 : close + 2;
}

/** From a quote to its partner on the same line. */
export function scanString(text: string, offset: number): number {
  if (text[offset] !== '"') return -1;
  const end = scanStringBody(text, offset);
  return text[end] === '"' ? end + 1 : -1;
}

/** From a quote to the end of its line, where no partner is found before. */
export function scanUnterminatedString(text: string, offset: number): number {
  if (text[offset] !== '"') return -1;
  const end = scanStringBody(text, offset);
  return text[end] === '"' ? -1 : end;
}

/**
 * A string with a line break inside: from a quote through its partner on a later line. That is meant, and not a partner
 * forgotten, where the next line with quotes has an odd number of them, so that one of them is left over.
 */
export function scanMultilineString(text: string, offset: number): number {
  if (text[offset] !== '"') return -1;
  const end = scanStringBody(text, offset);
  const partner = text[end] === '"' ? -1 : text.indexOf('"', end);
  if (partner < 0) return -1;
  const lineStart = text.lastIndexOf('\n', partner);
  const quotes = text.slice(lineStart, lineEnd(text, partner)).replace(/\\./g, '').split('"').length - 1;
  return quotes % 2 === 1 ? partner + 1 : -1;
}

/** The offset of the quote that ends the string which begins at an offset, or of the end of its line. */
export function scanStringBody(text: string, offset: number): number {
  let at = offset + 1;
  while (at < text.length && text[at] !== '"' && text[at] !== '\n') {
    at += text[at] === '\\' && at + 1 < text.length && text[at + 1] !== '\n' ? 2 : 1;
  }
  return at;
}

const endsTarget = new Set([...blanks, '{', '<', ',']);
const cannotStartTarget = new Set([...endsTarget, '/', '}', '>', ';', '(', ')', '[', ']', '=', '|', '&']);

/**
 * An attach point as raw text: up to blanks, a block opener or a comma outside quotes. A slash ends it too until a
 * colon was seen: after one, paths follow (uprobe:/bin/bash:readline).
 */
export function scanTarget(text: string, offset: number): number {
  if (offset >= text.length || cannotStartTarget.has(text[offset] ?? '')) return -1;
  let at = offset;
  let colonSeen = false;
  let quotesPair = true;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (endsTarget.has(char) || (char === '/' && !colonSeen)) break;
    if (char === ':') colonSeen = true;
    const quoteEnd = char === '"' && quotesPair ? scanString(text, at) : -1;
    // Looking for a partner again from every later quote would take quadratic time.
    if (char === '"' && quoteEnd < 0) quotesPair = false;
    at = quoteEnd < 0 ? at + 1 : quoteEnd;
  }
  return at;
}

/** The word of letters, digits and underscores at an offset. */
export function wordAt(text: string, offset: number): string {
  const word = /[A-Za-z0-9_]*/y;
  word.lastIndex = offset;
  return word.exec(text)?.[0] ?? '';
}

export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}
