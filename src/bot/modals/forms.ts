import type { FormSpec } from './form.ts';
import { abandonLeaseForm } from './forms/abandon-lease.ts';
import { addResponderForm } from './forms/add-responder.ts';
import { assignForm } from './forms/assign.ts';
import { drillForm } from './forms/drill.ts';
import { endLeaseForm } from './forms/end-lease.ts';
import { escalateForm } from './forms/escalate.ts';
import { mergeForm } from './forms/merge.ts';
import { noteForm } from './forms/note.ts';
import { openIncidentForm } from './forms/open.ts';
import { overrideForm } from './forms/override.ts';
import { pageForm } from './forms/page.ts';
import { remediationOnForm } from './forms/remediation-on.ts';
import { renewLeaseForm } from './forms/renew-lease.ts';
import { reopenForm } from './forms/reopen.ts';
import { severityForm } from './forms/severity.ts';
import { silenceForm } from './forms/silence.ts';
import { snoozeForm } from './forms/snooze.ts';
import { splitForm } from './forms/split.ts';
import { swapForm } from './forms/swap.ts';
import { unackForm } from './forms/unack.ts';

/** Every form about an incident or about who is on call. A new one is a file of `forms/` and a line here: its button and its modal follow. */
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
  overrideForm,
  swapForm,
  pageForm,
  unackForm,
  addResponderForm,
  escalateForm,
  renewLeaseForm,
  endLeaseForm,
  abandonLeaseForm,
  remediationOnForm,
];
