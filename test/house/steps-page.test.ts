import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { orReference, stepSchemas } from '../../src/core/config/schema/step.ts';
import { isSecretAt } from '../../src/core/config/schema/walk.ts';
import { STEP_KINDS, stepKind } from '../../src/runbooks/steps/registry.ts';
import { readBody } from '../../src/runbooks/steps/step.ts';
import { diskUsedStep } from '../support/example-step.ts';
import { createStepWorld, type StepWorld } from '../support/step-world.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(repository, 'docs/steps.md'), 'utf8');
const sections = page.split(/^## /m).slice(1);

/** A step as it stands in a runbook. */
const Example = z.looseObject({ id: z.string(), on: z.unknown().optional() });
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, yaml = '']) =>
  z
    .array(Example)
    .parse(parse(yaml))
    .map((step) => [step.id, step] as const),
);

/** Where a text is the name of a variable. */
function variablesIn(value: unknown, path: Array<string | number> = []): Array<Array<string | number>> {
  if (typeof value === 'string') return /\$\{[A-Z]/.test(value) ? [path] : [];
  if (value === null || typeof value !== 'object') return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) => variablesIn(inner, [...path, isList ? Number(key) : key]));
}

describe('the page of steps', () => {
  const { step: written } = stepSchemas(STEP_KINDS);

  it('has a section with an example for each kind, and for none that is not there', () => {
    const named = sections.flatMap((section) => /^`([a-z.]+)`\n/.exec(section)?.[1] ?? []);
    const withExample = sections.filter((section) => /^`/.test(section) && section.includes('```yaml'));

    expect([...named].sort()).toEqual(STEP_KINDS.map(({ kind }) => kind).sort());
    expect(withExample).toHaveLength(named.length);
  });

  it.each(examples)('shows a step that can be read: %s', (_, step) => {
    const { id: _id, on, ...own } = step;
    const [name = '', ...others] = Object.keys(own);
    const kind = stepKind(name);

    const read = kind?.body(orReference).safeParse(own[name]);

    expect(others).toEqual([]);
    expect(written.safeParse(step).error?.issues ?? []).toEqual([]);
    expect(read?.error?.issues ?? []).toEqual([]);
    expect(kind?.needsHosts).toBe(on !== undefined);
  });

  it('names variables only where secrets may stand', () => {
    const wrong = examples.flatMap(([id, step]) => {
      const [name = ''] = Object.keys(step).filter((key) => key !== 'id' && key !== 'on');
      const schema = stepKind(name)?.body(orReference) ?? z.never();
      return variablesIn(step[name])
        .filter((path) => !isSecretAt(schema, path))
        .map((path) => [id, ...path]);
    });

    expect(wrong).toEqual([]);
  });

  it.each(STEP_KINDS.map((kind) => [kind.kind, kind] as const))('names every result of %s', (name, kind) => {
    const section = sections.find((each) => each.startsWith(`\`${name}\``)) ?? '';

    const named = (result: string) =>
      section.includes(result.endsWith('.*') ? `.${result.slice(0, -1)}` : `\`${result}\``);

    expect(kind.results.filter((result) => !named(result))).toEqual([]);
  });

  it.each(STEP_KINDS.map((kind) => [kind.kind, kind] as const))('%s describes each of its keys', (_, kind) => {
    const schema = z.toJSONSchema(kind.body(orReference), { io: 'input' });

    const keys = Object.entries(schema.properties ?? {}) as Array<[string, { description?: string }]>;

    expect(keys.filter(([, { description }]) => description === undefined)).toEqual([]);
  });
});

describe('the kind of step that the page shows', () => {
  let world: StepWorld;

  beforeAll(() => {
    world = createStepWorld();
  });
  afterAll(() => world.end());

  it('is the file that is compiled and run here', () => {
    const [, shown] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];

    const file = readFileSync(join(repository, 'test/support/example-step.ts'), 'utf8');

    expect(shown).toBe(file.replaceAll("'../../src/runbooks/steps/", "'./"));
  });

  it('plans and runs', async () => {
    const body = readBody(diskUsedStep, 'disk', { path: '/tmp' });
    const input = { id: 'disk', hosts: ['web-1'], changed: [], service: null, incident: null, timeoutMs: null };

    const step = await diskUsedStep.plan(body, input, world.planDeps);
    const [outcome] = await world.carryOut(step);

    expect(step.planned.call).toBe('["df","-P","--","/tmp"]');
    expect(outcome).toMatchObject({ status: 'done', results: { percent: expect.any(Number) } });
  });
});
