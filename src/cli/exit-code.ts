/** What the process ends with. */

export const exitCodes = {
  success: 0,
  /** Usage, compile, load and attach errors. */
  failure: 1,
  /** A fault of tstrace itself, or of the machine while running. */
  internal: 255,
} as const;
