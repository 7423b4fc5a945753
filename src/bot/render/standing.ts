import { dateToken, foreign } from '../mrkdwn.ts';
import type { IncidentCard, NameOf } from './cards.ts';
import { flappingWords } from './flapping.ts';
import { mrkdwn, type PlainBlock, section } from './payload.ts';

const CHILDREN_SHOWN = 4;

/** How an incident stands beside its state: quiet, flapping, folded, split off, its severity chosen. One block at most. */
export function standingOf(card: IncidentCard, nameOf: NameOf): PlainBlock[] {
  const lines = [
    card.view.flags.includes('drill') ? '🎓 *This is a drill.* Nothing is broken.' : null,
    quietLine(card, nameOf),
    foldedLine(card, nameOf),
    flappingLine(card),
    severityLine(card, nameOf),
    childrenLine(card),
    card.view.splitFrom === null ? null : `✂️ *Split off* from ${card.view.splitFrom}`,
    card.view.flags.includes('storm') ? '🌩 *Storm*: it came together with many others' : null,
    card.view.flags.includes('maintenance') ? '🛠 *Maintenance*: the service is being worked on' : null,
  ].filter((line) => line !== null);
  return lines.length === 0 ? [] : [section(mrkdwn(lines.join('\n')))];
}

function quietLine({ view, reasons }: IncidentCard, nameOf: NameOf): string | null {
  const { quiet } = view;
  if (quiet === null) return null;
  const what = quiet.kind === 'silenced' ? '🔕 *Silenced*' : '💤 *Snoozed*';
  const by = foreign(nameOf(quiet.by), 60);
  return `${what} until ${dateToken(quiet.until)} by ${by}${because(reasons?.quiet)}. It pages nobody meanwhile.`;
}

function foldedLine({ view, reasons }: IncidentCard, nameOf: NameOf): string | null {
  const { foldedUnder, foldedBy } = view;
  if (foldedUnder === null) return null;
  const why =
    foldedBy === null || foldedBy === 'dependency'
      ? `its service depends on what ${foldedUnder} is about`
      : `merged by ${foreign(nameOf(foldedBy), 60)}${because(reasons?.fold)}`;
  return `🗂 *Folded beneath ${foldedUnder}*: ${why}. It pages nobody of its own.`;
}

function flappingLine({ view }: IncidentCard): string | null {
  const words = flappingWords(view);
  if (words === null) return null;
  // while it is quiet, staying does not make it page
  return `🔁 *Flapping*: ${words}${view.quiet === null ? '\nIt pages again only when it stays.' : ''}`;
}

function severityLine({ reasons }: IncidentCard, nameOf: NameOf): string | null {
  const chosen = reasons?.severity ?? null;
  if (chosen === null) return null;
  return `✋ *Severity* was ${chosen.from}, changed by ${foreign(nameOf(chosen.by), 60)}${because(chosen.reason)}`;
}

function childrenLine({ view, children = [] }: IncidentCard): string | null {
  if (view.folded.length === 0) return null;
  const shown = view.folded.slice(0, CHILDREN_SHOWN).map((id) => {
    const title = children.find((child) => child.id === id)?.title;
    return title === undefined ? id : `${id} ${foreign(title, 60)}`;
  });
  const more = view.folded.length - shown.length;
  return `🗂 *Folded beneath*: ${shown.join(', ')}${more > 0 ? ` (+${more})` : ''}`;
}

function because(reason: string | null | undefined): string {
  return reason === null || reason === undefined || reason === '' ? '' : `: ${foreign(reason, 200).replace(/\.$/, '')}`;
}
