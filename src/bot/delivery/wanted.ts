import { chartOf, renderEvidence } from '../render/evidence.ts';
import { renderIncident } from '../render/incident.ts';
import { renderPageOver } from '../render/page.ts';
import type { MessagePayload } from '../render/payload.ts';
import { renderRun } from '../render/run.ts';
import { renderTimeline } from '../render/timeline.ts';
import type { Job } from './jobs.ts';
import { keyOf } from './keys.ts';
import type { Pictures } from './pictures.ts';
import type { SentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';

/** What a message should say now, and where it belongs. */
export interface Wanted {
  readonly payload: MessagePayload;
  /** Our word for the channel. */
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
}

const DAY_MS = 24 * 3600_000;
const OPS = 'ops';

/** Renders what a job's message should be, at send time; null when there is nothing to show. */
export type FindWanted = (job: Job) => Promise<Wanted | null>;

export function createFindWanted(deps: {
  sources: DeliverySources;
  sent: SentMessages;
  pictures: Pick<Pictures, 'fileOf'>;
}): FindWanted {
  const { sources, sent, pictures } = deps;

  async function ofIncident(job: Job, id: string): Promise<Wanted | null> {
    const card = await sources.incident(id);
    // planned work (P3) has no thread
    if (card === null || card.view.digest) return null;
    // folded beneath another one: no thread of its own, but one that it has tells so
    if (card.view.foldedUnder !== null && sent.get(keyOf('parent', id)) === null) return null;
    job.severity = card.view.severity;
    const common = {
      channel: card.view.channel,
      incident: id,
      subject: id,
      since: card.view.openedAt,
      key: job.key,
      isUrgent: false,
      isEditOnly: false,
    };
    switch (job.kind) {
      case 'parent': {
        const isUrgent = card.view.severity === 'P0';
        return { ...common, payload: renderIncident(card, sources.nameOf), threadOf: null, isUrgent };
      }
      case 'timeline':
        return { ...common, payload: renderTimeline(card, sources.nameOf), threadOf: id };
      case 'evidence': {
        const chart = chartOf(card);
        const payload = renderEvidence(card, sources.nameOf, chart === null ? null : pictures.fileOf(id, chart));
        return payload === null ? null : { ...common, payload, threadOf: id };
      }
      default: {
        const page = sent.get(keyOf('page', job.id));
        if (page === null || card.view.status === 'firing') return null;
        const payload = renderPageOver(card, page.sentAt);
        return { ...common, payload, threadOf: null, key: keyOf('page', job.id), isEditOnly: true };
      }
    }
  }

  async function ofRun(job: Job): Promise<Wanted | null> {
    const card = await sources.run(job.id);
    if (card === null) return null;
    const incident = card.incident === null ? null : await sources.incident(card.incident);
    const isThreaded = incident !== null && !incident.view.digest;
    return {
      payload: renderRun(card, sources.nameOf),
      channel: incident?.view.channel ?? OPS,
      threadOf: isThreaded ? card.incident : null,
      incident: card.incident,
      subject: card.id,
      since: (card.startedAt ?? card.endedAt ?? 0) - DAY_MS,
      isUrgent: false,
      key: job.key,
      isEditOnly: false,
    };
  }

  return async (job) => {
    if (job.kind === 'run') return ofRun(job);
    if (job.kind !== 'over') return ofIncident(job, job.id);
    const page = sent.get(keyOf('page', job.id));
    return page?.incident == null ? null : ofIncident(job, page.incident);
  };
}
