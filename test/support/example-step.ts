import * as z from 'zod';
import { pathField } from '../../src/runbooks/steps/fields.ts';
import { blockedStep, findShells, hostTarget } from '../../src/runbooks/steps/on-hosts.ts';
import { printArgv } from '../../src/runbooks/steps/printed.ts';
import { judgeProgram } from '../../src/runbooks/steps/program-outcome.ts';
import type { StepKind } from '../../src/runbooks/steps/step.ts';

interface Body {
  readonly path: string;
}

const LIMITS = { timeoutMs: 10_000, maxBytes: 10_000 };

/** How full a file system is, in per cent, as a result for later steps. */
export const diskUsedStep: StepKind<Body> = {
  kind: 'disk.used',
  says: 'Tells how full a file system is.',
  body: (value) => z.strictObject({ path: value(pathField).describe('A path on the file system.') }),
  needsHosts: true,
  mutates: () => false,
  isIdempotent: () => true,
  results: ['percent'],
  plan: async ({ path }, { id, hosts }, { shellOf }) => {
    const argv = ['df', '-P', '--', path];
    const planned = { id, kind: 'disk.used', target: hosts.join(', '), mutates: false };
    const found = findShells(hosts, shellOf);
    if (found.kind === 'blocked') return blockedStep(planned, found.blockedBy);
    return {
      planned: { ...planned, call: printArgv(argv), effect: 'looks, changes nothing', undo: null },
      targets: hosts.map((host) => hostTarget(host)),
      facts: [],
      changes: [],
      probes: [],
      blockedBy: [],
      units: found.shells.map((shell) => ({
        name: shell.host,
        run: async ({ signal, log }) => {
          const result = await shell.run(argv, { ...LIMITS, signal, onOutput: log });
          const verdict = judgeProgram(shell.host, result, { mutates: false });
          const percent = Number(/(\d+)%/.exec(result.stdout)?.[1] ?? Number.NaN);
          if (verdict.status !== 'done' || Number.isNaN(percent)) return { ...verdict, status: 'failed' };
          return { status: 'done', summary: `${shell.host}: ${percent} % used`, results: { percent } };
        },
      })),
    };
  },
};
