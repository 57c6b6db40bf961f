/** Values that are made when first asked for, and kept. */

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The same for a function of one argument: a value for each argument. */
export function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined || made.has(key)) return known as V; // V itself may be undefined
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
