import type { Clock } from '../../core/clock.ts';
import { renderFoldedPage, waitsForAck } from '../render/folded-page.ts';
import { renderRoster, renderRosterOver } from '../render/roster.ts';
import type { Folds } from './folds.ts';
import type { Job, Jobs } from './jobs.ts';
import { keyOf } from './keys.ts';
import type { PageAddresses } from './page-address.ts';
import { gravest } from './page-fold.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import type { Storms } from './storms.ts';
import type { FindWanted, Wanted } from './wanted.ts';
import type { WantedPage } from './wanted-pages.ts';

const DELAYED_FROM_MS = 60_000;
const PLAIN = { threadOf: null, incident: null, isEditOnly: false, isLast: false } as const;

/** What the list of a storm says now; the first one mentions who waits to be paged in its channel. */
export function createFindRoster(deps: {
  clock: Clock;
  jobs: Jobs;
  sent: SentMessages;
  storms: Storms;
  sources: DeliverySources;
  addresses: PageAddresses;
  /** Mentions that wait in a channel. */
  mentionsIn: (word: string) => WantedPage[];
  /** These incidents are about to stand on a roster. */
  named: (incidents: readonly string[]) => void;
}): FindWanted {
  const { clock, sent, storms, sources } = deps;

  return async (job) => {
    const found = storms.roster(job.id);
    const known = sent.get(job.key);
    if (found === null) return known === null ? null : leftOver(job, known.channel, known.sentAt);
    storms.fill(job.id);
    const { storm, part } = found;
    const ids = storm.rosters[part] ?? [];
    if (known === null && (storm.isOver || ids.length === 0)) return null;
    const views = await sources.views(ids);
    deps.named(ids);
    const pages = known === null && part === 0 ? deps.mentionsIn(storm.word) : [];
    const payload = renderRoster({
      id: `roster:${job.id}`,
      startedAt: storm.startedAt,
      part: part + 1,
      parts: storm.rosters.length,
      total: storm.rosters.reduce((total, list) => total + list.length, 0),
      waiting: storm.waiting.size,
      isOver: storm.isOver,
      members: views.map((view) => ({ view, hasThread: sent.get(keyOf('parent', view.id)) !== null })),
      named: deps.addresses.named(pages.map(({ request }) => request)),
      delayedSeconds: delayedSeconds(),
    });
    return {
      ...PLAIN,
      payload,
      channel: storm.word,
      subject: 'storm',
      since: storm.startedAt,
      isUrgent: true,
      key: job.key,
      posted: ({ channel, ts }) => {
        storms.rosterPosted(job.id);
        if (pages.length === 0) return;
        const people = new Set(pages.flatMap(({ request }) => request.people));
        const severity = gravest(pages.map(({ request }) => request));
        storms.mentioned(storm.word, { at: clock.monotonicMs(), people, severity, reference: `${channel}/${ts}` });
      },
    };
  };

  /** Of a process that is gone. */
  function leftOver(job: Job, channel: string, startedAt: number): Wanted {
    const payload = renderRosterOver(startedAt);
    const place = { channel, subject: 'storm', since: startedAt, isUrgent: false, key: job.key };
    return { ...PLAIN, ...place, payload, isEditOnly: true, isLast: true };
  }

  function delayedSeconds(): number | null {
    const oldest = deps.jobs.oldest();
    const waitedMs = oldest === null ? 0 : clock.monotonicMs() - oldest;
    return waitedMs < DELAYED_FROM_MS ? null : Math.round(waitedMs / 1000);
  }
}

/**
 * At the end of a minute in which pages were added to a direct message without a sound: one new message for those of
 * them that nobody has acknowledged. Its job is `ring:<person>/<n>`.
 */
export function createFindRing(deps: {
  clock: Clock;
  folds: Folds;
  sources: DeliverySources;
  addresses: PageAddresses;
}): FindWanted {
  const { clock, folds, sources } = deps;
  return async (job) => {
    const person = job.id.slice(0, job.id.lastIndexOf('/'));
    const user = deps.addresses.slackIdOf(person);
    const views = (await sources.views([...(folds.lastTo(person)?.added ?? [])])).filter(waitsForAck);
    if (user === null || views.length === 0) return null;
    const names = views.map(({ id }) => id);
    const key = keyOf('page', `ring|${job.id}`);
    return {
      ...PLAIN,
      payload: renderFoldedPage(views, { mentions: [], unnamed: [], isRepeat: false, lateSeconds: 0 }),
      channel: user,
      incident: names[0] ?? null,
      subject: names[0] ?? '',
      since: clock.now(),
      isUrgent: true,
      key,
      names,
      posted: ({ channel, ts }) =>
        folds.sent(person, { key, channel, ts, at: clock.monotonicMs(), severity: gravest(views) }),
    };
  };
}
