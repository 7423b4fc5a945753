interface Shown {
  block_id?: string;
  element?: {
    action_id?: string;
    type?: string;
    initial_value?: string;
    initial_option?: object;
    initial_options?: object[];
  };
}
interface Submission {
  type?: string;
  view?: { blocks?: Shown[]; state?: { values?: Record<string, Record<string, Record<string, unknown>>> } };
}

/** Fields that nobody touched hold what they were shown with, as at Slack; the peer submits them empty. */
export function fillShownFields(payload: Submission): void {
  const values = payload.view?.state?.values;
  if (payload.type !== 'view_submission' || values === undefined) return;
  for (const { block_id: name, element } of payload.view?.blocks ?? []) {
    const field = values[name ?? '']?.[element?.action_id ?? ''];
    if (field === undefined || element === undefined) continue;
    // null: untouched; what was emptied by hand is an empty text
    if (field.value === null && element.initial_value !== undefined) field.value = element.initial_value;
    if (field.selected_option === null && element.initial_option !== undefined) {
      field.selected_option = element.initial_option;
    }
    if (field.selected_options === null && element.initial_options !== undefined) {
      field.selected_options = element.initial_options;
    }
  }
}
