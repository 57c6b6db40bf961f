/**
 * What a tool must print, written as it looks: `#` stands for a number, `*` for any text, any number of blanks for any number of blanks,
 * and a line of three dots for any lines. Everything else is meant.
 */

const anyLines = '...';

/** Whether the whole text is what the template describes; empty lines count on neither side. */
export function fits(text: string, template: string): boolean {
  return fitLines(linesOf(text), linesOf(template).map(lineFit));
}

/** Templates of outputs in which each of these lines stands somewhere. */
export const somewhere = (...lines: readonly string[]): readonly string[] =>
  lines.map((line) => [anyLines, line, anyLines].join('\n'));

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What one line must match; undefined for any lines. */
function lineFit(line: string): RegExp | undefined {
  if (line === anyLines) return undefined;
  const words = line.split(/\s+/).map((word) =>
    word
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('#', '-?\\d+'),
  );
  return new RegExp(`^${words.join('\\s+')}$`);
}

function fitLines(lines: readonly string[], wanted: readonly (RegExp | undefined)[]): boolean {
  const [first, ...rest] = wanted;
  if (wanted.length === 0) return lines.length === 0;
  if (first === undefined) return lines.some((_, at) => fitLines(lines.slice(at), rest)) || rest.length === 0;
  return lines[0] !== undefined && first.test(lines[0]) && fitLines(lines.slice(1), rest);
}
