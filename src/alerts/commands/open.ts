import type { Config, Severity } from '../../core/config/config.ts';
import { closest } from '../../core/suggest.ts';
import type { Batch } from '../../journal/port.ts';
import { asText, oneLine } from '../about.ts';
import { incidentEvent } from '../events.ts';
import type { Drill, IncidentAbout } from '../incident-state.ts';
import { type Act, type Handle, isRefusal, type Refusal, refusal } from './act.ts';
import { readSeverity } from './severity.ts';

const LONGEST_TITLE = 300;
const LONGEST_DESCRIPTION = 3000;

/** Stands where an alert's name does in an incident that a person opened. */
const BY_HAND = 'opened by hand';

/**
 * `open { title, severity, service?, description? }`: an incident without alerts. It does not recover by itself; a
 * person resolves it.
 */
export const open: Handle<Act> = async (act) => {
  const { title, description = null } = act.command.args;
  const severity = readSeverity(act.command.args.severity);
  if (typeof severity !== 'string') return severity;
  const opened = await openByHand(act, { severity, alertname: BY_HAND, title, description });
  return isRefusal(opened) ? opened : { ...opened, text: `${opened.incident} opened (${severity}).` };
};

/** What a person says about an incident that no alert tells of. */
export interface ByHand {
  readonly severity: Severity;
  /** Stands where an alert's name does. */
  readonly alertname: string;
  readonly title: unknown;
  readonly description: unknown;
  readonly drill?: Drill;
}

/** Opens it in the set; a refusal when something about it is missing or unknown. */
export async function openByHand(
  act: Act,
  hand: ByHand,
): Promise<{ readonly incident: string; readonly part: Pick<Batch, 'payloads'> } | Refusal> {
  const { config, command, set } = act;
  const { severity, drill } = hand;
  const texts = readTexts(hand);
  if (isRefusal(texts)) return texts;
  const service = readService(config, command.args.service);
  if (service !== null && typeof service !== 'string') return service;
  const id = await set.open((next) =>
    incidentEvent('incident.opened', {
      severity,
      channel: 'ops',
      service,
      group: handKey(next),
      runbooks: [],
      policyContact: null,
      digest: config.severities[severity].digest,
      about: texts.about,
      firing: 0,
      ended: 0,
      previous: null,
      route: null,
      byHand: true,
      ...(drill === undefined ? {} : { drill }),
    }),
  );
  return { incident: id, part: texts.part };
}

/** The key of an incident that no group of alerts belongs to. */
export function handKey(id: string): string {
  return `hand|${id}`;
}

function readTexts({
  alertname,
  title,
  description,
}: ByHand): { about: string; part: Pick<Batch, 'payloads'> } | Refusal {
  const written = typeof title === 'string' ? oneLine(title) : '';
  if (written === '') return refusal('TITLE_MISSING', 'What is wrong? Nothing was opened.', 'Give it a title.');
  if (written.length > LONGEST_TITLE) {
    const what = `The title has ${written.length} characters; ${LONGEST_TITLE} is the most. Nothing was opened.`;
    return refusal('TITLE_TOO_LONG', what, 'Shorten it, and write the rest as the description.');
  }
  const described = typeof description === 'string' ? description.trim() : '';
  if (described.length > LONGEST_DESCRIPTION) {
    const what = `The description has ${described.length} characters; ${LONGEST_DESCRIPTION} is the most. Nothing was opened.`;
    return refusal('DESCRIPTION_TOO_LONG', what, 'Shorten it, and write the rest as notes.');
  }
  const about: IncidentAbout = {
    alertname,
    title: written,
    description: described === '' ? null : described,
    runbookUrl: null,
    generatorUrl: null,
    groupLabels: {},
    labels: {},
  };
  const stored = asText(JSON.stringify(about));
  return { about: stored.digest, part: { payloads: new Map([[stored.digest, stored.text]]) } };
}

/** A service of hosts.yml; the default one when none is named. */
function readService(config: Config, value: unknown): string | null | Refusal {
  if (value === undefined || value === null || value === '') return config.defaultService;
  const name = String(value);
  if (Object.hasOwn(config.services, name)) return name;
  const known = Object.keys(config.services);
  const near = closest(name, known);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  const what = `"${name.slice(0, 40)}" is no service of hosts.yml. Nothing was opened.`;
  return refusal('SERVICE_UNKNOWN', what, `${hint}Services: ${known.join(', ') || 'none'}`);
}
