import { decideOn, type Handle, type IncidentAct, type Refusal, refusal } from './act.ts';

/** `diagnose`: the probes of its service run, once at a time. */
export const diagnose: Handle = async (act) => {
  const { id, version, state, command } = act;
  const refused = await diagnosisRefusal(act);
  if (refused !== null || state.service === null) return refused ?? noService(id);
  const { service } = state;
  const data = { service, by: command.by };
  const key = `diagnose|${id}|${version + 1}`;
  return (
    decideOn(act, { verb: 'diagnose', service }) ?? {
      text: `Diagnosis of ${service} has started.`,
      part: { effects: [{ op: 'ask', key, kind: 'diagnose', incident: id, data }] },
    }
  );
};

async function diagnosisRefusal({ journal, config, id, state }: IncidentAct): Promise<Refusal | null> {
  if (state.status === 'closed') return refusal('INCIDENT_CLOSED', `${id} is closed.`, 'Run the probes instead: probe');
  if (state.service === null) return noService(id);
  const probes = config.services[state.service]?.probes ?? [];
  if (probes.length === 0) {
    const what = `Service ${state.service} has no probes, so there is nothing to run.`;
    return refusal('NO_PROBES', what, 'Name its probes in hosts.yml.');
  }
  const running = await journal.effects({ kinds: ['diagnose'], states: ['wanted', 'claimed'], incident: id, limit: 1 });
  if (running.length === 0) return null;
  return refusal('DIAGNOSIS_RUNNING', `A diagnosis of ${state.service} is running already.`, 'Wait for its result.');
}

function noService(id: string): Refusal {
  const what = `${id} belongs to no configured service, so there is nothing to probe.`;
  return refusal('NO_SERVICE', what, 'Name the service in routes.yml, or a default_service in hosts.yml.');
}
