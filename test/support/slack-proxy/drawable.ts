/** JSON of blocks or of a view for a peer that draws no groups in a select and one line in a field: `Mitigate · Snooze…`. */
export function withPlainFields(json: string): string {
  if (!json.includes('option_groups') && !json.includes('initial_value')) return json;
  try {
    return JSON.stringify(simplify(JSON.parse(json)));
  } catch {
    return json;
  }
}

interface Group {
  label: { text: string };
  options: Array<{ text: { text: string } }>;
}

function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, simplify(inner)]));
  const { option_groups: groups, ...rest } = fields;
  if (Array.isArray(groups)) return { ...rest, options: (groups as Group[]).flatMap(labelled) };
  const { initial_value: initial } = fields;
  return typeof initial === 'string' ? { ...fields, initial_value: initial.replaceAll('\n', ', ') } : fields;
}

function labelled({ label, options }: Group): object[] {
  return options.map((option) => ({
    ...option,
    text: { ...option.text, text: `${label.text} · ${option.text.text}` },
  }));
}
