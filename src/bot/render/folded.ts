import { code, foreign, plain } from '../mrkdwn.ts';
import type { IncidentCard } from './cards.ts';
import { context, header, type MessagePayload } from './payload.ts';

const MAX_TITLE = 84;

/** The parent of an incident that was folded beneath another after its thread was open: where to look now. */
export function renderFoldedIncident({ view }: IncidentCard): MessagePayload {
  const under = `folded beneath ${view.foldedUnder ?? ''}`;
  const facts = [view.id, code(view.about.alertname, 120), `no pages of its own while ${under}`];
  return {
    text: `${view.severity} FOLDED ${foreign(view.about.alertname, 120)} - ${foreign(view.about.title, 200)} - ${under} - ${view.id}`,
    blocks: [
      header(`⤵ ${view.severity} · FOLDED beneath ${view.foldedUnder ?? ''} · ${plain(view.about.title, MAX_TITLE)}`),
      context(facts.join(' · ')),
    ],
  };
}
