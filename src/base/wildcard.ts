/** Names with `*` in them. */

export const hasWildcard = (pattern: string): boolean => pattern.includes('*');

/** A test for names; `*` stands for any text, everything else for itself. */
export function matcher(pattern: string): (name: string) => boolean {
  if (!hasWildcard(pattern)) return (name) => name === pattern;
  const source = pattern
    .split(/\*+/)
    .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name);
}
