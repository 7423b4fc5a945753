/** Slack's own check of `blocks` and `text`, as far as it is documented (UX.md 1.1): the error code, or null. */
export function refusalOf(method: string, body: Readonly<Record<string, unknown>>): string | null {
  const text = typeof body.text === 'string' ? body.text : '';
  if (text.length > (method === 'chat.update' ? 4_000 : 40_000)) return 'msg_too_long';
  if (body.blocks === undefined) return text === '' ? 'no_text' : null;
  if (!Array.isArray(body.blocks)) return 'invalid_blocks_format';
  if (body.blocks.length > 50) return 'invalid_blocks';
  if (JSON.stringify(body.blocks).length > 13_200) return 'msg_blocks_too_long';
  return body.blocks.every(isGood) ? null : 'invalid_blocks';
}

type Fields = Record<string, unknown>;

const CHECKS: Readonly<Record<string, (block: Fields) => boolean>> = {
  header: (block) => isText(block.text, 150, ['plain_text']),
  section: (block) =>
    (block.text !== undefined || block.fields !== undefined) &&
    (block.text === undefined || isText(block.text, 3000)) &&
    (block.fields === undefined || isList(block.fields, 10, (field) => isText(field, 2000))),
  context: (block) => isList(block.elements, 10, (element) => isText(element, 3000) || element.type === 'image'),
  actions: (block) => isList(block.elements, 25, isElement),
  divider: () => true,
  image: (block) => isString(block.alt_text, 2000) && (isString(block.image_url, 3000) || isFile(block.slack_file)),
  input: (block) => isText(block.label, 2000, ['plain_text']),
  rich_text: (block) => Array.isArray(block.elements),
};

function isGood(block: unknown): boolean {
  if (typeof block !== 'object' || block === null) return false;
  const fields = block as Fields;
  const check = CHECKS[String(fields.type)];
  if (check === undefined || !check(fields)) return false;
  return fields.block_id === undefined || isString(fields.block_id, 255);
}

function isElement(element: Fields): boolean {
  if (element.type === 'static_select') return isSelect(element);
  if (element.type !== 'button') return ['overflow', 'datepicker'].includes(String(element.type));
  if (!isText(element.text, 75, ['plain_text']) || !isString(element.action_id, 255)) return false;
  if (element.value !== undefined && !isString(element.value, 2000)) return false;
  if (element.url !== undefined && !isString(element.url, 3000)) return false;
  if (element.accessibility_label !== undefined && !isString(element.accessibility_label, 75)) return false;
  return element.style === undefined || element.style === 'primary' || element.style === 'danger';
}

function isFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isString((value as Fields).id, 255);
}

function isSelect(element: Fields): boolean {
  if (!isString(element.action_id, 255)) return false;
  if (element.placeholder !== undefined && !isText(element.placeholder, 150, ['plain_text'])) return false;
  if ((element.options === undefined) === (element.option_groups === undefined)) return false;
  const options = (list: unknown) =>
    isList(list, 100, (option) => isText(option.text, 75, ['plain_text']) && isString(option.value, 150));
  if (element.options !== undefined) return options(element.options);
  return isList(
    element.option_groups,
    100,
    (group) => isText(group.label, 75, ['plain_text']) && options(group.options),
  );
}

function isText(value: unknown, most: number, types: readonly string[] = ['plain_text', 'mrkdwn']): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, text } = value as Fields;
  return types.includes(String(type)) && isString(text, most);
}

function isString(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= most;
}

function isList(value: unknown, most: number, each: (item: Fields) => boolean): boolean {
  return Array.isArray(value) && value.length >= 1 && value.length <= most && value.every((item: Fields) => each(item));
}
