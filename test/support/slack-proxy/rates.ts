/** Calls a minute by method (UX.md 1.2, tiers); what is not named here is tier 3. */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'conversations.list': 20,
  'users.list': 20,
  'usergroups.list': 20,
  'usergroups.users.list': 20,
  'pins.add': 20,
  'conversations.members': 100,
  'users.info': 100,
  'chat.postEphemeral': 100,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'files.info': 100,
  'views.open': 100,
  'views.update': 100,
  'views.push': 100,
  'views.publish': 100,
};
const UNLIMITED = new Set(['auth.test', 'api.test', 'apps.connections.open', 'chat.getPermalink']);
const TIER_3 = 50;
const POST = { perSecond: 1, burst: 5 };

interface Bucket {
  tokens: number;
  at: number;
}

/** Slack's rate limits as token buckets: seconds to wait, or null when the call may pass. */
export function createRates(now: () => number): (method: string, channel: unknown) => number | null {
  const buckets = new Map<string, Bucket>();
  return (method, channel) => {
    if (UNLIMITED.has(method)) return null;
    if (method === 'chat.postMessage')
      return take(buckets, `${method}|${String(channel)}`, POST.perSecond, POST.burst, now());
    const perMinute = PER_MINUTE[method] ?? TIER_3;
    return take(buckets, method, perMinute / 60, perMinute, now());
  };
}

function take(buckets: Map<string, Bucket>, key: string, perSecond: number, burst: number, now: number): number | null {
  const bucket = buckets.get(key) ?? { tokens: burst, at: now };
  bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
  bucket.at = now;
  buckets.set(key, bucket);
  if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
  bucket.tokens -= 1;
  return null;
}
