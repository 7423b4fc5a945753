import {
  type PolicyLevel,
  SEVERITIES,
  type Severity,
  type SeverityPolicy,
  TARGET_KINDS,
  type Target,
} from '../config.ts';
import { splitTarget } from '../references/reach.ts';
import type { SeveritiesFile } from '../schema/severities.ts';
import { seconds } from './records.ts';

type WrittenPolicy = SeveritiesFile[Severity];

/** severities.yml as rooms read it. */
export function resolveSeverities(file: SeveritiesFile): Record<Severity, SeverityPolicy> {
  return Object.fromEntries(
    SEVERITIES.map((severity) => [severity, resolvePolicy(severity, file[severity])]),
  ) as Record<Severity, SeverityPolicy>;
}

const SNOOZE_AT_MOST: Readonly<Record<Severity, string>> = { P0: '30m', P1: '4h', P2: '24h', P3: '24h' };

function resolvePolicy(severity: Severity, policy: WrittenPolicy): SeverityPolicy {
  const { repeat, ack_expires: ack, out_of_hours: hours } = policy;
  return {
    name: policy.name,
    respondWithinSeconds: seconds(policy.respond_within),
    clock: policy.clock,
    nextBusinessDayAt: policy.clock === 'business' ? (hours?.next_business_day ?? null) : null,
    levels: policy.levels.map(resolveLevel),
    repeat: repeat === undefined ? null : { everySeconds: seconds(repeat.every), times: repeat.times },
    ackExpires:
      ack === undefined
        ? null
        : {
            askAfterSeconds: seconds(ack.ask_after),
            pageOwnerAfterSeconds: seconds(ack.page_owner_after),
            nextLevelAfterSeconds: seconds(ack.next_level_after),
          },
    resolve: policy.resolve,
    digest: policy.digest,
    snoozeAtMostSeconds: seconds(policy.snooze_at_most ?? SNOOZE_AT_MOST[severity]),
  };
}

function resolveLevel(level: WrittenPolicy['levels'][number]): PolicyLevel {
  return { afterSeconds: seconds(level.after), notify: level.notify.flatMap(resolveTarget), by: level.by };
}

function resolveTarget(written: string): Target[] {
  const [prefix, name] = splitTarget(written);
  const kind = TARGET_KINDS.find((each) => each === prefix);
  return kind === undefined ? [] : [{ kind, name }];
}
