import type { Outcome } from '../../core/command.ts';
import { outcomeWithin, outcomeWords } from '../commands/outcome.ts';
import { referenceOf } from '../commands/reference.ts';
import { whoMay } from '../commands/who-may.ts';
import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';
import { tellPerson } from '../listen/tell.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderDenied, renderThrown } from '../render/answers/refusal.ts';
import { FormMeta, type FormRead, type FormSpec, type FormSubject } from './form.ts';
import { renderForm } from './form-view.ts';
import type { ModalHandler } from './modal.ts';
import { type FormValues, fieldErrors, ViewBody, valuesOf } from './view-body.ts';

/** The handlers of a form: submit is validate → authorise → store → acknowledge → tell what it came to. */
export function modalOfForm(form: FormSpec): ModalHandler {
  return {
    verb: form.verb,
    submit: async (body, ack, deps) => {
      try {
        await submit(form, body, ack, deps);
      } catch (error) {
        // An empty acknowledgement would close the form as if all were well.
        const reference = referenceOf(`${form.verb}${deps.clock.now()}`);
        deps.logger.warn({ err: error, reference, form: form.verb }, 'form failed');
        await ack(fieldErrors({ [form.mainField]: renderThrown(error, 'do that', reference).text }));
      }
    },
    changed: async (body, ack, deps) => {
      await ack();
      const read = await readForm(body, deps);
      if (read !== null) await redraw(form, read, deps);
    },
  };
}

interface Filled {
  readonly viewId: string;
  readonly hash: string | null;
  readonly meta: FormMeta;
  readonly subject: FormSubject;
  readonly values: FormValues;
}

async function submit(form: FormSpec, body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const filled = await readForm(body, deps);
  const refuse = (text: string) => ack(fieldErrors({ [form.mainField]: text }));
  if (filled === null) return refuse('This form is not one of ours. Nothing was done.');
  const { incident, userId } = filled.subject;
  if (incident === null && (form.about === 'incident' || filled.meta.incident !== null))
    return refuse('That incident is not known. Nothing was done.');
  const read = await form.read(filled.values, filled.subject, deps);
  if (read.kind === 'wrong') return ack(fieldErrors(read.errors));
  const about = read.instead?.incident ?? incident;
  const permission = await deps.roles.may(userId, read.right ?? form.right, about?.channel ?? null);
  if (!permission.allowed) {
    deps.counts.command(form.verb, 'refused');
    return refuse(renderDenied(form.doing, permission, await whoMay(deps, permission)).text);
  }
  await store(form, filled, read, ack, deps);
}

async function store(
  form: FormSpec,
  filled: Filled,
  read: Extract<FormRead, { kind: 'ask' }>,
  ack: Delivery['ack'],
  deps: Desk,
): Promise<void> {
  const { meta, subject } = filled;
  const chosen = read.instead?.incident ?? null;
  const incident = chosen?.id ?? meta.incident;
  const { outcome, duplicate } = await deps.submit(`view|${filled.viewId}`, {
    v: 1,
    verb: read.instead?.verb ?? form.verb,
    by: actorOf(subject.userId),
    at: deps.clock.now(),
    via: 'modal',
    ...(incident === null ? {} : { incident }),
    ...(read.run === undefined ? {} : { run: read.run }),
    seen: chosen?.version ?? meta.version,
    args: read.args,
  });
  deps.counts.command(form.verb, duplicate ? 'duplicate' : 'taken');
  await ack().catch((error: unknown) => deps.logger.warn({ err: error }, 'slack could not be told that it was taken'));
  if (duplicate) return;
  const place = { userId: subject.userId, channel: meta.channel, threadTs: meta.ts, responseUrl: null };
  const words = await outcomeWithin(outcome, deps.clock)
    .then(async (ended) => {
      const words = await wordsFor(form, incident, ended, deps);
      return answerOf([words, await goOn(filled, read, ended, deps)]);
    })
    .catch((error: unknown) => {
      deps.logger.warn({ err: error, form: form.verb }, 'form could not be decided');
      return renderThrown(error, 'do that', referenceOf(filled.viewId));
    });
  await tellPerson(deps.client, deps.logger, place, words);
}

async function wordsFor(form: FormSpec, incident: string | null, ended: Outcome | null, deps: Desk): Promise<string> {
  if (form.told !== undefined) return form.told(ended, deps);
  return outcomeWords(incident ?? form.title, ended, deps.directory.nameOf);
}

/** Asks for the second command of a form once the first is done, and says what that came to. */
async function goOn(
  filled: Filled,
  read: Extract<FormRead, { kind: 'ask' }>,
  ended: Outcome | null,
  deps: Desk,
): Promise<string> {
  const next = ended?.kind === 'done' ? (read.next?.(ended) ?? null) : null;
  if (next === null) return '';
  const { outcome } = await deps.submit(`view|${filled.viewId}|next`, {
    v: 1,
    verb: next.verb,
    by: actorOf(filled.subject.userId),
    at: deps.clock.now(),
    via: 'modal',
    incident: next.incident,
    args: next.args,
  });
  return outcomeWords(next.incident, await outcomeWithin(outcome, deps.clock), deps.directory.nameOf);
}

async function redraw(form: FormSpec, filled: Filled, deps: Desk): Promise<void> {
  const subject = { ...filled.subject, given: filled.values.all() };
  const view = renderForm(form, filled.meta, subject, await form.fields(subject, deps));
  await deps.client.views
    .update({ view_id: filled.viewId, ...(filled.hash === null ? {} : { hash: filled.hash }), view })
    .catch((error: unknown) => deps.logger.debug({ err: error, form: form.verb }, 'form is not there any more'));
}

async function readForm(body: unknown, deps: Desk): Promise<Filled | null> {
  const parsed = ViewBody.safeParse(body);
  const meta = parsed.success ? readMeta(parsed.data.view.private_metadata) : null;
  if (!parsed.success || meta === null) return null;
  const { view, user } = parsed.data;
  const incident = meta.incident === null ? null : await deps.incident(meta.incident);
  return {
    viewId: view.id,
    hash: view.hash ?? null,
    meta,
    subject: { incident, userId: user.id, given: {} },
    values: valuesOf(view),
  };
}

function readMeta(text: string): FormMeta | null {
  try {
    const parsed = FormMeta.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
