/** What Slack refuses of a modal, as far as it is documented (docs.slack.dev, Modal views and Block Kit): the error code, or null. */
export function viewRefusalOf(method: string, body: Readonly<Record<string, unknown>>): string | null {
  if (method !== 'views.open' && method !== 'views.update') return null;
  return isGoodView(body.view) ? null : 'invalid_arguments';
}

/** The same of the view in an acknowledgement with `response_action: update`. */
export function isGoodView(view: unknown): boolean {
  if (typeof view !== 'object' || view === null) return false;
  const { title, submit, close, blocks, private_metadata: carried = '' } = view as Fields;
  if (!isText(title, 24) || !isTextOrNone(submit, 24) || !isTextOrNone(close, 24)) return false;
  if (typeof carried !== 'string' || carried.length > 3000) return false;
  if (!Array.isArray(blocks) || blocks.length > 100) return false;
  const inputs = (blocks as Fields[]).filter((block) => block.type === 'input');
  const names = (blocks as Fields[]).flatMap((block) => (block.block_id === undefined ? [] : [block.block_id]));
  if (new Set(names).size !== names.length) return false;
  // "submit is required when an input block is within the blocks array"
  return (inputs.length === 0 || submit !== undefined) && inputs.every((block) => isGoodInput(block));
}

type Fields = Record<string, unknown>;

function isGoodInput({ label, hint, element }: Fields): boolean {
  if (!isText(label, 2000) || !isTextOrNone(hint, 2000)) return false;
  const fields = (element ?? {}) as Fields;
  if (fields.type === 'static_select') return isGoodSelect(fields);
  if (fields.type === 'plain_text_input') return length(fields.initial_value) <= Number(fields.max_length ?? 3000);
  if (fields.type === 'external_select') return fields.options === undefined;
  if (fields.type === 'number_input') return typeof fields.is_decimal_allowed === 'boolean';
  return true;
}

function isGoodSelect({ options, option_groups: groups, initial_option: initial }: Fields): boolean {
  const all = (options ?? (groups as Fields[] | undefined)?.flatMap((group) => group.options)) as Fields[] | undefined;
  if (all === undefined || all.length === 0 || all.length > 100) return false;
  const isGood = all.every(
    (option) => isText(option.text, 75) && length(option.value) <= 150 && length(option.value) > 0,
  );
  const isKnown = initial === undefined || all.some((option) => JSON.stringify(option) === JSON.stringify(initial));
  return isGood && isKnown;
}

function isTextOrNone(value: unknown, most: number): boolean {
  return value === undefined || isText(value, most);
}

function isText(value: unknown, most: number): boolean {
  const { type, text } = (value ?? {}) as Fields;
  return type === 'plain_text' && length(text) >= 1 && length(text) <= most;
}

function length(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
