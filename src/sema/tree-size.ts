/** How large a surface tree is, whatever is in it. Trees are plain data; no recursion here, for they may be deep. */

export interface TreeSize {
  /** Nodes and names: all that has a place in the text. */
  readonly parts: number;
  /** The most of them that lie within each other. */
  readonly depth: number;
}

/** Stops beyond `partsMax`: then there are more, and they may be deeper. */
export function sizeOfTree(tree: object, partsMax = Infinity): TreeSize {
  const waiting: { readonly data: object; readonly depth: number }[] = [{ data: tree, depth: 0 }];
  let [parts, deepest] = [0, 0];
  for (let next = waiting.pop(); next && parts <= partsMax; next = waiting.pop()) {
    const isPart = 'span' in next.data;
    const depth = next.depth + (isPart ? 1 : 0);
    if (isPart) parts++;
    deepest = Math.max(deepest, depth);
    for (const [key, data] of Object.entries(next.data) as [string, unknown][])
      if (typeof data === 'object' && data !== null && key !== 'span') waiting.push({ data, depth });
  }
  return { parts, depth: deepest };
}
