/**
 * Runs in a guest, as a bundle: tstrace's whole program, once for each line of its standard input, in one process. A guest's CPU is
 * emulated, and a process of its own for each run would spend most of its time on starting.
 *
 *   {"id": …, "args": […]} → {"id": …, "stdout": …, "stderr": …, "status": …}
 */

import { createInterface } from 'node:readline';
import { main } from '../../../src/cli/main.ts';
import type { Sink } from '../../../src/cli/world.ts';
import { realWorld } from '../../../src/cli/world.ts';

interface Request {
  readonly id: number;
  readonly args: readonly string[];
}

interface Captured extends Sink {
  readonly text: () => string;
}

function captured(): Captured {
  const chunks: Buffer[] = [];
  return {
    isTerminal: false,
    write: (bytes) => {
      chunks.push(Buffer.from(bytes));
      return bytes.length;
    },
    text: () => Buffer.concat(chunks).toString(),
  };
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, args } = JSON.parse(line) as Request;
    const stdout = captured();
    const stderr = captured();
    const status = await main({ ...realWorld(), argv: args, stdout, stderr });
    process.stdout.write(`${JSON.stringify({ id, stdout: stdout.text(), stderr: stderr.text(), status })}\n`);
  }
}

void serve();
