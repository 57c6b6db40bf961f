/** What the kernel says of a socket that this test has opened. */

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { buildHere } from '../support/run-here.ts';

test("a socket keeps its cookie, which is no other one's", async () => {
  const place = await buildHere();
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  );
  const script = `iter:tcp { @[ctx.sk_common->skc_num] = socket_cookie(ctx.sk_common); }`;
  const cookies = async (): Promise<readonly (string | undefined)[]> => {
    const { stdout } = await place.tstrace(['-e', script]);
    return ports.map((port) => new RegExp(`^@\\[${port}\\]: (\\d+)$`, 'm').exec(stdout)?.[1]);
  };
  const first = await cookies();
  expect(new Set([...first, '0', undefined]).size).toBe(4);
  expect(await cookies()).toEqual(first);
  for (const server of servers) server.close();
});
