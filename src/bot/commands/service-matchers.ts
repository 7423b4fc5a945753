import type { SilenceMatcher } from '../../alerts/alertmanager.ts';
import type { Desk } from '../listen/deps.ts';

/** Matchers of a service's alerts: the components that point to it, else the label `service`. */
export function serviceMatchers(service: string, deps: Pick<Desk, 'config'>): readonly SilenceMatcher[] {
  const components = deps.config.current().services[service]?.components ?? [];
  const [only, ...others] = components;
  if (only === undefined) return [{ name: 'service', value: service, isRegex: false, isEqual: true }];
  const value = others.length === 0 ? only : components.map(escapePattern).join('|');
  return [{ name: 'component', value, isRegex: others.length > 0, isEqual: true }];
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
