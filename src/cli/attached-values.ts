/** Values that stand right behind the letter of their option, as getopt(3) has it: -ofile, and -qofile behind other letters. */

/** The arguments with a = between such a letter and its value: yargs would take the value for more letters. Behind -- nothing is an option. */
export function markAttachedValues(
  argv: readonly string[],
  /** All letters; whether a value belongs to each. */
  takesValue: ReadonlyMap<string, boolean>,
): readonly string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return [...argv.slice(0, end).map((word) => markAttached(word, takesValue)), ...argv.slice(end)];
}

function markAttached(word: string, takesValue: ReadonlyMap<string, boolean>): string {
  if (!/^-[^-]/.test(word)) return word;
  const letters = [...word.slice(1)];
  const last = letters.findIndex((letter) => takesValue.get(letter) !== false);
  if (takesValue.get(letters[last] ?? '') !== true) return word;
  const value = letters.slice(last + 1).join('');
  return value === '' || value.startsWith('=') ? word : `-${letters.slice(0, last + 1).join('')}=${value}`;
}
