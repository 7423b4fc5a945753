import type { FormSpec } from './form.ts';
import { assignForm } from './forms/assign.ts';
import { drillForm } from './forms/drill.ts';
import { mergeForm } from './forms/merge.ts';
import { noteForm } from './forms/note.ts';
import { openIncidentForm } from './forms/open.ts';
import { reopenForm } from './forms/reopen.ts';
import { severityForm } from './forms/severity.ts';
import { silenceForm } from './forms/silence.ts';
import { snoozeForm } from './forms/snooze.ts';
import { splitForm } from './forms/split.ts';

/** Every form about an incident. A new one is a file of `forms/` and a line here: its button and its modal follow. */
export const FORMS: readonly FormSpec[] = [
  openIncidentForm,
  drillForm,
  silenceForm,
  snoozeForm,
  assignForm,
  noteForm,
  severityForm,
  mergeForm,
  splitForm,
  reopenForm,
];
