import * as z from 'zod';
import { pathField } from './fields.ts';
import { readState } from './file/read.ts';
import { type Restoring, restoreOnce } from './file/write.ts';
import { blockedStep, findShells, hostChanges, hostTarget } from './on-hosts.ts';
import { orRefused } from './or-refused.ts';
import { judgeOnce } from './program-outcome.ts';
import type { PreparedStep, PreparedUnit, StepInput, StepKind, StepPlanDeps } from './step.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');

/** Takes back what a step `file` did, from its backup; refuses when somebody has changed the file since. */
export const fileRestoreStep: StepKind<Restoring> = {
  kind: 'file.restore',
  says: 'Puts the backup of a written file back; the undo of a step "file".',
  body: (value) =>
    z
      .strictObject({
        path: value(pathField).describe('The file.'),
        is: value(digest).describe('SHA-256 that it has now.'),
        was: value(digest).nullable().describe('SHA-256 of the backup; null: the file was made and is removed.'),
        backup: value(pathField).nullable().describe('The backup; null: there is none.'),
      })
      .refine(({ was, backup }) => (was === null) === (backup === null), 'has was and backup, or neither'),
  needsHosts: true,
  mutates: () => true,
  isIdempotent: () => true,
  results: [],
  plan,
};

async function plan(body: Restoring, input: StepInput, { shellOf }: StepPlanDeps): Promise<PreparedStep> {
  const planned = {
    id: input.id,
    kind: 'file.restore',
    target: `${body.path} on ${input.hosts.join(', ')}`,
    mutates: true,
  };
  const found = findShells(input.hosts, shellOf);
  if (found.kind === 'blocked') return blockedStep(planned, found.blockedBy);
  const states = await Promise.all(found.shells.map((shell) => readState(shell, body.path)));
  const blockedBy = states.flatMap((state, index) => {
    const why = state.kind === 'unfit' ? state.reason : whyNot(state.kind === 'file' ? state.digest : null, body);
    return why === null ? [] : [{ kind: 'file', reason: `${input.hosts[index]}: ${why}` }];
  });
  const timeoutMs = input.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return {
    planned: {
      ...planned,
      call: body.backup === null ? `remove ${body.path}` : `put ${body.backup} back as ${body.path}`,
      effect:
        body.was === null ? 'the file is gone, as before' : `the file is as before (sha256 ${body.was.slice(0, 12)})`,
      undo: null,
    },
    targets: input.hosts.map((host) => hostTarget(host, 'file', `file:${body.path}`)),
    facts: [],
    changes: hostChanges(input.hosts),
    probes: [],
    blockedBy,
    units: input.hosts.map((host) => unitOf(host, body, timeoutMs)),
  };
}

function whyNot(present: string | null, { path, is, was }: Restoring): string | null {
  return present === is || present === was ? null : `${path} has changed since; it is left alone`;
}

function unitOf(host: string, body: Restoring, timeoutMs: number): PreparedUnit {
  return {
    name: host,
    run: orRefused(async ({ shellOf, key, signal }) => {
      const verdict = judgeOnce(host, await restoreOnce(shellOf(host), body, { key, timeoutMs, signal }));
      return verdict.status === 'done' ? { ...verdict, summary: `${host}: ${body.path} is as before` } : verdict;
    }),
  };
}
