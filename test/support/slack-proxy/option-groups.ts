/** JSON of blocks or of a view, the groups of its selects written as one list: `Mitigate · Snooze…`. */
export function withPlainGroups(json: string): string {
  if (!json.includes('option_groups')) return json;
  try {
    return JSON.stringify(flatten(JSON.parse(json)));
  } catch {
    return json;
  }
}

interface Group {
  label: { text: string };
  options: Array<{ text: { text: string } }>;
}

function flatten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flatten);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, flatten(inner)]));
  const { option_groups: groups, ...rest } = fields;
  return Array.isArray(groups) ? { ...rest, options: (groups as Group[]).flatMap(labelled) } : fields;
}

function labelled({ label, options }: Group): object[] {
  return options.map((option) => ({
    ...option,
    text: { ...option.text, text: `${label.text} · ${option.text.text}` },
  }));
}
