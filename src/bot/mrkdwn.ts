/**
 * Foreign text on its way into Slack. Slack reads exactly `&`, `<` and `>` as control characters, in every field that
 * is text, the `text` fallback too (docs.slack.dev, Formatting message text); formatting characters are broken with a
 * zero-width joiner-free approach: they are shown literally inside code spans, or neutralised by `plainForeign`.
 */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
