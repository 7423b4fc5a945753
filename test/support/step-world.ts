import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { refuse } from '../../src/core/errors.ts';
import type { Shell } from '../../src/hosts/shell.ts';
import type { CheckResult } from '../../src/probes/check.ts';
import { stepKind } from '../../src/runbooks/steps/registry.ts';
import type { UnitOutcome } from '../../src/runbooks/steps/step.ts';
import {
  type PreparedStep,
  readBody,
  type StepInput,
  type StepPlanDeps,
  type StepRunDeps,
} from '../../src/runbooks/steps/step.ts';
import { testConfig } from './config.ts';
import { noDoors } from './no-doors.ts';
import { createStepShell } from './step-shell.ts';

export interface StepWorld {
  /** A folder of this test alone. */
  readonly folder: string;
  readonly shells: Record<string, Shell>;
  /** By the name of the variable. */
  readonly secrets: Record<string, string>;
  readonly logged: string[];
  readonly deps: StepRunDeps;
  readonly planDeps: StepPlanDeps;
  plan(kind: string, body: unknown, input?: Partial<StepInput>): Promise<PreparedStep>;
  /** Plans and carries out a step on one target after the other, as the engine does. */
  run(kind: string, body: unknown, input?: Partial<StepInput>): Promise<UnitOutcome[]>;
  carryOut(step: PreparedStep, key?: string): Promise<UnitOutcome[]>;
  end(): void;
}

let runs = 0;

/** What a step meets: hosts that are this machine, secrets by name, real time. */
export function createStepWorld(rest: Partial<StepRunDeps> = {}): StepWorld {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-step-'));
  const shells: Record<string, Shell> = { 'web-1': createStepShell('web-1', join(folder, 'locks')) };
  const secrets: Record<string, string> = {};
  const logged: string[] = [];
  const shellOf = (host: string) => {
    const shell = shells[host];
    if (shell === undefined) throw refuse('HOST_UNKNOWN', `There is no host "${host}".`, 'Name one.');
    return shell;
  };
  const driverOf = () => {
    throw refuse('SERVICE_UNKNOWN', 'There is no service.', 'Name one.');
  };
  const deps: StepRunDeps = {
    run: 'RUN-1',
    key: 'RUN-1-step',
    by: 'slack:U01ONCALL',
    driverOf,
    shellOf,
    runProbes: async (): Promise<CheckResult[]> => [],
    doors: noDoors,
    redact: (text) => text,
    secretOf: ({ secret }) => {
      const value = secrets[secret];
      if (value === undefined) throw refuse('SECRET_UNKNOWN', `There is no secret ${secret}.`, `Set ${secret}.`);
      return value;
    },
    clock: systemClock,
    signal: new AbortController().signal,
    log: (text) => logged.push(text),
    ...rest,
  };
  const planDeps = { config: testConfig(), driverOf, shellOf, doors: deps.doors };
  async function plan(name: string, body: unknown, input: Partial<StepInput> = {}): Promise<PreparedStep> {
    const kind = stepKind(name);
    if (kind === undefined) throw new Error(`no kind ${name}`);
    const plain = { id: 'step', hosts: ['web-1'], changed: [], service: null, incident: null, timeoutMs: null };
    return kind.plan(readBody(kind, 'step', body), { ...plain, ...input }, planDeps);
  }
  async function carryOut(step: PreparedStep, key?: string): Promise<UnitOutcome[]> {
    runs += 1;
    const outcomes: UnitOutcome[] = [];
    for (const unit of step.units) {
      outcomes.push(await unit.run({ ...deps, key: key ?? `RUN-${runs}-step` }));
    }
    return outcomes;
  }
  return {
    ...{ folder, shells, secrets, logged, deps, planDeps, plan, carryOut },
    run: async (name, body, input) => carryOut(await plan(name, body, input)),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
