/** IPv4 and IPv6 addresses as people write them (RFC 4291, section 2.2) to their bytes, in network order. */

/** 4 or 16 bytes; undefined if the text is no address. */
export function parseAddress(text: string): readonly number[] | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

const wordsInAll = 8;

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map((half) => (half === '' ? [] : parseWords(half)));
  if (front === undefined || (halves.length === 2 && back === undefined)) return undefined;
  if (back === undefined) return front.length === wordsInAll ? front.flatMap(bytesOfWord) : undefined;
  // The two colons stand for at least one word of zeros.
  const zeros = wordsInAll - front.length - back.length;
  if (zeros < 1) return undefined;
  return [...front, ...new Array<number>(zeros).fill(0), ...back].flatMap(bytesOfWord);
}

/** Words of 16 bits; the last two may be written as an IPv4 address. */
function parseWords(text: string): readonly number[] | undefined {
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const tail = last.includes('.') ? parseIpv4(last) : undefined;
  if (last.includes('.') && tail === undefined) return undefined;
  const words = tail ? parts.slice(0, -1) : parts;
  if (!words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return undefined;
  const numbers = words.map((word) => parseInt(word, 16));
  const [a = 0, b = 0, c = 0, d = 0] = tail ?? [];
  return tail ? [...numbers, a * 256 + b, c * 256 + d] : numbers;
}

const bytesOfWord = (word: number): readonly number[] => [word >> 8, word & 0xff];
