/**
 * Hand-written scanners for what a regular expression can't take in linear time: strings, comments, raw probe targets,
 * and the sections of a script that are recognised only to be refused. Each returns the offset just past the token, or −1.
 */

/** Words that begin a section other than a probe, and what messages call it. */
export const sectionNames: Readonly<Record<string, string>> = {
  config: 'config blocks',
  import: 'imports',
  macro: 'macros',
  fn: 'functions',
  let: 'map declarations',
  struct: 'C definitions',
  union: 'C definitions',
  enum: 'C definitions',
};

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

function scanStringBody(text: string, offset: number): number {
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

/** A config block, macro, C definition …: the whole of it, as one token. */
export function scanSection(text: string, offset: number): number {
  if (text[offset] === '#') return directiveEnd(text, offset);
  const word = wordAt(text, offset);
  if (word === '' || !Object.hasOwn(sectionNames, word)) return -1;
  const next = text[offset + word.length];
  // With a colon or the end of an attach point behind it, it is one: a provider's name that we don't know.
  if (next !== undefined && !isBlank(next) && !'={("'.includes(next)) return -1;
  if (word === 'import' || word === 'let') return lineSectionEnd(text, offset);
  return blockSectionEnd(text, offset);
}

/** The word of letters, digits and underscores at an offset. */
function wordAt(text: string, offset: number): string {
  let end = offset;
  while (/[A-Za-z0-9_]/.test(text[end] ?? '')) end++;
  return text.slice(offset, end);
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** A preprocessor line, with the lines that a backslash joins to it. */
function directiveEnd(text: string, offset: number): number {
  let end = lineEnd(text, offset);
  while (end < text.length && text[end - 1] === '\\') end = lineEnd(text, end + 1);
  return end;
}

function lineSectionEnd(text: string, offset: number): number {
  const end = lineEnd(text, offset);
  const semicolon = text.indexOf(';', offset);
  return semicolon >= 0 && semicolon < end ? semicolon + 1 : end;
}

/** Through the block's closing brace; through a semicolon if that comes before any brace. */
function blockSectionEnd(text: string, offset: number): number {
  let depth = 0;
  let at = offset;
  while (at < text.length) {
    if (text[at] === '"') {
      const bodyEnd = scanStringBody(text, at);
      at = text[bodyEnd] === '"' ? bodyEnd + 1 : bodyEnd;
      continue;
    }
    const commentEnd = scanComment(text, at);
    if (commentEnd >= 0) {
      at = commentEnd;
      continue;
    }
    if (text.startsWith('/*', at)) return text.length;
    const char = text[at++];
    if (char === '{') depth++;
    if (char === ';' && depth === 0) return at;
    if (char === '}' && --depth <= 0) return sectionTailEnd(text, at);
  }
  return at;
}

/** What may follow a C definition's brace: attributes and a semicolon. */
function sectionTailEnd(text: string, offset: number): number {
  const tail = /[ \t]*(?:__attribute__[ \t]*\(\([^)\n]*\)\))?[ \t]*;/y;
  tail.lastIndex = offset;
  return tail.test(text) ? tail.lastIndex : offset;
}
