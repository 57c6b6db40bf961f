/** The kinds of tests: `vitest run --project unit` and so on. What a kind needs is said by its directory. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], testTimeout: 20_000 } },
      { test: { name: 'golden', include: ['tests/codegen/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'runtime',
          include: ['tests/runtime/**/*.test.ts'],
          globalSetup: 'tests/support/require-root.ts',
          // Tests that trace disturb each other: one at a time.
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'guest',
          include: ['tests/guest/**/*.test.ts'],
          // A guest keeps both cores of a small machine busy.
          fileParallelism: false,
          testTimeout: 60_000,
          // The first guest of a kernel is fetched and booted here.
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
