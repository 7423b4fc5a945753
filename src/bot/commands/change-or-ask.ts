import type { JsonObject } from '../../core/json.ts';
import type { Desk } from '../listen/deps.ts';
import type { FormSpec } from '../modals/form.ts';
import { openForm } from '../modals/open-form.ts';
import { renderRefusal } from '../render/answers/refusal.ts';
import type { Asker } from './asker.ts';
import { changeIncidents } from './change.ts';

export interface Asked {
  readonly incidents: readonly string[];
  /** Everything that the change needs; null: something is missing. */
  readonly args: JsonObject | null;
  /** What is known already, for the form. */
  readonly given: Readonly<Record<string, string | null>>;
  /** How a time was read, told with the answer. */
  readonly readAs?: string;
}

/** Carries out a complete change of incidents; what is incomplete opens the form, filled in as far as it goes (UX.md 3.13). */
export async function changeOrAsk(form: FormSpec, asked: Asked, asker: Asker, deps: Desk): Promise<void> {
  const { incidents, args, given } = asked;
  if (args !== null) {
    const { verb, doing, right } = form;
    const readAs = asked.readAs === undefined ? {} : { readAs: asked.readAs };
    return changeIncidents({ verb, doing, right, args, ...readAs }, incidents, asker, deps);
  }
  const [incident, ...others] = incidents;
  if (incident === undefined || others.length > 0) {
    const happened = `${form.doing} ${incidents.length} incidents at once needs everything in one line.`;
    return asker.answer(renderRefusal({ happened, todo: `See \`/gianna help ${form.verb}\`.` }));
  }
  await openForm(form, { incident, version: null, given: known(given) }, asker, deps);
}

function known(given: Asked['given']): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (value !== null && value !== '') filled[name] = value;
  return filled;
}
