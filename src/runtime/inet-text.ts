/** Network addresses in words: dotted IPv4, IPv6 as RFC 5952 writes it, and link-layer addresses. */

/** Address families, include/linux/socket.h. */
const familyInet = 2;
const familyInet6 = 10;

/** `bytes` in network order: four of them for IPv4, sixteen for IPv6. */
export function inetText(family: number, bytes: Uint8Array): string {
  if (family === familyInet) return bytes.subarray(0, 4).join('.');
  if (family === familyInet6) return inet6Text(bytes);
  return `<address family ${family}>`;
}

function inet6Text(bytes: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  );
  const hex = groups.map((group) => group.toString(16));
  // IPv4 addresses mapped into IPv6 are shown as such (section 5 of the RFC).
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${bytes.subarray(12, 16).join('.')}`;
  const { start, length } = longestZeros(groups);
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** The longest run of zero groups, the first of equals. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

/** 18:C0:4D:08:2E:BB. */
export const macText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':');
