/** The program that is traced: it does what it is told as often as it is told, and says how long that took. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Act = 'write' | 'call';

export interface Hot {
  readonly path: string;
  readonly pid: number;
  /** Nanoseconds for so many. */
  run(act: Act, count: number): Promise<number>;
  end(): void;
}

export function startHot(path: string): Hot {
  const child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
  if (child.pid === undefined) throw new Error(`${path} can't be started`);
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    path,
    pid: child.pid,
    run: async (act, count) => {
      child.stdin.write(`${act} ${count}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error(`${path} ended early`);
      return Number(answer.value);
    },
    end: () => void child.stdin.end(),
  };
}
