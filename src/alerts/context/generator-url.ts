const LONGEST_URL = 16_384;
/** Prometheus' own pages: `/graph?g0.expr=…`, since 3.0 also `/query?g0.expr=…`. */
const PAGES = /\/(graph|query)$/;

/**
 * The expression in an alert's generatorURL. The URL is foreign: only this text is taken from it, and nothing is ever
 * fetched from where it points. null: it is not the link of a Prometheus.
 */
export function expressionIn(generatorUrl: string | null): string | null {
  if (generatorUrl === null || generatorUrl.length > LONGEST_URL || !URL.canParse(generatorUrl)) return null;
  const { protocol, pathname, searchParams } = new URL(generatorUrl);
  if ((protocol !== 'http:' && protocol !== 'https:') || !PAGES.test(pathname)) return null;
  const expression = searchParams.get('g0.expr')?.trim() ?? '';
  return expression === '' ? null : expression;
}
