import { oneLine, stripControls } from '../core/text.ts';

/**
 * Foreign text on its way into Slack. Slack reads exactly `&`, `<` and `>` as control characters, in every field that
 * is text, the `text` fallback too (docs.slack.dev, Formatting message text). Formatting characters have no escape
 * there: `code` shows text in a code span, `foreign` replaces them by look-alikes, and `plain_text` needs neither.
 */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** One line of foreign text for mrkdwn: cannot mention, link, format or reorder. At most `max` characters, escaped. */
export function foreign(text: string, max: number): string {
  return fitEscaped(neutralise(oneLine(visible(text, max))), max);
}

/** One line of foreign text for `plain_text`, which formats nothing: escaped, at most `max` characters. */
export function plain(text: string, max: number): string {
  return fitEscaped(oneLine(visible(text, max)), max);
}

/** Foreign text of several lines for `plain_text`: line breaks stay, blank ones fold. */
export function plainLines(text: string, max: number): string {
  const lines = visible(text, max)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n');
  return fitEscaped(lines.trim(), max);
}

/** An identifier in a code span, at most `max` characters with its backticks; `-` when there is nothing to show. */
export function code(text: string, max = 80): string {
  const shown = fitEscaped(oneLine(visible(text, max)).replaceAll('`', 'ˋ'), max - 2);
  return shown === '' ? '`-`' : `\`${shown}\``;
}

/** One line of foreign text inside of a preformatted block, which it cannot end; blanks stay as they are. */
export function preformatted(text: string, max: number): string {
  return fitEscaped(
    visible(text, max)
      .replaceAll(/[\r\n]+/g, ' ')
      .replaceAll('`', 'ˋ'),
    max,
  );
}

/** A date that Slack shows in the reader's own zone; `token` as `{time}` or `{date_short_pretty} {time}`. */
export function dateToken(
  at: number,
  token: '{time}' | '{date_short_pretty} {time}' = '{date_short_pretty} {time}',
): string {
  const iso = new Date(at).toISOString();
  const fallback = token === '{time}' ? iso.slice(11, 16) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
  return `<!date^${Math.floor(at / 1000)}^${token}|${fallback} UTC>`;
}

// zero-width and other invisible marks; U+200D stays inside emoji
const INVISIBLE = /[\u200b\u200c\u2060-\u2065\u206a-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
/** Line and paragraph separators: they begin a new line where none may begin. */
const SEPARATORS = /[\u2028\u2029]/gu;
const LONE_JOINER = /(?<!\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d/gu;

/** Shows what would be invisible or would reorder the line as `⟨U+202E⟩`; drops controls; mends lone surrogates. */
function visible(text: string, max: number): string {
  // nothing beyond a few times the limit can be shown: do not scan it
  return stripControls(text.slice(0, max * 8 + 64))
    .replaceAll(SEPARATORS, ' ')
    .replaceAll(INVISIBLE, name)
    .replaceAll(LONE_JOINER, name);
}

function name(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ' };

/** Replaces what Slack would take for formatting; `_` only at the edge of a word, where it opens italics. */
function neutralise(text: string): string {
  return text
    .replaceAll(/[*~`]/g, (character) => LOOK_ALIKES[character] ?? character)
    .replaceAll(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, (run) => 'ˍ'.repeat(run.length))
    .replace(/^>+/, (run) => '›'.repeat(run.length));
}

const SIMPLE = /^[\x20-\x7e]*$/;

/** Escapes and cuts at a grapheme, never inside an entity; a cut text ends in `…`. */
function fitEscaped(text: string, max: number): string {
  const whole = escapeMrkdwn(text);
  if (whole.length <= max) return whole;
  let shown = '';
  for (const piece of pieces(text)) {
    const escaped = escapeMrkdwn(piece);
    if (shown.length + escaped.length > max - 1) break;
    shown += escaped;
  }
  return `${shown.trimEnd()}…`;
}

function* pieces(text: string): Generator<string> {
  if (SIMPLE.test(text)) yield* text;
  else for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) yield segment;
}
