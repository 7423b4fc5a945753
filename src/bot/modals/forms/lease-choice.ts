import type { ListedLease } from '../../../runbooks/lease/list.ts';
import type { Desk } from '../../listen/deps.ts';
import { foreign } from '../../mrkdwn.ts';
import { answerOf } from '../../render/answers/answer.ts';
import type { FormRequest, FormSubject } from '../form.ts';
import { selectField } from '../form-fields.ts';
import type { FormValues } from '../view-body.ts';

/** The field to pick one of the leases in, or the words that there is none. */
export async function leaseFields(
  label: string,
  fits: (lease: ListedLease) => boolean,
  { given }: FormSubject,
  deps: Desk,
) {
  const fitting = (await deps.leases()).filter(fits);
  if (fitting.length === 0) return null;
  const choices = fitting.map(({ id, what, runbook }) => ({ value: id, text: `${id} · ${what} (${runbook})` }));
  const chosen = fitting.find(({ id }) => id === given.lease) ?? (fitting.length === 1 ? fitting[0] : undefined);
  const more = chosen === undefined ? [] : answerOf([leaseWords(chosen)]).blocks;
  return [selectField({ name: 'lease', label, choices, initial: chosen?.id, redraws: true }), ...more];
}

/** The lease that was picked; null: none, or it is over. */
export async function leaseIn(values: FormValues, deps: Desk): Promise<ListedLease | null> {
  const id = values.text('lease');
  return (await deps.leases()).find((lease) => lease.id === id) ?? null;
}

/** What a button or a word about a lease opens its form with. */
export async function requestOfLease(id: string, deps: Desk): Promise<FormRequest> {
  const lease = (await deps.leases()).find((each) => each.id === id);
  return { incident: lease?.incident ?? null, version: null, given: { lease: id } };
}

/** The words of a form in which nothing can be chosen. */
export function noLease(words: string) {
  return answerOf([words]).blocks;
}

function leaseWords({ what, run, step, service, until, summary }: ListedLease): string {
  const where = service === null ? '' : ` of ${foreign(service, 60)}`;
  const failed = summary === null ? '' : `\nLast tried: ${foreign(summary, 300)}`;
  return `${foreign(what, 200)}${where}, until ${until.slice(0, 16).replace('T', ' ')} UTC, by step ${foreign(step, 60)} of ${run}.${failed}`;
}
