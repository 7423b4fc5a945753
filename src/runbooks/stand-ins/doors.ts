import type { Clock } from '../../core/clock.ts';
import type { RunProbes } from '../../probes/check.ts';
import type { StepDoors } from '../steps/step.ts';
import type { Tell } from './shell.ts';

/** Doors behind which nobody is: silences and messages are told, and count as made. */
export function createStandInDoors(clock: Clock, tell: Tell): StepDoors {
  let silences = 0;
  return {
    silence: async ({ matchers, seconds, reason }) => {
      const labels =
        typeof matchers === 'string'
          ? [matchers]
          : Object.entries(matchers).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      tell(`Alertmanager: silence {${labels.join(', ')}} for ${seconds} s: ${reason}`);
      silences += 1;
      return { id: `SIL-${silences}`, until: clock.now() + seconds * 1000 };
    },
    foreseeSilence: async () => ({ blocked: null, shown: [], because: [] }),
    liftSilence: async (id) => tell(`Alertmanager: lift ${id}`),
    peers: () => [],
    notify: async ({ channel, incident, text }) =>
      tell(`Slack: post to ${channel ?? `the thread of ${incident}`}: ${text}`),
  };
}

/** Probes that ask nobody and find everything well. */
export function createStandInProbes(clock: Clock): RunProbes {
  return async (names) =>
    names.map((probe) => ({
      ...{ probe, target: probe, result: 'ok' as const, summary: 'a stand-in says so' },
      ...{ seconds: 0, at: clock.now(), evidence: {} },
    }));
}
