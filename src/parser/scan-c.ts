/** The C part of a script, cut out of it as text: preprocessor lines and definitions. What it says is for libclang to find out. */

import { isBlank, lineEnd, scanComment, scanStringBody, skipTrivia, wordAt } from './scan.ts';

export const definitionWords = ['struct', 'union', 'enum', 'typedef'];

/** A preprocessor line, with the lines that a backslash or a comment joins to it. */
export function scanDirective(text: string, offset: number): number {
  if (text[offset] !== '#') return -1;
  let at = offset;
  while (at < text.length && text[at] !== '\n') {
    if (text[at] === '\\') at += 2;
    else at = skipInert(text, at) ?? at + 1;
  }
  return Math.min(at, text.length);
}

/**
 * A definition of a struct, union or enum, through the attributes and the semicolon behind it, or a typedef. One that has no
 * braces reaches to its semicolon, or to the end of its line.
 */
export function scanDefinition(text: string, offset: number): number {
  const word = wordAt(text, offset);
  if (!definitionWords.includes(word)) return -1;
  const next = text[offset + word.length];
  // With a colon or the end of an attach point behind it, it is one: a provider's name that we don't know.
  if (next !== undefined && !isBlank(next) && next !== '{' && next !== '/') return -1;
  if (word === 'typedef') return typedefEnd(text, offset);
  const head = skipTrivia(text, headEnd(text, offset + word.length));
  if (text[head] === ';') return head + 1;
  if (text[head] !== '{') return lineEnd(text, offset);
  return tailEnd(text, scanBraces(text, head).end);
}

/** The offset of the brace that a definition opens, if it does. */
export function definitionBrace(definition: string): number | undefined {
  const head = skipTrivia(definition, headEnd(definition, wordAt(definition, 0).length));
  return definition[head] === '{' ? head : undefined;
}

/** From a brace past its partner, braces in strings and comments not counted; to the end of the text where it has none. */
export function scanBraces(text: string, offset: number): { readonly end: number; readonly closed: boolean } {
  let depth = 0;
  let at = offset;
  while (at < text.length) {
    const inert = skipInert(text, at);
    if (inert !== undefined) {
      at = inert;
      continue;
    }
    const char = text[at++];
    if (char === '{') depth++;
    if (char === '}' && --depth <= 0) return { end: at, closed: true };
  }
  return { end: at, closed: false };
}

/** Past a string, a character in quotes or a comment, whatever is inside. */
function skipInert(text: string, at: number): number | undefined {
  if (text[at] === '"') {
    const end = scanStringBody(text, at);
    return text[end] === '"' ? end + 1 : end;
  }
  if (text[at] === "'") return text[at + 1] === '\\' ? at + 4 : text[at + 2] === "'" ? at + 3 : at + 1;
  if (text[at] !== '/') return undefined;
  const end = scanComment(text, at);
  if (end >= 0) return end;
  return text.startsWith('/*', at) ? text.length : undefined;
}

/** What may stand before the brace: a name, and attributes. Bounded, so that a text full of such words is read in linear time. */
const headEnd = (text: string, offset: number): number => runEnd(text, offset, /[\s\w(),]{0,1000}/y);

/** Through the semicolon behind the new name; it alone ends a typedef. */
function typedefEnd(text: string, offset: number): number {
  const head = skipTrivia(text, headEnd(text, offset));
  const isTagged = /\b(?:struct|union|enum)\b/.test(text.slice(offset, head));
  const body = isTagged && text[head] === '{' ? scanBraces(text, head).end : offset;
  // The pointers, arrays and functions that a declarator may be made of.
  const end = skipTrivia(text, runEnd(text, body, /[\s\w(),*.[\]]{0,1000}/y));
  return text[end] === ';' ? end + 1 : Math.max(lineEnd(text, offset), body);
}

function runEnd(text: string, offset: number, characters: RegExp): number {
  characters.lastIndex = skipTrivia(text, offset);
  characters.exec(text);
  return characters.lastIndex;
}

/** What may stand behind the closing brace: attributes and a semicolon. */
function tailEnd(text: string, offset: number): number {
  let end = offset;
  for (;;) {
    const next = skipTrivia(text, end);
    if (text[next] === ';') return next + 1;
    if (wordAt(text, next) !== '__attribute__') return end;
    end = parenthesesEnd(text, skipTrivia(text, next + '__attribute__'.length));
  }
}

function parenthesesEnd(text: string, offset: number): number {
  let depth = 0;
  for (let at = offset; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return at + 1;
    if (depth === 0 || text[at] === '{') break;
  }
  return offset;
}
