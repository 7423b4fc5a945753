import type { Means } from '../../core/config/config.ts';
import type { Evolvers } from '../../journal/evolver.ts';
import type { StoredEvent } from '../../journal/port.ts';

/** A test of how a person is paged (aggregate kind `page-test`, id `TEST-<n>`); its pages are effects. */
export type PageTestState = { readonly person: string; readonly means: readonly Means[] };

export const PAGE_TEST_KIND = 'page-test';

/** Folds stored events of tests, for `journal verify --state`. */
export const pageTestEvolvers = {
  [PAGE_TEST_KIND]: (_state: PageTestState | null, { data }: StoredEvent): PageTestState => ({
    person: String(data.person),
    means: data.means as Means[],
  }),
} satisfies Evolvers;
