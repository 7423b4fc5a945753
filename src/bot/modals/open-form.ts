import type { IncidentView } from '../../alerts/incident-view.ts';
import type { Asker } from '../commands/asker.ts';
import { whoMay } from '../commands/who-may.ts';
import type { Desk } from '../listen/deps.ts';
import { renderFormButton } from '../render/answers/form-button.ts';
import { renderDenied, renderRefusal } from '../render/answers/refusal.ts';
import type { FormMeta, FormRequest, FormSpec, FormSubject } from './form.ts';
import { renderForm, renderLoading } from './form-view.ts';

/** What a form shows is opened with it when it is there this soon; else a loading view comes first. */
const AT_ONCE_MS = 400;

/**
 * Opens a form within Slack's three seconds. Where Slack gives no trigger (a mention) the answer is a button that opens
 * it. Opening changes nothing, and neither does closing.
 */
export async function openForm(form: FormSpec, request: FormRequest, asker: Asker, deps: Desk): Promise<void> {
  const incident = request.incident === null ? null : await deps.incident(request.incident);
  const permission = await deps.roles.may(asker.userId, form.right, incident?.channel ?? null);
  if (!permission.allowed) {
    deps.counts.command(form.verb, 'refused');
    return asker.answer(renderDenied(form.doing, permission, await whoMay(deps, permission)));
  }
  const unfit = unfitness(form, request, incident);
  if (unfit !== null) return asker.answer(renderRefusal(unfit));
  const version = request.version ?? incident?.version ?? 0;
  if (asker.triggerId === null) {
    return asker.answer(renderFormButton(form, incident?.id ?? null, version));
  }
  const meta: FormMeta = { incident: incident?.id ?? null, version, channel: asker.channel, ts: asker.threadTs };
  await show(form, meta, { incident, userId: asker.userId, given: request.given }, asker, asker.triggerId, deps);
}

function unfitness(form: FormSpec, request: FormRequest, incident: IncidentView | null) {
  if (incident === null && (form.about === 'incident' || request.incident !== null)) {
    return {
      happened: `There is no incident ${request.incident ?? ''}.`.replace(' .', '.'),
      todo: 'See `/gianna status`.',
    };
  }
  if (incident === null || !form.notWhen.includes(incident.status)) return null;
  const todo = incident.status === 'closed' ? 'If it fires again, a new incident opens by itself.' : '';
  return { happened: `${incident.id} is ${incident.status} already.`, todo };
}

async function show(
  form: FormSpec,
  meta: FormMeta,
  subject: FormSubject,
  asker: Asker,
  triggerId: string,
  deps: Desk,
): Promise<void> {
  const looking = Promise.resolve(form.fields(subject, deps)).then((fields) => renderForm(form, meta, subject, fields));
  // a failure is met where the form is awaited
  looking.catch(() => undefined);
  const late = new Promise<null>((resolve) => deps.clock.after(AT_ONCE_MS, () => resolve(null)));
  const ready = await Promise.race([looking, late]);
  const opening = deps.client.views.open({ trigger_id: triggerId, view: ready ?? renderLoading(form, meta) });
  const [opened] = await Promise.allSettled([opening, asker.taken()]);
  if (opened.status === 'rejected') {
    deps.logger.warn({ err: opened.reason, form: form.verb }, 'form could not be opened');
    const happened = 'The form could not be opened: Slack took too long.';
    return asker.answer(renderRefusal({ happened, todo: 'Press again.' }));
  }
  deps.counts.command(form.verb, 'answered');
  const id = opened.value.view?.id;
  if (ready !== null || id === undefined) return;
  await deps.client.views.update({ view_id: id, view: await looking }).catch((error: unknown) => {
    deps.logger.debug({ err: error, form: form.verb }, 'form is not there any more');
  });
}
