/** C++ names in targets: the function that a script means by ns::add, by ns::add(int, int), or by twice<int>. */

import { matcher } from '../base/wildcard.ts';

/** A test for demangled names. What the script leaves out may be anything: the parameters, the result's type of a template. */
export function cppMatcher(pattern: string): (demangled: string) => boolean {
  const isName = matcher(pattern);
  return (demangled) => {
    if (isName(demangled)) return true;
    const bare = withoutParameters(demangled);
    return isName(bare) || isName(withoutResult(bare));
  };
}

/** Whether a name can only be a demangled one. */
export const looksLikeCpp = (name: string): boolean => /::|\(|</.test(name);

const opening = new Set(['(', '<', '{', '[']);
const closing = new Set([')', '>', '}', ']']);

/** ns::add(int, int) const is ns::add: everything from the last list in parentheses that stands at the top. */
export function withoutParameters(demangled: string): string {
  const end = demangled.lastIndexOf(')');
  let depth = 0;
  for (let at = end; at >= 0; at--) {
    if (isArrow(demangled, at)) continue;
    const character = demangled.charAt(at);
    if (closing.has(character)) depth++;
    else if (opening.has(character) && --depth === 0) return at === 0 ? demangled : demangled.slice(0, at);
  }
  return demangled;
}

/** Instances of templates have their result's type in front: int twice<int>. */
function withoutResult(bare: string): string {
  let depth = 0;
  for (let at = bare.length - 1; at >= 0; at--) {
    if (isArrow(bare, at)) continue;
    const character = bare.charAt(at);
    if (closing.has(character)) depth++;
    else if (opening.has(character)) depth--;
    else if (character === ' ' && depth === 0 && !/operator$/.test(bare.slice(0, at)))
      return bare.slice(at + 1);
  }
  return bare;
}

/** `<` and `>` that are no brackets: of operators, and of -> in a result's type. */
const isArrow = (text: string, at: number): boolean =>
  /[<>]/.test(text.charAt(at)) && /(operator *[-<>=]*|-)$/.test(text.slice(0, at));
