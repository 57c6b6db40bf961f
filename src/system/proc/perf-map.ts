/** Functions that a process has made at run time, from the text of /tmp/perf-PID.map: what JIT compilers write for perf. */

export interface PerfMap {
  /** Rising; of equal ones the last is the newest. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly names: readonly string[];
}

export interface PerfMapEntry {
  readonly name: string;
  readonly start: number;
}

/** Lines of `START SIZE name`, numbers in hexadecimal; later lines replace earlier ones. */
export function parsePerfMap(text: string): PerfMap {
  const entries: { start: number; end: number; name: string }[] = [];
  for (const line of text.split('\n')) {
    const match = /^(?:0x)?([0-9a-f]{1,13}) (?:0x)?([0-9a-f]{1,8}) (.+)$/i.exec(line);
    if (match === null) continue;
    const start = parseInt(match[1] ?? '', 16);
    entries.push({ start, end: start + parseInt(match[2] ?? '', 16), name: match[3] ?? '' });
  }
  entries.sort((a, b) => a.start - b.start);
  return {
    starts: entries.map(({ start }) => start),
    ends: entries.map(({ end }) => end),
    names: entries.map(({ name }) => name),
  };
}

/** The newest function that an address lies in. */
export function perfMapEntryAt(map: PerfMap, address: number): PerfMapEntry | undefined {
  let low = 0;
  let high = map.starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((map.starts[middle] ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const start = map.starts[low - 1];
  if (start === undefined || address >= (map.ends[low - 1] ?? 0)) return undefined;
  return { name: map.names[low - 1] ?? '', start };
}
