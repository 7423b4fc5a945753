import { askStep } from './ask.ts';
import { commandStep } from './command.ts';
import { fileStep } from './file.ts';
import { fileRestoreStep } from './file-restore.ts';
import { firewallStep } from './firewall.ts';
import { httpStep } from './http.ts';
import { logAddressesStep } from './log-addresses.ts';
import { notifyStep } from './notify.ts';
import { probeStep } from './probe.ts';
import { redisStep } from './redis.ts';
import { serviceRestartStep } from './service-restart.ts';
import { serviceScaleStep } from './service-scale.ts';
import { serviceStartStep } from './service-start.ts';
import { serviceStopStep } from './service-stop.ts';
import { silenceStep } from './silence.ts';
import { silenceLiftStep } from './silence-lift.ts';
import { sqliteStep } from './sqlite.ts';
import type { StepKind } from './step.ts';
import { untilStep } from './until.ts';
import { waitStep } from './wait.ts';

/** Every kind of step; a new one is its file and a line here. */
export const STEP_KINDS: readonly StepKind[] = [
  probeStep,
  serviceRestartStep,
  serviceStartStep,
  serviceStopStep,
  serviceScaleStep,
  waitStep,
  commandStep,
  httpStep,
  fileStep,
  fileRestoreStep,
  firewallStep,
  logAddressesStep,
  redisStep,
  sqliteStep,
  silenceStep,
  silenceLiftStep,
  untilStep,
  notifyStep,
  askStep,
].map((kind) => kind as StepKind);

/** The kind of that name; undefined when there is none. */
export function stepKind(kind: string): StepKind | undefined {
  return STEP_KINDS.find((each) => each.kind === kind);
}
