import { incidentButtonValue } from '../button.ts';
import type { IncidentCard } from './cards.ts';
import { actions, type ButtonSpec, type PlainBlock } from './payload.ts';

/** The buttons of an incident by its state (UX.md 3.1); none once it is resolved. The first one is the primary. */
export function incidentActions(card: IncidentCard): PlainBlock[] {
  const buttons = [...stateButtons(card), ...serviceButtons(card)];
  return buttons.length === 0 ? [] : [actions(`${card.view.id}:${card.view.version}:actions`, buttons)];
}

function stateButtons({ view }: IncidentCard): ButtonSpec[] {
  switch (view.status) {
    case 'firing':
      return [ackButton(view.id, view.version)];
    case 'acknowledged':
    case 'recovered':
      return [
        {
          verb: 'resolve',
          label: 'Resolve',
          spoken: `Resolve ${view.id}`,
          value: incidentButtonValue(view.id, view.version),
          isPrimary: true,
        },
      ];
    case 'resolved':
    case 'closed':
      return [];
    default: {
      const never: never = view.status;
      return never;
    }
  }
}

function serviceButtons({ view, service, running }: IncidentCard): ButtonSpec[] {
  if (view.status === 'resolved' || view.status === 'closed') return [];
  const value = incidentButtonValue(view.id, view.version);
  const named = view.service === null ? view.id : `${view.service} for ${view.id}`;
  const buttons: ButtonSpec[] = [];
  if (service.mayDiagnose)
    buttons.push({ verb: 'diagnose', label: 'Run diagnosis', spoken: `Run diagnosis of ${named}`, value });
  if (service.mayRestart && running === null) {
    buttons.push({ verb: 'restart', label: 'Restart…', spoken: `Restart ${named}; asks first`, value });
  }
  return buttons;
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
