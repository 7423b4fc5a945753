/**
 * Automatic remediation by rules of policy.yml, off by default. In: incidents whose alerts fire, ends of runs. Out: the
 * command `run` by actor `auto`, under the same plan, rights, locks and proof as a person's; events that say why not.
 */
import type { Command } from '../../core/command.ts';
import type { EffectExecutor } from '../../journal/effects.ts';
import type { Evolvers } from '../../journal/evolver.ts';
import type { StoredEvent } from '../../journal/port.ts';
import type { TimerHandler } from '../../journal/timers.ts';
import type { RunRequestDecision } from '../request.ts';
import { attempt } from './attempt.ts';
import type { RemediationDeps } from './deps.ts';
import { describeRemediationEvent } from './describe.ts';
import { createRemediationFollower, type RemediationFollower } from './follow.ts';
import { type ListedRule, listRules } from './list.ts';
import { lookTimers, RemediationEffect } from './look.ts';
import { evolveStoredRemediation } from './remediation-evolve.ts';
import { REMEDIATION, type RemediationState } from './remediation-state.ts';
import { switchOn } from './switch-on.ts';

export interface Remediation extends RemediationFollower {
  /** Decides `remediation-on`. */
  command(command: Command): Promise<RunRequestDecision>;
  list(): Promise<ListedRule[]>;
  readonly timers: Readonly<Record<'remediation.look', TimerHandler>>;
  /** Carries out effects of kind `remediation`. */
  readonly executor: EffectExecutor;
  describe(event: StoredEvent, texts: ReadonlyMap<string, string>): string | null;
}

const AT_ONCE = 4;

/** The rules of the configuration in force. */
export function createRemediation(deps: RemediationDeps): Remediation {
  return {
    ...createRemediationFollower(deps),
    command: (command) => switchOn(command, deps),
    list: () => listRules(deps),
    timers: lookTimers(deps),
    executor: {
      idempotent: true,
      concurrency: AT_ONCE,
      run: async (effect) => {
        const asked = RemediationEffect.parse(effect.data);
        if (asked.op === 'look') return attempt(asked, deps);
        const words = (await deps.journal.payload(asked.words)) ?? 'a run did not help';
        await deps.escalate({ key: effect.key, incident: asked.incident, words });
        return { state: 'done', result: {} };
      },
    },
    describe: describeRemediationEvent,
  };
}

/** How rules fold, for `journal verify --state`. */
export const remediationEvolvers = {
  [REMEDIATION]: (state: RemediationState | null, event: StoredEvent) => evolveStoredRemediation(state, event),
} satisfies Evolvers;
