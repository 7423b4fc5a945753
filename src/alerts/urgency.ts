import type { Config, ConfigSource } from '../core/config/config.ts';
import type { Labels } from './payload.ts';
import { compileRoutes, type RouteAlert } from './routing.ts';
import { routeFor } from './webhooks/read-row.ts';

/** Whether a payload is handled before others that wait, by its source and the labels of its first alert. */
export type IsUrgent = (source: string, labels: Labels) => boolean;

/**
 * A P0 is: in a storm, or after an absence, it does not wait behind all that is less. Only the first alert is asked: it
 * decides when the payload's turn is, not what becomes of it.
 */
export function createUrgency(config: ConfigSource): IsUrgent {
  let compiled: { readonly of: Config; readonly route: RouteAlert } | null = null;
  return (source, labels) => {
    const current = config.current();
    if (compiled?.of !== current) compiled = { of: current, route: compileRoutes(current) };
    return routeFor(source, compiled.route)(labels).severity === 'P0';
  };
}
