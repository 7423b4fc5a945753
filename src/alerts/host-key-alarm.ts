/**
 * A host that does not show its pinned key. In: what each connection saw, and the configuration in force. Out: a P2 of
 * the host through the same machine as any alert, and its end when the right key is seen or another one is pinned.
 */
import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import { decideUntilAppended } from '../journal/decide.ts';
import type { Batch, Journal } from '../journal/port.ts';
import type { FollowIncident } from './change.ts';
import { changeOf } from './draft-change.ts';
import { mergeParts } from './incident-batch.ts';
import type { IncidentState } from './incident-state.ts';
import { deliverOwn, type OwnAlert } from './own-alert.ts';
import type { Alert } from './payload.ts';
import type { Settle } from './settle.ts';

/** What a connection saw of a host's key; fingerprints as hosts.yml writes them. */
export interface HostKeySeen {
  readonly host: string;
  readonly pinned: string;
  /** Empty: the pinned one. */
  readonly shown: readonly string[];
}

export interface HostKeyAlarm {
  /** Raises the host's alarm, or ends it; one stands a host, however often it is seen. */
  seen(what: HostKeySeen): Promise<void>;
  /** Ends alarms of hosts that have another pinned key by now, or are gone; at the start and at each change of it. */
  reloaded(): Promise<void>;
}

export interface HostKeyAlarmDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly follow: FollowIncident;
  readonly settle: Settle;
}

const PREFIX = 'gianna-ops-host-key|';
const ALERTNAME = 'HostKeyChanged';

/** Creates the alarm. */
export function createHostKeyAlarm(deps: HostKeyAlarmDeps): HostKeyAlarm {
  const { journal, clock, logger } = deps;

  async function seen({ host, pinned, shown }: HostKeySeen): Promise<void> {
    const appended = await decideUntilAppended(journal, async () => {
      const standing = (await journal.latestOccurrences([`${PREFIX}${host}`])).get(`${PREFIX}${host}`);
      const fires = standing?.status === 'firing';
      if (fires === shown.length > 0) return null;
      const at = clock.now();
      if (!fires)
        return batchOf(alarmOf({ host, pinned, shown }, { status: 'firing', startsAt: at, endsAt: null }), at);
      const ended = { status: 'resolved', startsAt: standing.startsAt, endsAt: at } as const;
      return batchOf(alarmOf({ host, pinned, shown }, ended), at);
    });
    if (appended === null) return;
    if (shown.length > 0) logger.warn({ host, shown }, 'host shows another key than the pinned one');
    else logger.info({ host }, 'host shows its pinned key again');
  }

  async function batchOf(own: OwnAlert, at: number): Promise<Batch> {
    const config = deps.config.current();
    const { part, drafts } = await deliverOwn(journal, config, own, at);
    const { follow, settle } = deps;
    const { change } = await changeOf({ reader: journal, config, at, actor: 'auto', follow, settle }, drafts);
    return mergeParts({ at, actor: 'auto', ...part }, [change]);
  }

  return {
    seen,
    reloaded: async () => {
      for (const { host, pinned } of await standingAlarms(journal)) {
        if (pinnedOf(deps.config.current(), host) !== pinned) await seen({ host, pinned, shown: [] });
      }
    },
  };
}

function pinnedOf({ hosts }: Config, name: string): string | null {
  const host = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  return host?.connect === 'ssh' ? host.hostKey : null;
}

/** Hosts whose alarm fires, with the key that was pinned when it was raised. */
async function standingAlarms(journal: Journal): Promise<Array<{ host: string; pinned: string }>> {
  const found: Array<{ host: string; pinned: string }> = [];
  for (const { id } of await journal.aggregates<IncidentState>('incident', { open: true })) {
    for (const { fingerprint, status, about } of await journal.occurrencesOf(id)) {
      if (!fingerprint.startsWith(PREFIX) || status !== 'firing') continue;
      const { labels } = JSON.parse((await journal.payload(about)) ?? '{"labels":{}}') as { labels: Alert['labels'] };
      found.push({ host: fingerprint.slice(PREFIX.length), pinned: labels.pinned ?? '' });
    }
  }
  return found;
}

function alarmOf({ host, pinned, shown }: HostKeySeen, when: Pick<Alert, 'status' | 'startsAt' | 'endsAt'>): OwnAlert {
  const summary = `${host} does not show its pinned host key: nothing is sent to it`;
  const description =
    `hosts.yml has ${pinned}; it shows ${shown.join(', ') || pinned}. Ask who changed that machine: somebody may stand between. ` +
    'If it was made anew, read its fingerprint on its own console, write it into host_key and reload the configuration. ' +
    'This ends by itself when the pinned key is seen again, or another one is pinned.';
  const groupLabels = { alertname: ALERTNAME, host };
  const labels = { ...groupLabels, pinned };
  const annotations = { summary, description };
  const alert = { ...when, fingerprint: `${PREFIX}${host}`, labels, annotations, generatorUrl: null };
  return { alert, groupLabels, severity: 'P2' };
}
