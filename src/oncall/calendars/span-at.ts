import type { CalendarSpan } from '../../core/config/config.ts';

/** The span of a calendar that holds `at`; null between them. Spans are in order and do not meet. */
export function spanAt(spans: readonly CalendarSpan[], at: number): CalendarSpan | null {
  const span = spans[firstEndingAfter(spans, at)];
  return span !== undefined && span.from <= at ? span : null;
}

/** Begin and end of the first span that ends after `at`: the next moment at which the calendar says something else is one of them. */
export function spanEdges(spans: readonly CalendarSpan[], at: number): number[] {
  const span = spans[firstEndingAfter(spans, at)];
  return span === undefined ? [] : [span.from, span.to];
}

function firstEndingAfter(spans: readonly CalendarSpan[], at: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
