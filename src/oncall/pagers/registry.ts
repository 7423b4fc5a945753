import type { Means } from '../../core/config/config.ts';
import type { MeansSettings } from '../../core/config/means-settings.ts';
import { createHttp } from '../../core/http.ts';
import { createEmailPager } from './email.ts';
import type { OtherMeans, Pager, Pagers } from './pager.ts';
import { createPagerDuty, type PagerDuty } from './pagerduty.ts';
import { createSmsPager } from './sms.ts';
import { createTwilio } from './twilio.ts';
import { createVoicePager } from './voice.ts';
import { createWebhookPager } from './webhook.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

export interface PagerSet {
  readonly pagers: Pagers;
  readonly pagerDuty: PagerDuty | null;
  /** Means that pages can go out by now: Slack's always (it may be away), the others as they are set up. */
  readonly available: ReadonlySet<Means>;
}

/** Every means that the environment sets up; webhooks need nothing but an address. */
export function createPagers(
  settings: Pick<MeansSettings, 'smtp' | 'twilio' | 'pagerduty'>,
  { publicUrl, now }: { readonly publicUrl: string | null; readonly now: () => number },
): PagerSet {
  const http = createHttp({ timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
  const reach = { http, timeoutMs: TIMEOUT_MS };
  const twilio = settings.twilio === null ? null : createTwilio({ ...reach, ...settings.twilio });
  const pagerDuty =
    settings.pagerduty === null ? null : createPagerDuty({ ...reach, ...settings.pagerduty, publicUrl });
  const all: readonly Pager[] = [
    ...(settings.smtp === null ? [] : [createEmailPager(settings.smtp)]),
    ...(twilio === null ? [] : [createSmsPager(twilio), createVoicePager(twilio)]),
    createWebhookPager({ ...reach, now }),
    ...(pagerDuty === null ? [] : [pagerDuty]),
  ];
  const pagers = new Map<OtherMeans, Pager>(all.map((pager) => [pager.means, pager]));
  const available: ReadonlySet<Means> = new Set<Means>(['dm', 'thread', ...pagers.keys()]);
  return { pagers, pagerDuty, available };
}
