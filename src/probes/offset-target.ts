/** FUNCTION+OFFSET, as kprobes and uprobes take it. */

/** The function's name and the offset in bytes behind it; undefined if the text is something else. */
export function parseFunctionOffset(
  text: string,
): { readonly name: string; readonly offset: number } | undefined {
  // C++ names may have a + of their own.
  const match = /^(.+?)(?:\+(0[xX][0-9a-fA-F]+|\d+))?$/.exec(text);
  const name = match?.[1];
  if (name === undefined) return undefined;
  const offset = match?.[2] === undefined ? 0 : Number(match[2]);
  return Number.isSafeInteger(offset) ? { name, offset } : undefined;
}
