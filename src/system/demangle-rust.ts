/**
 * Rust's names as people write them, in the shortest form: without hashes and the types of constants. Two manglings: the older looks like
 * C++'s, with a hash behind; the newer ("v0", RFC 2603) begins with _R. What is not understood wholly is left as it is.
 */

/** The path and its last part, a hash, as C++'s demangler has taken it apart; undefined if it is no name of Rust's. */
export function fromLegacyRust(path: string): string | undefined {
  const name = /^(.*)::h[0-9a-f]{16}$/.exec(path)?.[1];
  return name?.split('::').map(unescapedPart).join('::');
}

const escapes: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

/** Characters that assemblers forbid stand between dollars: $LT$, $u20$. Two dots are the colons of a path within. */
function unescapedPart(part: string): string {
  return part
    .replace(/^_\$/, '$')
    .replace(/\$(?:u([0-9a-f]{1,6})|([A-Z]{1,2}))\$/g, (whole, code?: string, word?: string) =>
      code === undefined ? (escapes[word ?? ''] ?? whole) : String.fromCodePoint(parseInt(code, 16)),
    )
    .replaceAll('..', '::');
}

/** The name behind a symbol that begins with _R; undefined if it isn't one. */
export function demangleRust(symbol: string): string | undefined {
  const [, mangled, suffix = ''] = /^_R([A-Z]\w*)([.$].*)?$/.exec(symbol) ?? [];
  if (mangled === undefined) return undefined;
  try {
    const parser = new Parser(mangled);
    parser.path(true);
    return parser.text + suffix;
  } catch (error) {
    if (error instanceof NotMangled) return undefined;
    throw error;
  }
}

/** The symbol isn't what it began like. Does not leave this file. */
class NotMangled extends Error {}

const basicTypes: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};

/** References back let short symbols stand for endless names. */
const depthMax = 200;
const textLengthMax = 1 << 14;

/** Reads a symbol from the left and writes what it stands for, production by production of the RFC's grammar. */
class Parser {
  readonly #mangled: string;
  #at = 0;
  #depth = 0;
  #silent = 0;
  /** Lifetimes that the binders around have brought. */
  #bound = 0;
  text = '';

  constructor(mangled: string) {
    this.#mangled = mangled;
  }

