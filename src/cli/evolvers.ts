import { DEPLOY, type DeployState, evolveDeploy } from '../alerts/deploys/deploy.ts';
import { asIncidentEvent } from '../alerts/events.ts';
import { evolveIncident } from '../alerts/evolve.ts';
import type { IncidentState } from '../alerts/incident-state.ts';
import { evolveStoredSilence } from '../alerts/silences/silence-evolve.ts';
import { SILENCE, type SilenceState } from '../alerts/silences/silence-state.ts';
import type { Evolvers } from '../journal/evolver.ts';
import type { StoredEvent } from '../journal/port.ts';
import { evolvePresence, type PresenceState } from '../journal/presence.ts';
import { slotEvolvers } from '../journal/slots.ts';
import { DRILL, type DrillState, evolveDrill } from '../oncall/drills/drill-state.ts';
import { DUTY, type DutyState, evolveDuty } from '../oncall/duty-record/duty-state.ts';
import { escalationEvolvers } from '../oncall/escalation.ts';
import { evolveHandoff, HANDOFF, type HandoffState } from '../oncall/handoff/handoff-state.ts';
import { linkEvolvers } from '../oncall/links/link-state.ts';
import { evolveOverride, OVERRIDE, type OverrideState } from '../oncall/overrides/override-state.ts';
import { pageTestEvolvers } from '../oncall/pagers/page-test-state.ts';
import { tokenEvolvers } from '../oncall/tokens/token-state.ts';
import { leaseEvolvers } from '../runbooks/lease/leases.ts';
import { orphanEvolvers } from '../runbooks/lease/orphan-sweep.ts';
import { remediationEvolvers } from '../runbooks/remediation/remediation.ts';
import { RUN_KIND } from '../runbooks/run-change.ts';
import { evolveRun } from '../runbooks/run-evolve.ts';
import type { RunRecord } from '../runbooks/run-record.ts';
import { evolveLock, LOCK_KIND, type TargetLock } from '../runbooks/target-lock.ts';

/** How every kind of aggregate folds its events: what `journal verify --state` compares the stored states with. */
export const evolvers = {
  incident: (state: IncidentState | null, event: StoredEvent) => {
    const own = asIncidentEvent(event);
    if (own === null) throw new Error(`${event.kind} ${event.id} is no incident`);
    return evolveIncident(state, own);
  },
  ...escalationEvolvers,
  ...linkEvolvers,
  ...tokenEvolvers,
  ...pageTestEvolvers,
  ...slotEvolvers,
  ...leaseEvolvers,
  ...orphanEvolvers,
  ...remediationEvolvers,
  [DEPLOY]: (state: DeployState | null, event: StoredEvent) => evolveDeploy(state, event),
  [DRILL]: (state: DrillState | null, event: StoredEvent) => evolveDrill(state, event),
  [DUTY]: (state: DutyState | null, event: StoredEvent) => evolveDuty(state, event),
  process: (state: PresenceState | null, event: StoredEvent) => evolvePresence(state, event),
  [SILENCE]: (state: SilenceState | null, event: StoredEvent) => evolveStoredSilence(state, event),
  [HANDOFF]: (state: HandoffState | null, event: StoredEvent) => evolveHandoff(state, event),
  [OVERRIDE]: (state: OverrideState | null, event: StoredEvent) => evolveOverride(state, event),
  [RUN_KIND]: (state: RunRecord | null, event: StoredEvent) => evolveRun(state, event),
  [LOCK_KIND]: (state: TargetLock | null, event: StoredEvent) => evolveLock(state, event),
} satisfies Evolvers;
