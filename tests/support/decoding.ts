/** Words for decoding in tests: addresses and times told plainly, so that a test sees what was asked. */

import type { DecodeContext } from '../../src/runtime/decode.ts';

export const plainDecoding: DecodeContext = {
  words: {
    kernelSymbol: (address) => `k:${address.toString(16)}`,
    userSymbol: (process, address) => `u:${process}:${address.toString(16)}`,
    stackFrames: (type, process, frames) =>
      frames.map((frame) =>
        typeof frame === 'bigint'
          ? `${type.space}:${process}:${frame.toString(16)}`
          : `${frame.buildId}:${frame.fileOffset.toString(16)}`,
      ),
    userName: (uid) => `user${uid}`,
    cgroupPath: (id, pattern) => `${id}@${pattern}`,
    wallClock: (nsecs) => `wall ${nsecs}`,
    formatTime: (nsecs, clock, format) => `${nsecs}@${clock}|${format}`,
  },
  strings: ['%H', '%M'],
  structs: {},
  trailer: '..',
  onCut: () => {},
};
