import { withPlainFields } from './drawable.ts';

const TOKEN = /<!date\^\d+\^[^|<>]*\|([^<>]*)>/g;
const FORM = 'x-www-form-urlencoded';

/** A body of the Web API (form or JSON) or of a response URL, as a peer can draw it that knows neither date tokens nor groups of options. */
export function drawable(contentType: string, body: Buffer): Buffer {
  if (contentType.includes('json')) return Buffer.from(withPlainFields(plainDates(body.toString('utf8'))));
  if (!contentType.includes(FORM)) return body;
  const fields = new URLSearchParams(body.toString('utf8'));
  for (const [name, value] of [...fields]) fields.set(name, withPlainFields(plainDates(value)));
  return Buffer.from(fields.toString());
}

/** A text, its date tokens replaced by their fallback. */
export function plainDates(text: string): string {
  return text.replaceAll(TOKEN, '$1');
}
