import { renderApproval, renderApprovalOver } from '../render/approval.ts';
import { isBeyondWanted } from '../render/beyond-page.ts';
import type { IncidentCard } from '../render/cards.ts';
import { chartOf, renderEvidence } from '../render/evidence.ts';
import { renderFoldedOver, renderFoldedPage, waitsForAck } from '../render/folded-page.ts';
import { renderIncident } from '../render/incident.ts';
import { renderPageOver } from '../render/page.ts';
import type { MessagePayload } from '../render/payload.ts';
import { renderRun } from '../render/run.ts';
import { renderTimeline } from '../render/timeline.ts';
import type { PagePlace } from './bundles.ts';
import type { Job } from './jobs.ts';
import { keyOf } from './keys.ts';
import type { Pictures } from './pictures.ts';
import type { SentMessage, SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';

/** What a message should say now, and where it belongs. */
export interface Wanted {
  readonly payload: MessagePayload;
  /** Our word for the channel, or its id. */
  readonly channel: string;
  /** The incident whose thread it belongs into; null: a message of its own. */
  readonly threadOf: string | null;
  readonly incident: string | null;
  /** `GI-1` or `RUN-1`, for the metadata. */
  readonly subject: string;
  /** Not posted before this time, epoch milliseconds. */
  readonly since: number;
  readonly isUrgent: boolean;
  /** Where it is recorded. */
  readonly key: string;
  /** Only an edit of what is there: never posted. */
  readonly isEditOnly: boolean;
  /** It will not change again: where it is may be forgotten. */
  readonly isLast: boolean;
  /** Every incident that it names, for a page. */
  readonly names?: readonly string[];
  /** Told once it is there. */
  readonly posted?: (place: PagePlace) => void;
}

const DAY_MS = 24 * 3600_000;
const OPS = 'ops';
/** What most messages are. */
const PLAIN = { threadOf: null, incident: null, isUrgent: false, isEditOnly: false, isLast: false } as const;

/** Renders what a job's message should be, at send time; null when there is nothing to show. */
export type FindWanted = (job: Job) => Promise<Wanted | null>;

export function createFindWanted(deps: {
  sources: DeliverySources;
  sent: SentMessages;
  pictures: Pick<Pictures, 'fileOf'>;
  roster: FindWanted;
  ring: FindWanted;
  /** The thread of an incident was opened. */
  opened: (word: string, job: Job) => void;
}): FindWanted {
  const { sources, sent, pictures } = deps;

  async function ofIncident(job: Job): Promise<Wanted | null> {
    const card = await sources.incident(job.id);
    // planned work (P3) has no thread, and what is folded has none of its own
    if (card === null || card.view.digest) return null;
    const { view } = card;
    // folded beneath another one: no thread of its own, but one that it has tells so
    if (view.foldedUnder !== null && sent.get(keyOf('parent', job.id)) === null) return null;
    job.severity = view.severity;
    const place = { channel: view.channel, incident: job.id, subject: job.id, since: view.openedAt, key: job.key };
    const common = { ...PLAIN, ...place };
    switch (job.kind) {
      case 'timeline':
        return { ...common, payload: renderTimeline(card, sources.nameOf), threadOf: job.id };
      case 'evidence': {
        const chart = chartOf(card);
        const payload = renderEvidence(card, sources.nameOf, chart === null ? null : pictures.fileOf(job.id, chart));
        return payload === null ? null : { ...common, payload, threadOf: job.id };
      }
      default: {
        const payload = renderIncident(card, sources.nameOf);
        const posted = () => deps.opened(view.channel, job);
        return { ...common, payload, isUrgent: view.severity === 'P0', posted };
      }
    }
  }

  /** A page that is no longer waited on, by all or some of those that it names. */
  async function ofPage(job: Job): Promise<Wanted | null> {
    const key = keyOf('page', job.id);
    const page = sent.get(key);
    if (page?.incident == null) return null;
    const place = { channel: page.channel, incident: page.incident, subject: page.incident, since: page.sentAt, key };
    const common = { ...PLAIN, ...place, isEditOnly: true };
    if (page.names !== undefined) {
      const views = await sources.views(page.names);
      if (!views.some(waitsForAck)) return { ...common, payload: renderFoldedOver(views, page.sentAt), isLast: true };
      const said = { mentions: [], unnamed: [], isRepeat: false, lateSeconds: 0 };
      return { ...common, payload: renderFoldedPage(views, said) };
    }
    const card = await sources.incident(page.incident);
    if (card === null || isWaitedOn(card, page)) return null;
    job.severity = card.view.severity;
    return { ...common, payload: renderPageOver(card, page, sources.nameOf), isLast: true };
  }

  function isWaitedOn(card: IncidentCard, { beyond, sentAt }: SentMessage): boolean {
    return beyond === undefined ? waitsForAck(card.view) : isBeyondWanted(card, beyond, sentAt);
  }

  async function ofRun(job: Job): Promise<Wanted | null> {
    const card = await sources.run(job.id);
    if (card === null) return null;
    const incident = card.incident === null ? null : await sources.incident(card.incident);
    const isThreaded = incident !== null && !incident.view.digest;
    return {
      ...PLAIN,
      payload: renderRun(card, sources.nameOf),
      channel: incident?.view.channel ?? OPS,
      threadOf: isThreaded ? card.incident : null,
      incident: card.incident,
      subject: card.id,
      since: (card.startedAt ?? card.endedAt ?? 0) - DAY_MS,
      key: job.key,
    };
  }

  /** A copy of a request for the second person; whoever asked gets none. */
  async function ofCopy(job: Job): Promise<Wanted | null> {
    const [run = '', user = ''] = job.id.split('/');
    const card = await sources.run(run);
    if (card?.approval == null || card.by === `slack:${user}`) return null;
    const isOpen = card.approval.state === 'asked';
    return {
      ...PLAIN,
      payload: isOpen ? renderApproval(card, sources.nameOf) : renderApprovalOver(card, sources.nameOf),
      channel: user,
      subject: card.id,
      since: card.requestedAt,
      key: job.key,
      isEditOnly: !isOpen,
      isLast: !isOpen,
    };
  }

  return async (job) => {
    switch (job.kind) {
      case 'parent':
      case 'timeline':
      case 'evidence':
        return ofIncident(job);
      case 'over':
        return ofPage(job);
      case 'run':
        return ofRun(job);
      case 'asking':
        return ofCopy(job);
      case 'roster':
        return deps.roster(job);
      case 'ring':
        return deps.ring(job);
      case 'notice':
      case 'page':
        return null;
      default:
        return job.kind satisfies never;
    }
  };
}
