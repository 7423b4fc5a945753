import { defineConfig } from 'vitest/config';
import { MixedOrder } from './test/support/mixed-order.ts';

// unit: pure rules and single rooms; flows: one promise a file, fake clock, real SQLite; real: the outside parts themselves.
export default defineConfig({
  test: {
    // By itself vitest leaves a core free, which of two cores is one; and the real parts mostly wait.
    maxWorkers: 3,
    sequence: { sequencer: MixedOrder },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/flows/**', 'test/real/**', 'node_modules/**'],
          testTimeout: 30_000,
          // loading the same modules for each of hundreds of files was a fifth of the time; they keep no state
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'flows',
          include: ['test/flows/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
