import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Outcome } from '../core/command.ts';
import { SEVERITIES } from '../core/config/config.ts';
import { OpsError, refuse } from '../core/errors.ts';
import type { OpsApi } from './api.ts';
import { actorOf, type Caller, refuseUnlessMay, VERBS, whoIs } from './callers.ts';
import { createConfigApi } from './config-api.ts';

/** What can be asked over the socket, by name: how its input must look, and who answers whom. */
export type Route = (input: unknown, caller: Caller) => Promise<unknown>;
export type Routes = ReadonlyMap<string, Route>;

const Incident = z.string().regex(/^GI-\d+$/);
const Run = z.string().regex(/^RUN-\d+$/);
const Nothing = z.object({});
const Submit = z.object({
  verb: z.enum(VERBS),
  incident: Incident.optional(),
  run: Run.optional(),
  args: z.record(z.string(), z.json()).default({}),
});
const Window = z.object({ since: z.number(), until: z.number() });
const Plan = z.object({
  runbook: z.string(),
  parameters: z.record(z.string(), z.string()),
  incident: Incident.nullable(),
});

const Simulate = z.object({
  severity: z.enum(SEVERITIES).nullable(),
  at: z.string().max(100).nullable(),
  ackAfterSeconds: z.number().nonnegative().nullable(),
  route: z.number().int().nullable(),
  contact: z.string().max(100).nullable(),
});
const Matcher = z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean() });
const Silence = z.object({ id: z.string().max(100) });
const SilencePreview = z.object({
  matchers: z.array(Matcher).max(100),
  seconds: z.number(),
  reason: z.string(),
  incident: Incident.optional(),
});

/** The routes of the Unix socket on the running bot. A caller is who its token says, else `local`, whatever it says. */
export function createRoutes(api: OpsApi, now: () => number): Routes {
  const config = () => createConfigApi(api.config.current());
  return new Map<string, Route>([
    route('incidents', z.object({ alerts: z.boolean().default(false) }), (input) => api.incidents(input)),
    route('incident', z.object({ id: Incident }), ({ id }) => api.incident(id)),
    route('drills', Nothing, () => api.drills()),
    route('paged', z.object({ id: Incident }), ({ id }) => api.paged(id)),
    route('inbox', Nothing, () => api.inbox()),
    route('unpark', z.object({ id: z.number().int().optional() }), ({ id }) => api.unpark(id)),
    route('probe', z.object({ what: z.string() }), async ({ what }) => api.probe(config().probesOf(what))),
    route('page-test', z.object({ id: z.string().max(30) }), ({ id }) => api.pageTest(id)),
    route('runbooks', Nothing, async () => config().runbooks()),
    route('plan', Plan, (input) => api.plan(input)),
    route('blocks', Nothing, () => api.blocks()),
    route('runs', Nothing, () => api.runs()),
    route('run', z.object({ id: Run }), ({ id }) => api.run(id)),
    route('wait', z.object({ id: Run }), ({ id }) => api.waitForRun(id)),
    route('oncall', z.object({ at: z.number().nullable() }), ({ at }) => api.oncall(at)),
    route('overrides', z.object({ all: z.boolean().default(false) }), (input) => api.overrides(input)),
    route('simulate', Simulate, (asked) => api.simulate(asked)),
    route('silences', Nothing, () => api.silences()),
    route('silence', Silence, ({ id }) => api.silence(id)),
    route('silence-preview', SilencePreview, ({ incident, ...asked }) =>
      api.previewSilence(incident === undefined ? asked : { ...asked, incident }),
    ),
    route('silence-settled', Silence, ({ id }) => api.settledSilence(id)),
    route('stats', Window, (window) => api.numbers(window)),
    route('leases', Nothing, () => api.leases()),
    route('rules', Nothing, () => api.rules()),
    route('runbook-record', Nothing, () => api.runbookRecord()),
    route('run-plan', z.object({ id: Run }), ({ id }) => api.runPlan(id)),
    route('run-log', z.object({ id: Run }), ({ id }) => api.runLog(id)),
    route('whoami', Nothing, (_input, caller) => whoIs(caller, api)),
    route('submit', Submit, (input, caller) => submit(api, input, caller, now())),
  ]);
}

function route<T>(
  name: string,
  schema: z.ZodType<T>,
  answer: (input: T, caller: Caller) => Promise<unknown>,
): [string, Route] {
  return [
    name,
    async (input, caller) => {
      const parsed = schema.safeParse(input);
      if (parsed.success) return answer(parsed.data, caller);
      const [issue] = parsed.error.issues;
      throw refuse('BAD_REQUEST', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`, 'See --help.');
    },
  ];
}

async function submit(api: OpsApi, asked: z.infer<typeof Submit>, caller: Caller, at: number): Promise<Outcome> {
  const { verb, incident, run, args } = asked;
  await refuseUnlessMay(caller, verb, { incident, run }, api);
  const about = { ...(incident === undefined ? {} : { incident }), ...(run === undefined ? {} : { run }) };
  const command = { v: 1, verb, by: actorOf(caller), at, via: 'cli', args, ...about } as const;
  const taken = await api.submit(`cli|${randomUUID()}`, command);
  const outcome = await taken.outcome;
  if (outcome.kind === 'done') return outcome;
  const { code, text: message, remedy } = outcome;
  throw new OpsError({ code, family: 'refusal', message, remedy });
}
