import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LabelMatch, RouteConfig, Severity } from '../../../src/core/config/config.ts';
import { loadTexts, readTexts, SHIPPED } from './folder.ts';

interface Rule {
  alert: string;
  labels: Record<string, string>;
}

const RULES = join(import.meta.dirname, '..', '..', 'fixtures', 'gianna-alerts.yml');
const groups = (parse(readFileSync(RULES, 'utf8')) as { groups: Array<{ rules: Rule[] }> }).groups;
const rules = groups.flatMap((group) => group.rules);
const { config } = await loadTexts(readTexts(SHIPPED));

function wants(match: LabelMatch, value: string): boolean {
  return match.kind === 'values' ? match.values.includes(value) : new RegExp(`^(?:${match.pattern})$`).test(value);
}

function firstRoute(labels: Record<string, string>): RouteConfig | undefined {
  return config?.routing.routes.find((route) =>
    Object.entries(route.match).every(([label, match]) => wants(match, labels[label] ?? '')),
  );
}

const CRITICAL: Record<string, Severity> = { GiannaServiceDown: 'P0', HealthCheckFailure: 'P0' };
const BY_LABEL: Record<string, Severity> = { critical: 'P1', warning: 'P2', info: 'P3' };

describe('the shipped routes and the real rules', () => {
  it('cover a rule file that has rules', () => {
    expect(rules).toHaveLength(18);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('give %s its severity', (_alert, rule) => {
    const route = firstRoute({ ...rule.labels, alertname: rule.alert });

    expect(route?.severity).toBe(CRITICAL[rule.alert] ?? BY_LABEL[rule.labels.severity ?? '']);
    expect(route?.channel).toBe('ops');
  });

  it('send security to its channel and its contact, whatever its severity', () => {
    const route = firstRoute({ alertname: 'TooManyLogins', severity: 'info', component: 'security' });

    expect(route).toMatchObject({ severity: 'P1', channel: 'security', policyContact: 'security' });
  });

  it('know a service for every component of the rules', () => {
    const known = Object.values(config?.services ?? {}).flatMap((service) => service.components);

    for (const rule of rules) expect(known).toContain(rule.labels.component);
  });
});
