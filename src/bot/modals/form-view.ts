import type { KnownBlock, ModalView } from '@slack/types';
import type { FormMeta, FormSpec, FormSubject } from './form.ts';

/** The view shown at once, while what the form shows is being looked up. Nothing can be submitted from it. */
export function renderLoading(form: FormSpec, meta: FormMeta): ModalView {
  const text = `⏳ Looking at ${meta.incident ?? 'what is there'}…`;
  return modal(form, meta, [{ type: 'section', text: { type: 'plain_text', text } }], null);
}

/** The form with its fields. */
export function renderForm(
  form: FormSpec,
  meta: FormMeta,
  subject: FormSubject,
  fields: readonly KnownBlock[],
): ModalView {
  return modal(form, meta, fields, form.submits(subject));
}

function modal(form: FormSpec, meta: FormMeta, blocks: readonly KnownBlock[], submit: string | null): ModalView {
  return {
    type: 'modal',
    callback_id: `gi.${form.verb}`,
    title: { type: 'plain_text', text: form.title },
    close: { type: 'plain_text', text: 'Cancel' },
    ...(submit === null ? {} : { submit: { type: 'plain_text', text: submit.slice(0, 24) } }),
    private_metadata: JSON.stringify(meta),
    blocks: [...blocks],
  };
}
