/** Slack's sizes (UX.md 1.1), in UTF-16 code units as Slack counts them. */
export const LIMITS = {
  blocks: 50,
  /** Undocumented total of a message's blocks, with room to spare (13,200 was seen to be refused). */
  blocksTotal: 12_000,
  text: 3_900,
  header: 150,
  section: 3_000,
  field: 2_000,
  fields: 10,
  contextElements: 10,
  actions: 25,
  buttonText: 75,
  option: 75,
  options: 100,
  buttonValue: 2_000,
  buttonUrl: 3_000,
  accessibilityLabel: 75,
  alt: 1_900,
  id: 255,
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** What Slack would refuse in this payload, in words; empty when it is good. */
export function validateMessage(payload: { readonly text: string; readonly blocks: readonly object[] }): string[] {
  const found: string[] = [];
  if (payload.text.trim() === '') found.push('text is empty');
  if (payload.text.length > LIMITS.text) found.push(`text has ${payload.text.length} characters`);
  if (payload.blocks.length > LIMITS.blocks) found.push(`${payload.blocks.length} blocks`);
  const total = JSON.stringify(payload.blocks).length;
  if (total > LIMITS.blocksTotal) found.push(`blocks have ${total} characters`);
  payload.blocks.forEach((block, index) => {
    for (const problem of validateBlock(block as Fields)) found.push(`block ${index}: ${problem}`);
  });
  return found;
}

function validateBlock(block: Fields): string[] {
  switch (block.type) {
    case 'header':
      return text(block.text, LIMITS.header, ['plain_text']);
    case 'section':
      return [
        ...(block.text === undefined && block.fields === undefined ? ['a section without text or fields'] : []),
        ...(block.text === undefined ? [] : text(block.text, LIMITS.section)),
        ...list(block.fields ?? [], LIMITS.fields, (field) => text(field, LIMITS.field)),
      ];
    case 'context':
      return list(block.elements, LIMITS.contextElements, (element) => text(element, LIMITS.section));
    case 'actions':
      return list(block.elements, LIMITS.actions, (element) =>
        element.type === 'static_select' ? select(element) : button(element),
      );
    case 'image':
      return sized('alt_text', block.alt_text, LIMITS.alt);
    case 'divider':
      return [];
    default:
      return [`unknown block ${String(block.type)}`];
  }
}

function button(element: Fields): string[] {
  if (element.type !== 'button') return [`unknown element ${String(element.type)}`];
  return [
    ...text(element.text, LIMITS.buttonText, ['plain_text']),
    ...sized('action_id', element.action_id, LIMITS.id),
    ...sized('value', element.value, LIMITS.buttonValue),
    ...sized('accessibility_label', element.accessibility_label, LIMITS.accessibilityLabel),
  ];
}

function select(element: Fields): string[] {
  const groups = element.option_groups ?? [{ label: element.placeholder, options: element.options }];
  return [
    ...text(element.placeholder, LIMITS.header, ['plain_text']),
    ...sized('action_id', element.action_id, LIMITS.id),
    ...list(groups, LIMITS.options, (group) => [
      ...text(group.label, LIMITS.option, ['plain_text']),
      ...list(group.options, LIMITS.options, (each) => [
        ...text(each.text, LIMITS.option, ['plain_text']),
        ...sized('value', each.value, LIMITS.option),
      ]),
    ]),
  ];
}

function text(value: unknown, most: number, types: readonly string[] = ['plain_text', 'mrkdwn']): string[] {
  if (typeof value !== 'object' || value === null) return ['text is missing'];
  const fields = value as Fields;
  if (!types.includes(String(fields.type))) return [`text of type ${String(fields.type)}`];
  return sized('text', fields.text, most);
}

function sized(what: string, value: unknown, most: number): string[] {
  if (typeof value !== 'string' || value === '') return [`${what} is empty`];
  return value.length > most ? [`${what} has ${value.length} characters of ${most}`] : [];
}

function list(value: unknown, most: number, each: (item: Fields) => string[]): string[] {
  if (!Array.isArray(value)) return ['elements are missing'];
  if (value.length > most) return [`${value.length} elements of ${most}`];
  return value.flatMap((item: Fields) => each(item));
}
