import type { Effect, JournalReader } from '../../journal/port.ts';
import { PAGE_TEST } from './caps.ts';
import { testNoticeEffect } from './page-test.ts';
import { PAGE_TEST_KIND, type PageTestState } from './page-test-state.ts';

/** One row of `page-test --json`. */
export interface PageTestJson {
  readonly means: string;
  /** `waiting`, `sent`, `delivered`, `undelivered`, `failed` … */
  readonly delivery: string;
  readonly error: string | null;
  /** From the asking to the end; null while it waits. */
  readonly seconds: number | null;
}

/** How far the pages of a test are; null: there is no such test. */
export async function readPageTest(
  journal: Pick<JournalReader, 'aggregate' | 'effect'>,
  test: string,
): Promise<readonly PageTestJson[] | null> {
  const row = await journal.aggregate<PageTestState>(PAGE_TEST_KIND, test);
  if (row === null) return null;
  const rows: PageTestJson[] = [];
  for (const means of row.state.means) {
    const key = means === 'dm' ? testNoticeEffect(test) : `${PAGE_TEST}|${test}|${means}`;
    rows.push({ means, ...deliveryOf(await journal.effect(key)) });
  }
  return rows;
}

function deliveryOf(effect: Effect | null): Omit<PageTestJson, 'means'> {
  if (effect === null || effect.closedAt === null) return { delivery: 'waiting', error: null, seconds: null };
  const { state, result } = effect;
  const delivery = typeof result?.delivery === 'string' ? result.delivery : state === 'done' ? 'sent' : state;
  const error = typeof result?.error === 'string' ? result.error : null;
  return { delivery, error, seconds: (effect.closedAt - effect.askedAt) / 1000 };
}
