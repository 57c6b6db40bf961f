/** The host's half of the agent's protocol (agent.mjs): requests out, answers sorted back to those who asked. */
import type { Duplex } from 'node:stream';

import { onLines } from './qemu.ts';

export interface CommandExit {
  /** The exit status, or null if a signal ended the command. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** As the guest's own clock saw it. */
  readonly durationMs: number;
}

export interface AgentRequest {
  readonly op: 'run' | 'signal' | 'input' | 'write' | 'read' | 'attach';
  readonly [field: string]: unknown;
}

export interface AgentMessage {
  readonly id?: number;
  readonly ready?: boolean;
  readonly release?: string;
  readonly ok?: boolean;
  readonly data?: string;
  readonly pid?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: CommandExit;
  readonly error?: string;
}

export interface AgentClient {
  /** Send a request; `take` gets every answer to it until it returns true. Gives the request's number. */
  send(request: AgentRequest, take: (message: AgentMessage) => boolean): number;
  /** Send a request that has one answer, and wait for it. Rejects with the agent's error. */
  ask(request: AgentRequest): Promise<AgentMessage>;
  /** Fulfilled with the kernel's release when a freshly booted agent has started. */
  readonly ready: Promise<string>;
}

export function connectAgent(stream: Duplex): AgentClient {
  const waiting = new Map<number, (message: AgentMessage) => boolean>();
  let last = 0;
  let announce: (release: string) => void;
  const ready = new Promise<string>((resolve) => (announce = resolve));
  onLines(stream, (line) => {
    const message = JSON.parse(line) as AgentMessage;
    if (message.release !== undefined) announce(message.release);
    if (message.id !== undefined && waiting.get(message.id)?.(message) === true) waiting.delete(message.id);
  });
  const send: AgentClient['send'] = (request, take) => {
    const id = ++last;
    waiting.set(id, take);
    stream.write(`${JSON.stringify({ ...request, id })}\n`);
    return id;
  };
  const ask: AgentClient['ask'] = (request) =>
    new Promise((resolve, reject) => {
      send(request, (message) => {
        if (message.error === undefined) resolve(message);
        else reject(new Error(message.error));
        return true;
      });
    });
  return { send, ask, ready };
}
