import type { Config, Means } from '../core/config/config.ts';
import type { Effect, EffectChange } from '../journal/port.ts';
import type { NextMeans } from './failover.ts';
import type { PageRequest } from './page.ts';
import { pageInstead } from './pages.ts';
import { keyOf, OTHER_ADDRESSES, type Receiver, secondChannelOf } from './second-channel.ts';
import type { OtherPage } from './targets.ts';

/** An admin is told at most once in so long that Slack does not take pages. */
export const ADMIN_EVERY_MS = 3600_000;

interface NoticeContext {
  readonly config: Config;
  readonly means: ReadonlySet<Means>;
  /** Pages of the step, and those that are being asked for. */
  readonly pages: readonly Effect[];
  readonly asked: readonly EffectChange[];
}

/**
 * Tells the first admin who has another address than Slack's that Slack does not take pages. An admin whom the step
 * pages by that means is told by that.
 */
export function adminNotice(request: PageRequest, context: NoticeContext): NextMeans {
  const to = addressOf(context);
  if (to === null || isPaged(to, context)) return { events: [], effects: [] };
  const notice = { ...request, notice: 'slack-silent' } as const;
  const { cycle, level, round } = request;
  const data = { cycle, level, round, means: to.means, people: to.people, targets: to.targets };
  return {
    events: [{ type: 'page.admin-told', v: 1, data }],
    effects: [pageInstead(notice, { ...to, target: `admin:${to.target}` }, true)],
  };
}

function addressOf({ config, means }: NoticeContext): OtherPage | null {
  const level = { notify: [], by: OTHER_ADDRESSES.filter((each) => each !== 'voice') };
  for (const admin of config.slack.roles.admin.flatMap((written) => receiverOf(written, config))) {
    const [first] = secondChannelOf(admin, {
      level,
      severity: 'P0',
      policyContact: null,
      oncall: config.oncall,
      means,
    });
    if (first !== undefined) return first;
  }
  return null;
}

/** A key of oncall.people, a Slack id or an e-mail address of one, or an e-mail address; a group has no address. */
function receiverOf(written: string, { oncall }: Config): Receiver[] {
  for (const [person, { slack, email }] of Object.entries(oncall.people)) {
    if (written === person || written === email || slack.includes(written)) return [{ person }];
  }
  return written.includes('@') && !written.startsWith('@') ? [{ target: `email:${written}` }] : [];
}

function isPaged(to: OtherPage, { pages, asked }: NoticeContext): boolean {
  const keys = [...pages, ...asked.flatMap((each) => (each.op === 'ask' ? [each] : []))].map(({ key }) => key);
  return keys.some((key) => key.endsWith(`|${keyOf(to)}`));
}
