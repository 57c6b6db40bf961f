/**
 * Reads numbers one after the other from the bytes of a debug section. Addresses are given by their lower 48 bits, which are exact as
 * numbers and tell all addresses of a program, or of the kernel, apart.
 */

/** The file is not what it says. Does not leave this folder: what is damaged reads as absent. */
export class Damaged extends Error {}

export class Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    if (at < 0 || end > bytes.length || !Number.isInteger(at)) throw new Damaged();
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  u8(): number {
    return this.#take(1, this.bytes[this.at] ?? 0);
  }

  u16(): number {
    this.#check(2);
    this.at += 2;
    return this.bytes.readUInt16LE(this.at - 2);
  }

  u32(): number {
    this.#check(4);
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }

  /** Unsigned; exact up to 2^53. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }

  /** The lower 48 bits of an address. */
  address(bytes: number): number {
    if (bytes === 4) return this.u32();
    if (bytes !== 8) throw new Damaged();
    const low = this.u32();
    return low + (this.u32() & 0xffff) * 2 ** 32;
  }

  /** A length or an offset in a section, of 64 bits in large files. */
  offset(isWide: boolean): number {
    return isWide ? this.u64() : this.u32();
  }

  /** LEB128. */
  unsigned(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
      weight *= 128;
    }
  }

  signed(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * weight;
      weight *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - weight;
    }
  }

  /** Text up to its NUL. */
  text(): string {
    const stop = this.bytes.indexOf(0, this.at);
    if (stop < 0 || stop >= this.end) throw new Damaged();
    const text = this.bytes.toString('latin1', this.at, stop);
    this.at = stop + 1;
    return text;
  }

  skip(bytes: number): void {
    this.#check(bytes);
    this.at += bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  #take(bytes: number, value: number): number {
    this.#check(bytes);
    this.at += bytes;
    return value;
  }

  #check(bytes: number): void {
    if (bytes < 0 || this.at + bytes > this.end) throw new Damaged();
  }
}
