import { parse } from 'yaml';
import * as z from 'zod';
import type { ActiveAlert, AlertmanagerStatus } from './alertmanager.ts';

const Settings = z.object({
  receivers: z.array(
    z.object({ name: z.string(), webhook_configs: z.array(z.object({ url: z.string().optional() })).default([]) }),
  ),
});
/** How our webhook looks in Alertmanager's configuration, where it is not hidden as a secret. */
const OUR_WEBHOOK = /\/webhooks\/alertmanager\/?(\?|$)/;

/**
 * Names of Alertmanager's receivers that lead to us: those that have delivered, and those with the same webhook. Before
 * anything was delivered: those whose webhook looks like ours, when all of them are one; a single receiver must be it.
 * null: it cannot be known.
 */
export function ourReceivers(
  delivered: readonly string[],
  statuses: ReadonlyArray<AlertmanagerStatus | null>,
): ReadonlySet<string> | null {
  const configured = statuses.flatMap((status) => (status === null ? [] : receiversIn(status.config)));
  const known = configured.filter(({ name }) => delivered.includes(name));
  const likely = known.length > 0 ? known : configured.filter(({ urls }) => urls.some((url) => OUR_WEBHOOK.test(url)));
  const webhooks = new Set(likely.flatMap(({ urls }) => urls).filter((url) => OUR_WEBHOOK.test(url)));
  const isKnown = delivered.length > 0 || webhooks.size === 1;
  const same = configured.filter(({ urls }) => urls.some((url) => webhooks.has(url)));
  if (isKnown) return new Set([...delivered, ...same.map(({ name }) => name)]);
  const all = new Set(configured.map(({ name }) => name));
  return all.size === 1 ? all : null;
}

/** Whether an alert is routed to one of them; one that names no receiver is. */
export function isOurs({ receivers }: ActiveAlert, ours: ReadonlySet<string>): boolean {
  return receivers.length === 0 || receivers.some((name) => ours.has(name));
}

function receiversIn(config: string): Array<{ name: string; urls: string[] }> {
  const parsed = Settings.safeParse(readYaml(config));
  if (!parsed.success) return [];
  return parsed.data.receivers.map(({ name, webhook_configs }) => ({
    name,
    urls: webhook_configs.flatMap(({ url }) => (url === undefined ? [] : [url])),
  }));
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
