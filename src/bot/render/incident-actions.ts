import { incidentButtonValue } from '../button.ts';
import type { IncidentCard } from './cards.ts';
import { moreActions } from './more-actions.ts';
import { actions, type ButtonSpec, type PlainBlock } from './payload.ts';

/** The buttons of an incident by its state, and the select with what else can be done (UX.md 3.1); none once it is closed. */
export function incidentActions(card: IncidentCard): PlainBlock[] {
  const buttons = [...endingButtons(card), ...stateButtons(card), ...flappingButtons(card), ...serviceButtons(card)];
  const [first, ...rest] = buttons;
  const more = isOver(card) ? null : moreActions(card);
  if (first === undefined && more === null) return [];
  const row = first === undefined ? [] : [{ ...first, isPrimary: !isOver(card) }, ...rest.map(secondary)];
  return [actions(`${card.view.id}:${card.view.version}:actions`, row, more)];
}

function secondary(spec: ButtonSpec): ButtonSpec {
  return { ...spec, isPrimary: false };
}

function isOver({ view }: IncidentCard): boolean {
  return view.status === 'resolved' || view.status === 'closed';
}

/** What ends how it stands: folded, silenced. */
function endingButtons(card: IncidentCard): ButtonSpec[] {
  const { view } = card;
  if (isOver(card)) return [];
  const named = (verb: string, label: string, spoken: string) => [button(card, verb, label, spoken)];
  if (view.foldedUnder !== null) {
    const isMerged = view.foldedBy !== null && view.foldedBy !== 'dependency';
    return named('unmerge', isMerged ? 'Unmerge' : 'Take out', `Take ${view.id} out of ${view.foldedUnder}`);
  }
  if (view.quiet?.kind === 'silenced') return named('lift', 'Lift', `Lift the silence of ${view.id}`);
  return [];
}

/** What is proposed while it flaps. */
function flappingButtons(card: IncidentCard): ButtonSpec[] {
  const { view, maySilence = false } = card;
  if (isOver(card) || view.flapping === null || view.quiet !== null || view.foldedUnder !== null) return [];
  if (maySilence && view.severity !== 'P0') {
    return [button(card, 'silence', 'Silence…', `Silence ${view.id}; asks first`)];
  }
  // once somebody has it, its pages have stopped
  if (view.status === 'acknowledged') return [];
  return [button(card, 'snooze', 'Snooze…', `Snooze ${view.id}; asks first`)];
}

function stateButtons(card: IncidentCard): ButtonSpec[] {
  const { view } = card;
  // while it is folded, its cause is what people work on
  if (view.foldedUnder !== null && !isOver(card)) return [];
  const isSnoozed = view.quiet?.kind === 'snoozed';
  const wake = isSnoozed && !isOver(card) ? [button(card, 'unsnooze', 'Wake', `Let ${view.id} page again`)] : [];
  switch (view.status) {
    case 'firing':
      return [ackButton(view.id, view.version), ...wake];
    case 'acknowledged':
    case 'recovered':
      return [button(card, 'resolve', 'Resolve', `Resolve ${view.id}`), ...wake];
    case 'resolved':
      return [
        button(card, 'reopen', 'Reopen…', `Reopen ${view.id}; asks why`),
        button(card, 'note', 'Add note…', `Add a note to ${view.id}`),
      ];
    case 'closed':
      return [];
    default: {
      const never: never = view.status;
      return never;
    }
  }
}

function serviceButtons(card: IncidentCard): ButtonSpec[] {
  const { view, service, running } = card;
  if (isOver(card)) return [];
  const named = view.service === null ? view.id : `${view.service} for ${view.id}`;
  const buttons: ButtonSpec[] = [];
  if (service.mayDiagnose) buttons.push(button(card, 'diagnose', 'Run diagnosis', `Run diagnosis of ${named}`));
  if (service.mayRestart && running === null && view.foldedUnder === null) {
    buttons.push(button(card, 'restart', 'Restart…', `Restart ${named}; asks first`));
  }
  return buttons;
}

function button({ view }: IncidentCard, verb: string, label: string, spoken: string): ButtonSpec {
  return incidentButton(view, verb, label, spoken);
}

/** A button about an incident that is no primary one. */
export function incidentButton(
  { id, version }: { readonly id: string; readonly version: number },
  verb: string,
  label: string,
  spoken: string,
): ButtonSpec {
  return { verb, label, spoken, value: incidentButtonValue(id, version) };
}

/** The button of whoever was paged and cannot. */
export function passOnButton(
  view: { readonly id: string; readonly version: number },
  label = "I can't - pass on",
): ButtonSpec {
  return incidentButton(view, 'pass-on', label, `Page the next in line for ${view.id}`);
}

/** The Ack button, as on the parent and on every page. */
export function ackButton(incident: string, version: number): ButtonSpec {
  return {
    verb: 'ack',
    label: 'Ack',
    spoken: `Acknowledge ${incident}`,
    value: incidentButtonValue(incident, version),
    isPrimary: true,
  };
}
