import type { Config, RunbookConfig } from '../../../core/config/config.ts';
import { OpsError } from '../../../core/errors.ts';
import { readParameters } from '../../../runbooks/parameters.ts';
import { SECRET_NAME } from '../../../runbooks/secret-ref.ts';
import { plain } from '../../mrkdwn.ts';
import { LONGEST_REASON, SHORTEST_REASON } from '../form-fields.ts';
import { type ViewBody, valuesOf } from '../view-body.ts';
import { nameToConfirm } from './run-meta.ts';

/** What stands in the form of a run. */
export interface RunValues {
  /** By name, as written; without what is empty. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** Empty: none was given. */
  readonly reason: string;
  readonly confirm: string;
}

type Errors = Readonly<Record<string, string>>;

export interface ValueFacts {
  readonly config: Config;
  readonly incidentService: string | null;
}

/** Reads the fields of a form of this runbook. */
export function runValuesOf(view: ViewBody['view'], runbook: RunbookConfig): RunValues {
  const values = valuesOf(view);
  const given = Object.keys(runbook.parameters).map((name) => [name, values.text(name)] as const);
  return {
    parameters: Object.fromEntries(given.filter(([, value]) => value !== '')),
    dryRun: values.ticked('dry_run').length > 0,
    reason: values.text('reason'),
    confirm: values.text('confirm'),
  };
}

/** What is wrong with each parameter, by its field; empty: nothing. */
export function wrongParameters(
  runbook: RunbookConfig,
  parameters: RunValues['parameters'],
  facts: ValueFacts,
): Errors {
  return errorsOf(
    Object.keys(runbook.parameters).map((name) => [name, wrongParameter(runbook, name, parameters[name], facts)]),
  );
}

/** What is wrong with the form besides its parameters: R3 says why, and what is typed confirms it. */
export function wrongRest(runbook: RunbookConfig, values: RunValues): Errors {
  const isGrave = runbook.risk === 'R3';
  const name = nameToConfirm(runbook, values.parameters);
  const isConfirmed = !isGrave || values.dryRun || values.confirm === name;
  return errorsOf([
    ['reason', wrongReason(values.reason, isGrave)],
    ['confirm', isConfirmed ? null : `Type ${plain(name, 80)} to confirm it.`],
  ]);
}

/** Required parameters that nothing was given for. */
export function missingParameters(
  { parameters }: RunbookConfig,
  given: RunValues['parameters'],
  { incidentService }: ValueFacts,
): string[] {
  return Object.entries(parameters)
    .filter(([name, each]) => {
      const stands = each.default ?? (each.type === 'service' ? incidentService : null);
      return each.required && given[name] === undefined && stands === null;
    })
    .map(([name]) => name);
}

function wrongReason(reason: string, isRequired: boolean): string | null {
  const isGood = reason.length >= SHORTEST_REASON && reason.length <= LONGEST_REASON;
  if (isGood || (reason === '' && !isRequired)) return null;
  const range = `${SHORTEST_REASON} and ${LONGEST_REASON} characters`;
  return isRequired ? `Say why: between ${range}.` : `Between ${range}, or none.`;
}

/** One parameter by itself, so that what is wrong stands under its own field. */
function wrongParameter(
  runbook: RunbookConfig,
  name: string,
  value: string | undefined,
  { config, incidentService }: ValueFacts,
): string | null {
  const parameter = runbook.parameters[name];
  if (parameter === undefined) return null;
  // never shown again, not even in the refusal: it may be the secret itself
  if (parameter.type === 'secret' && value !== undefined && !SECRET_NAME.test(value)) {
    return 'Write the NAME of a variable of the bot, such as DB_PASSWORD, never the secret itself. What stands here was not kept.';
  }
  try {
    const alone = { ...runbook, parameters: { [name]: parameter } };
    readParameters(alone, value === undefined ? {} : { [name]: value }, { config, incidentService });
    return null;
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return plain(`${error.message} ${error.remedy}`, 1_500);
  }
}

function errorsOf(found: ReadonlyArray<readonly [string, string | null]>): Errors {
  return Object.fromEntries(found.flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
}
