import type { ConfigSource } from '../../core/config/config.ts';
import type { PageRequest } from '../../oncall/page.ts';
import type { IncidentCard, NameOf } from '../render/cards.ts';
import type { Named } from '../render/page.ts';
import type { Channels } from './channels.ts';
import type { Job } from './jobs.ts';
import { keyOf } from './keys.ts';
import { metadataOf, threadOf } from './messages.ts';
import { type Outcome, outcomeOf, retry } from './outcome.ts';
import type { Address } from './send.ts';
import type { SentMessages } from './sent.ts';

const REFUSED_MS = 60_000;

/** Where pages go and whom they name. */
export interface PageAddresses {
  /** Where a page that is sent by itself goes. */
  addressOf(job: Job, request: PageRequest, card: IncidentCard): Promise<Address | Outcome>;
  /** First Slack id of a person; null: none, or nobody of that name. */
  slackIdOf(person: string | undefined): string | null;
  /** Everybody whom these pages reach, once: mentioned when they have a Slack id. */
  named(requests: readonly PageRequest[]): Named;
  /** Link to an incident's thread; null while it is not known. */
  permalinkOf(incident: string): string | null;
}

export function createPageAddresses(deps: {
  config: ConfigSource;
  sent: SentMessages;
  channels: Channels;
  nameOf: NameOf;
  /** `https://team.slack.com/`, once known. */
  workspaceUrl: () => string | null;
}): PageAddresses {
  const { config, sent, nameOf } = deps;

  function slackIdOf(person: string | undefined): string | null {
    // an owner whom oncall.yml does not know
    if (person?.startsWith('slack:') === true) return person.slice('slack:'.length);
    return config.current().oncall.people[person ?? '']?.slack[0] ?? null;
  }

  return {
    addressOf: async (job, request, card) => {
      const common = { metadata: metadataOf(request.incident, job.key), isUrgent: true };
      if (request.means === 'dm') return { ...common, channel: slackIdOf(request.people[0]) ?? '', thread: null };
      const parent = sent.get(keyOf('parent', request.incident));
      if (parent !== null) return { ...common, channel: parent.channel, thread: threadOf(parent) };
      if (!card.view.digest) return { kind: 'needs-parent', incident: request.incident };
      const resolved = await deps.channels.resolve(card.view.channel);
      if (resolved.kind !== 'channel') return outcomeOf(job, resolved) ?? retry(REFUSED_MS);
      return { ...common, channel: resolved.id, thread: null };
    },
    slackIdOf,
    named: (requests) => {
      const people = [...new Set(requests.flatMap((request) => request.people))];
      const targets = [...new Set(requests.flatMap((request) => request.targets))];
      const known = people.map((person) => ({ person, id: slackIdOf(person) }));
      return {
        mentions: known.flatMap(({ id }) => (id === null ? [] : [id])),
        unnamed: [...known.filter(({ id }) => id === null).map(({ person }) => nameOf(person)), ...targets],
      };
    },
    permalinkOf: (incident) => {
      const parent = sent.get(keyOf('parent', incident));
      const url = deps.workspaceUrl();
      if (parent === null || parent.ts === '' || url === null) return null;
      return `${url}archives/${parent.channel}/p${parent.ts.replace('.', '')}`;
    },
  };
}