  /** `inValue`: generic arguments stand behind `::`. */
  path(inValue: boolean): void {
    this.#nested(() => {
      const tag = this.#next();
      switch (tag) {
        case 'C':
          this.#disambiguator();
          this.#write(this.#identifier());
          return;
        case 'M':
        case 'X':
          this.#disambiguator();
          this.#silently(() => this.path(false));
          this.#implemented(tag === 'X');
          return;
        case 'Y':
          this.#implemented(true);
          return;
        case 'N':
          this.#nestedName(inValue);
          return;
        case 'I':
          this.path(inValue);
          this.#write(inValue ? '::<' : '<');
          this.#list(() => this.#genericArgument());
          this.#write('>');
          return;
        case 'B':
          this.#backReference(() => this.path(inValue));
          return;
        default:
          throw new NotMangled();
      }
    });
  }

  #implemented(ofTrait: boolean): void {
    this.#write('<');
    this.#type();
    if (ofTrait) {
      this.#write(' as ');
      this.path(false);
    }
    this.#write('>');
  }

  #nestedName(inValue: boolean): void {
    const namespace = this.#next();
    this.path(inValue);
    const number = this.#disambiguator();
    const name = this.#identifier();
    if (/[a-z]/.test(namespace)) {
      if (name !== '') this.#write(`::${name}`);
      return;
    }
    const kind = { C: 'closure', S: 'shim' }[namespace] ?? namespace;
    this.#write(`::{${kind}${name === '' ? '' : `:${name}`}#${number}}`);
  }

  #genericArgument(): void {
    if (this.#takes('L')) this.#lifetime();
    else if (this.#takes('K')) this.#constant();
    else this.#type();
  }

  #type(): void {
    this.#nested(() => {
      const tag = this.#next();
      const basic = basicTypes[tag];
      if (basic !== undefined) {
        this.#write(basic);
        return;
      }
      this.#compoundType(tag);
    });
  }

  #compoundType(tag: string): void {
    switch (tag) {
      case 'R':
      case 'Q':
        this.#reference(tag === 'Q');
        return;
      case 'P':
      case 'O':
        this.#write(tag === 'P' ? '*const ' : '*mut ');
        this.#type();
        return;
      case 'A':
      case 'S':
        this.#sequence(tag === 'A');
        return;
      case 'T':
        this.#tuple();
        return;
      case 'F':
        this.#binder(() => this.#functionType());
        return;
      case 'D':
        this.#dynamic();
        return;
      case 'B':
        this.#backReference(() => this.#type());
        return;
      default:
        this.#at--;
        this.path(false);
    }
  }

  #reference(mutable: boolean): void {
    this.#write('&');
    if (this.#takes('L')) {
      const before = this.text.length;
      this.#lifetime();
      if (this.text.endsWith("'_")) this.text = this.text.slice(0, before);
      else this.#write(' ');
    }
    if (mutable) this.#write('mut ');
    this.#type();
  }

  #sequence(hasLength: boolean): void {
    this.#write('[');
    this.#type();
    if (hasLength) {
      this.#write('; ');
      this.#constant();
    }
    this.#write(']');
  }

  #tuple(): void {
    this.#write('(');
    const count = this.#list(() => this.#type());
    this.#write(count === 1 ? ',)' : ')');
  }

  #functionType(): void {
    if (this.#takes('U')) this.#write('unsafe ');
    if (this.#takes('K')) {
      const abi = this.#takes('C') ? 'C' : this.#identifier().replaceAll('_', '-');
      this.#write(`extern "${abi}" `);
    }
    this.#write('fn(');
    this.#list(() => this.#type());
    this.#write(')');
    if (this.#takes('u')) return;
    this.#write(' -> ');
    this.#type();
  }

  #dynamic(): void {
    this.#write('dyn ');
    this.#binder(() => this.#list(() => this.#dynamicTrait(), ' + '));
    if (!this.#takes('L')) throw new NotMangled();
    const before = this.text.length;
    this.#write(' + ');
    this.#lifetime();
    if (this.text.endsWith("'_")) this.text = this.text.slice(0, before);
  }

  /** A trait whose associated types are given too: Iterator<Item = u8>. */
  #dynamicTrait(): void {
    const open = this.#openPath();
    let isFirst = !open;
    while (this.#takes('p')) {
      this.#write(`${isFirst ? '<' : ', '}${this.#identifier()} = `);
      isFirst = false;
      this.#type();
    }
    if (!isFirst) this.#write('>');
  }

  /** A path whose generic arguments are not closed yet; says whether it has any. */
  #openPath(): boolean {
    if (this.#takes('B')) return this.#backReference(() => this.#openPath());
    if (!this.#takes('I')) {
      this.path(false);
      return false;
    }
    this.path(false);
    this.#write('<');
    this.#list(() => this.#genericArgument());
    return true;
  }

  #constant(): void {
    this.#nested(() => {
      const tag = this.#next();
      if (tag === 'p') this.#write('_');
      else if (tag === 'B') this.#backReference(() => this.#constant());
      else this.#constantOf(tag);
    });
  }

  #constantOf(tag: string): void {
    const negative = this.#takes('n');
    const digits = this.#until('_');
    if (!/^[0-9a-f]*$/.test(digits)) throw new NotMangled();
    const value = digits === '' ? 0n : BigInt(`0x${digits}`);
    if (tag === 'b') this.#write(value === 0n ? 'false' : 'true');
    else if (tag === 'c') this.#write(`'${String.fromCodePoint(Number(value & 0x1fffffn) % 0x110000)}'`);
    else if ('aslxnihtmyoj'.includes(tag)) this.#write(`${negative ? '-' : ''}${value}`);
    else throw new NotMangled();
  }

  /** The number counts binders from the inside; 0 is a lifetime that was left out. */
  #lifetime(): void {
    const index = this.#base62();
    if (index > this.#bound) throw new NotMangled();
    const letter = this.#bound - index;
    if (index === 0) this.#write("'_");
    else this.#write(letter < 26 ? `'${String.fromCharCode(0x61 + letter)}` : `'_${letter}`);
  }

  #binder(act: () => void): void {
    const count = this.#takes('G') ? this.#base62() + 1 : 0;
    if (count > depthMax) throw new NotMangled();
    const names = Array.from({ length: count }, (_, index) => {
      const letter = this.#bound + index;
      return letter < 26 ? `'${String.fromCharCode(0x61 + letter)}` : `'_${letter}`;
    });
    if (count > 0) this.#write(`for<${names.join(', ')}> `);
    this.#bound += count;
    act();
    this.#bound -= count;
  }

  #list(one: () => void, separator = ', '): number {
    let count = 0;
    for (; !this.#takes('E'); count++) {
      if (count > 0) this.#write(separator);
      one();
    }
    return count;
  }

  #backReference<T>(act: () => T): T {
    const from = this.#at - 1;
    const target = this.#base62();
    if (target >= from) throw new NotMangled();
    const behind = this.#at;
    this.#at = target;
    const result = this.#nested(act);
    this.#at = behind;
    return result;
  }

  /** 0 where there is none; else one more than the number that is written. */
  #disambiguator(): number {
    return this.#takes('s') ? this.#base62() + 1 : 0;
  }

  #identifier(): string {
    const isEncoded = this.#takes('u');
    const length = Number(
      /^(?:0|[1-9]\d{0,5})/.exec(this.#mangled.slice(this.#at, this.#at + 6))?.[0] ?? NaN,
    );
    if (Number.isNaN(length)) throw new NotMangled();
    this.#at += String(length).length;
    this.#takes('_');
    const bytes = this.#mangled.slice(this.#at, this.#at + length);
    if (bytes.length < length) throw new NotMangled();
    this.#at += length;
    return isEncoded ? fromPunycode(bytes) : bytes;
  }

  /** `_` is 0, `0_` 1, `Z_` 62, `10_` 63. Crates' hashes are larger than is exact; they aren't shown. */
  #base62(): number {
    const digits = this.#until('_');
    if (digits === '') return 0;
    let value = 0;
    for (const digit of digits) value = value * 62 + alphabet62.indexOf(digit);
    if (!/^[0-9a-zA-Z]+$/.test(digits)) throw new NotMangled();
    return value + 1;
  }

  #until(end: string): string {
    const stop = this.#mangled.indexOf(end, this.#at);
    if (stop < 0) throw new NotMangled();
    const found = this.#mangled.slice(this.#at, stop);
    this.#at = stop + 1;
    return found;
  }

  #next(): string {
    const character = this.#mangled[this.#at++];
    if (character === undefined) throw new NotMangled();
    return character;
  }

  #takes(character: string): boolean {
    if (this.#mangled[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #write(text: string): void {
    if (this.#silent > 0) return;
    this.text += text;
    if (this.text.length > textLengthMax) throw new NotMangled();
  }

  #silently(act: () => void): void {
    this.#silent++;
    act();
    this.#silent--;
  }

  #nested<T>(act: () => T): T {
    if (++this.#depth > depthMax) throw new NotMangled();
    const result = act();
    this.#depth--;
    return result;
  }
}

const alphabet62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** RFC 3492, with `_` where that has `-`. */
function fromPunycode(text: string): string {
  const split = text.lastIndexOf('_');
  const output = split < 0 ? [] : [...text.slice(0, split)];
  let [code, bias, index] = [128, 72, 0];
  for (let at = split + 1; at < text.length;) {
    const start = index;
    let weight = 1;
    for (let k = 36; ; k += 36) {
      const digit = punycodeDigits.indexOf(text[at++] ?? ' ');
      if (digit < 0) throw new NotMangled();
      index += digit * weight;
      const threshold = Math.min(26, Math.max(1, k - bias));
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const count = output.length + 1;
    bias = adapted(index - start, count, start === 0);
    code += Math.floor(index / count);
    index %= count;
    if (code > 0x10ffff) throw new NotMangled();
    output.splice(index++, 0, String.fromCodePoint(code));
  }
  return output.join('');
}

const punycodeDigits = 'abcdefghijklmnopqrstuvwxyz0123456789';

function adapted(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / 700) : delta >> 1;
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > 455; k += 36) rest = Math.floor(rest / 35);
  return k + Math.floor((36 * rest) / (rest + 38));
}
