import type { SilenceQuestions } from '../alerts/silences/silence-desk.ts';
import { previewJson, silenceJson } from '../alerts/silences/silence-json.ts';
import type { SilenceView } from '../alerts/silences/views.ts';
import type { OpsApi } from './api.ts';
import type { SilenceJson, SilencePreviewJson } from './shapes.ts';

type SilenceApi = Pick<OpsApi, 'silences' | 'silence' | 'previewSilence' | 'settledSilence'>;

/** What the running bot answers about silences. */
export function createSilenceApi(ask: SilenceQuestions): SilenceApi {
  return {
    silences: async () => (await ask.list()).map(silenceJson) as unknown as SilenceJson[],
    silence: async (id) => jsonOf(await ask.view(id)),
    previewSilence: async (request) => previewJson(await ask.preview(request)) as unknown as SilencePreviewJson,
    settledSilence: async (id) => jsonOf(await ask.settled(id)),
  };
}

function jsonOf(view: SilenceView | null): SilenceJson | null {
  return view === null ? null : (silenceJson(view) as unknown as SilenceJson);
}
