/** Integers as they are written: b.3 of the language reference. */

/** What a numeral says, or what is wrong with it: `from` and `to` are the part to blame, within the text. */
export type IntegerReading =
  | { readonly value: bigint }
  | { readonly problem: string; readonly hint?: string; readonly from: number; readonly to: number };

const maximum = 2n ** 64n - 1n;
/** More digits than this overflow in every base; longer texts aren't converted, since that isn't linear in time. */
const digitsMax = 64;

const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** Read a word that begins with a digit. */
export function readInteger(text: string): IntegerReading {
  if (/^0[xX]/.test(text)) return readHex(text);
  const exponential = /^([0-9_]+)[eE](.*)$/.exec(text);
  if (exponential) return readExponential(text, exponential[1] ?? '', exponential[2] ?? '');
  const digits = /^[0-9_]+/.exec(text)?.[0] ?? '';
  if (digits.endsWith('_')) return trailingUnderscore(digits.length);
  if (!/^0[0-9_]/.test(digits)) return scaled(text, digits.length, valueOf(digits));
  const stray = digits.search(/[89]/);
  if (stray >= 0) {
    const hint = 'A leading 0 makes a number octal; leave it out for a decimal number.';
    return { problem: `'${digits.charAt(stray)}' is not an octal digit`, hint, from: stray, to: stray + 1 };
  }
  return scaled(text, digits.length, valueOf(digits, '0o'));
}

function readHex(text: string): IntegerReading {
  const digits = /^[0-9a-fA-F_]*/.exec(text.slice(2))?.[0] ?? '';
  if (digits.replaceAll('_', '') === '')
    return { problem: 'A hexadecimal number needs digits', from: 0, to: text.length };
  if (digits.endsWith('_')) return trailingUnderscore(2 + digits.length);
  const suffix = text.slice(2 + digits.length);
  if (Object.hasOwn(unitNs, suffix)) {
    const hint = 'Hexadecimal numbers take no unit, since d is one of their digits.';
    return { problem: 'A duration is written in decimal', hint, from: 2 + digits.length, to: text.length };
  }
  return scaled(text, 2 + digits.length, valueOf(digits, '0x'));
}

/** 5e6: short for 5 with six zeros. */
function readExponential(text: string, coefficient: string, rest: string): IntegerReading {
  const exponent = /^[0-9_]*/.exec(rest)?.[0] ?? '';
  if (exponent === '') {
    return {
      problem: 'The exponent of this number has no digits',
      hint: 'Write 1e6 for a million.',
      from: 0,
      to: text.length,
    };
  }
  const exponentEnd = coefficient.length + 1 + exponent.length;
  if (exponent.endsWith('_')) return trailingUnderscore(exponentEnd);
  if (!/^[1-9]$/.test(coefficient)) {
    const problem = 'Only a single digit from 1 to 9 may stand before the e of a number';
    return { problem, hint: 'Write the number out: 1_500_000.', from: 0, to: coefficient.length };
  }
  const zeros = valueOf(exponent);
  const value = zeros === undefined || zeros > 20n ? undefined : BigInt(coefficient) * 10n ** zeros;
  return scaled(text, exponentEnd, value);
}

function valueOf(digits: string, prefix = ''): bigint | undefined {
  const plain = digits.replaceAll('_', '').replace(/^0+(?=.)/, '');
  return plain.length > digitsMax ? undefined : BigInt(prefix + plain);
}

/** Apply the suffix that follows the digits. An undefined value is one that is too large already. */
function scaled(text: string, digitsEnd: number, digits: bigint | undefined): IntegerReading {
  const suffix = text.slice(digitsEnd);
  if (suffix !== '' && !/^(?:u|l|ul|ll|ull)$/i.test(suffix) && !Object.hasOwn(unitNs, suffix)) {
    const problem = `'${suffix}' is no suffix for a number`;
    const hint = 'Durations end in ns, us, ms, s, m, h or d; the suffixes of C are u, l, ul, ll and ull.';
    return { problem, hint, from: digitsEnd, to: text.length };
  }
  const value = digits === undefined ? undefined : digits * (unitNs[suffix] ?? 1n);
  if (value === undefined || value > maximum) {
    const what = Object.hasOwn(unitNs, suffix) ? 'This duration is too long' : 'This number is too large';
    const hint = 'Integers have 64 bits.';
    return { problem: `${what}: the greatest is ${maximum.toString()}`, hint, from: 0, to: text.length };
  }
  return { value };
}

function trailingUnderscore(end: number): IntegerReading {
  const hint = 'Underscores stand between digits: 1_000.';
  return { problem: "A number can't end in an underscore", hint, from: end - 1, to: end };
}
