import type { HttpExpectation, ProbeConfig, Threshold } from '../config.ts';
import type { WrittenProbe } from '../schema/probes.ts';
import { mapRecord, seconds } from './records.ts';
import { toThreshold } from './thresholds.ts';

const ANSWERS_200: HttpExpectation = { status: 200, json: null };

/** A probe of probes.yml as rooms read it. */
export function resolveProbe(probe: WrittenProbe): ProbeConfig {
  const common = {
    everySeconds: probe.every === undefined ? null : seconds(probe.every),
    timeoutSeconds: seconds(probe.timeout),
  };
  switch (probe.kind) {
    case 'http': {
      const { kind, url, method } = probe;
      const warn = probe.warn === undefined ? null : resolveExpectation(probe.warn);
      const expect = probe.expect === undefined ? ANSWERS_200 : resolveExpectation(probe.expect);
      return { ...common, kind, url, method, expect, warn };
    }
    case 'metrics': {
      const { kind, url, metric, labels } = probe;
      return { ...common, kind, url, metric, labels, warn: toThreshold(probe.warn), fail: toThreshold(probe.fail) };
    }
    case 'redis':
      return { ...common, kind: 'redis', url: probe.url, warn: thresholds(probe.warn), fail: thresholds(probe.fail) };
    case 'tcp':
      return { ...common, kind: 'tcp', host: probe.host, port: probe.port };
    case 'docker':
      return { ...common, kind: 'docker', host: probe.host, selector: probe.selector };
    case 'system': {
      const { kind, host, path } = probe;
      return { ...common, kind, host, path, warn: thresholds(probe.warn), fail: thresholds(probe.fail) };
    }
    default:
      return probe satisfies never;
  }
}

type WrittenExpectation = NonNullable<Extract<WrittenProbe, { kind: 'http' }>['expect']>;

function resolveExpectation(written: WrittenExpectation): HttpExpectation {
  return { status: written.status ?? null, json: written.json ?? null };
}

function thresholds(written: Readonly<Record<string, string | undefined>>): Readonly<Record<string, Threshold>> {
  const given = Object.entries(written).flatMap(([key, text]) => {
    const parsed = toThreshold(text);
    return parsed === null ? [] : [[key, parsed] as const];
  });
  return mapRecord(Object.fromEntries(given), (each) => each);
}
