import { homedir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests that work with clusters, builders, `act`, the demo and many processes at once: each takes the whole machine. */
const heavy = [
  '__tests__/{act,demo,lab}/**/*.test.ts',
  '__tests__/conformance/{rows,two-tags}.test.ts',
  '__tests__/master/master.test.ts',
];
const minutes = 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['__tests__/**/*.test.ts'],
          exclude: heavy,
          testTimeout: minutes / 2,
          hookTimeout: minutes,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'lab',
          include: heavy,
          fileParallelism: false,
          // One for all checkouts of the tests, which are new ones each time: an analysis from the beginning takes a minute.
          env: {
            GOLANGCI_LINT_CACHE: process.env['GOLANGCI_LINT_CACHE'] ?? join(homedir(), '.cache', 'golangci-lint'),
          },
          testTimeout: 15 * minutes,
          hookTimeout: 15 * minutes,
          // After the fast ones, which tell sooner what is wrong.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
