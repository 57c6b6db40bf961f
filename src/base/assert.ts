/** Checks of our own assumptions. A failure is a fault of tstrace, never of the user or of the world. */

/** A fault of ours; caught once, in main, and printed as such. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** The value that can't be missing here; `what` names it in the report if it is. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Bug(`missing: ${what}`);
  return value;
}

/** Ends an exhaustive switch: a forgotten case doesn't compile. */
export function assertNever(value: never): never {
  throw new Bug(`unexpected: ${JSON.stringify(value)}`);
}
