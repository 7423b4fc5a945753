import * as z from 'zod';

const Option = z.object({ value: z.string() });
const Field = z.object({
  value: z.string().nullish(),
  selected_option: Option.nullish(),
  selected_options: z.array(Option).nullish(),
  /** Epoch seconds. */
  selected_date_time: z.number().nullish(),
});

/** A view, submitted or changed: `{"user":{"id":"U1"},"view":{"id":"V1","private_metadata":"…","state":{"values":{…}}}}`. */
export const ViewBody = z.object({
  user: z.object({ id: z.string() }),
  view: z.object({
    id: z.string(),
    hash: z.string().nullish(),
    callback_id: z.string(),
    private_metadata: z.string().default(''),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), Field)) }).nullish(),
  }),
});
export type ViewBody = z.infer<typeof ViewBody>;

/** What stands in the fields of a form, by `block_id`. */
export interface FormValues {
  /** What was typed or picked, trimmed; a moment as epoch seconds; empty when nothing was. */
  text(name: string): string;
  /** What was ticked, of every field whose name begins so. */
  ticked(prefix: string): readonly string[];
  /** Everything that is not empty, to draw the form again. */
  all(): Readonly<Record<string, string>>;
}

/** Reads the fields of a view; each has the `action_id` `value`. */
export function valuesOf(view: ViewBody['view']): FormValues {
  const values = view.state?.values ?? {};
  const text = (name: string) => {
    const field = Object.hasOwn(values, name) ? values[name]?.value : undefined;
    return (field?.selected_option?.value ?? field?.value ?? field?.selected_date_time?.toString() ?? '').trim();
  };
  return {
    text,
    ticked: (prefix) =>
      Object.entries(values)
        .filter(([name]) => name.startsWith(prefix))
        .flatMap(([, field]) => field.value?.selected_options ?? [])
        .map(({ value }) => value),
    all: () =>
      Object.fromEntries(Object.keys(values).flatMap((name) => (text(name) === '' ? [] : [[name, text(name)]]))),
  };
}

/** Errors under the fields of a form (docs.slack.dev, Updating views in response to view submissions). */
export function fieldErrors(errors: Readonly<Record<string, string>>) {
  const shown = Object.entries(errors).map(([field, text]) => [field, text.slice(0, 2000)]);
  return { response_action: 'errors', errors: Object.fromEntries(shown) as Record<string, string> };
}
