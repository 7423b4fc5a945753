import { describeIncidentEvent } from '../alerts/describe.ts';
import { incidentJson, incidentsJson } from '../alerts/incident-json.ts';
import { readSilenceId } from '../alerts/silences/ids.ts';
import { describeSilenceEvent } from '../alerts/silences/silence-describe.ts';
import { silenceJson } from '../alerts/silences/silence-json.ts';
import { listOwnSilences, viewOwnSilence } from '../alerts/silences/views.ts';
import type { InboxRow, JournalReader } from '../journal/port.ts';
import { describeEscalation } from '../oncall/describe.ts';
import { listDrills } from '../oncall/drills/drill-json.ts';
import { describeDrill } from '../oncall/drills/drills.ts';
import { listOverrides } from '../oncall/overrides/override-json.ts';
import { readPageTest } from '../oncall/pagers/page-test-json.ts';
import { readPaged } from '../oncall/proof/paged.ts';
import { pagedJson } from '../oncall/proof/paged-json.ts';
import { readEscalation } from '../oncall/view.ts';
import { describeRunEvent } from '../runbooks/describe.ts';
import { readFullLog } from '../runbooks/full-log.ts';
import { listLeases } from '../runbooks/lease/list.ts';
import { readRecord } from '../runbooks/record.ts';
import { planJson, runJson } from '../runbooks/run-json.ts';
import { listRuns, viewRun } from '../runbooks/views.ts';
import type { ReadingApi } from './api.ts';
import type { InboxJson, IncidentJson, SilenceJson } from './shapes.ts';

const MOST_ROWS = 1000;

/**
 * Answers from a journal alone: of the running bot, or of a store that no bot holds. `now`: wall time, epoch ms;
 * `waitsInStorm`: what only a running bot knows.
 */
export function createReadingApi(
  journal: JournalReader,
  now: () => number,
  waitsInStorm: (incident: string) => boolean = () => false,
): ReadingApi {
  const deps = {
    journal,
    waitsInStorm,
    escalationOf: (incident: string) => readEscalation(journal, incident),
    describers: [describeIncidentEvent, describeEscalation, describeDrill, describeRunEvent, describeSilenceEvent],
  };
  return {
    incidents: async ({ alerts }) => (await incidentsJson(deps, { now: now(), alerts })) as unknown as IncidentJson[],
    incident: async (id) => (await incidentJson(deps, id)) as unknown as IncidentJson | null,
    inbox: async () => {
      const rows = [...(await journal.parked(MOST_ROWS)), ...(await journal.waiting(MOST_ROWS))];
      return rows.map(inboxJson);
    },
    runs: async () => (await listRuns(journal)).map(runJson),
    run: async (id) => {
      const run = await viewRun(journal, id);
      return run === null ? null : runJson(run);
    },
    runPlan: async (id) => {
      const plan = (await viewRun(journal, id))?.plan ?? null;
      return plan === null ? null : planJson(plan);
    },
    runLog: (id) => readFullLog(journal, id),
    leases: () => listLeases(journal, now()),
    runbookRecord: () => readRecord(journal),
    drills: () => listDrills(journal),
    paged: async (incident) => (await readPaged(journal, incident))?.map(pagedJson) ?? null,
    pageTest: (id) => readPageTest(journal, id),
    overrides: ({ all }) => listOverrides(journal, { now: now(), all }),
    silences: async () => (await listOwnSilences(journal, { now: now() })).map(silenceJson) as unknown as SilenceJson[],
    silence: async (text) => {
      const view = await viewOwnSilence(journal, readSilenceId(text) ?? '');
      return view === null ? null : (silenceJson(view) as unknown as SilenceJson);
    },
  };
}

function inboxJson({ id, state, lane, source, receivedAt, tries, error }: InboxRow): InboxJson {
  return { id, state, lane, source, receivedAt: new Date(receivedAt).toISOString(), tries, error };
}
