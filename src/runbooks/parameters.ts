import type { Config, ParameterConfig, RunbookConfig } from '../core/config/config.ts';
import { readParameterValue } from '../core/config/parameter-values.ts';
import { type OpsError, refuse } from '../core/errors.ts';
import { closest } from '../core/suggest.ts';
import { oneLine, stripControls, truncateGraphemes } from '../core/text.ts';
import { hostsMeant } from './hosts-meant.ts';
import { isSecretRef, type SecretRef } from './secret-ref.ts';

/** Resolved parameters of a run, by name. Durations stay as written (`90s`); a secret is the name of its variable; hosts are names. */
export type Parameters = Readonly<Record<string, ParameterValue>>;
export type ParameterValue = string | number | readonly string[] | SecretRef;

const SHOWN = 60;

/**
 * Checks what was given against what the runbook asks for, and fills in defaults; the service of the incident stands
 * in for a service that was not named. Refuses an unknown name, a missing or a wrong value (`PARAMETER_…`), naming the
 * field and what is allowed. What it gave before, it takes again.
 */
export function readParameters(
  runbook: RunbookConfig,
  given: Readonly<Record<string, unknown>>,
  facts: { readonly config: Config; readonly incidentService: string | null },
): Parameters {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(runbook.parameters, name)) throw unknownParameter(runbook, name);
  }
  const values: Array<[string, ParameterValue]> = [];
  for (const [name, parameter] of Object.entries(runbook.parameters)) {
    const value = (Object.hasOwn(given, name) ? given[name] : null) ?? fallback(parameter, facts.incidentService);
    if (value === null) {
      if (parameter.required) throw missingParameter(name, parameter, facts.config);
      continue;
    }
    values.push([name, readValue(name, parameter, value, facts.config)]);
  }
  return Object.fromEntries(values);
}

function fallback(parameter: ParameterConfig, incidentService: string | null): string | number | null {
  return parameter.default ?? (parameter.type === 'service' ? incidentService : null);
}

function readValue(name: string, parameter: ParameterConfig, given: unknown, config: Config): ParameterValue {
  const isSecret = parameter.type === 'secret';
  const value = isSecret && isSecretRef(given) ? given.secret : given;
  const isList = parameter.list && Array.isArray(value) && value.every((each) => typeof each === 'string');
  if (!isWritten(value) && !isList) throw wrong(name, value, 'one text or number');
  const known = { services: Object.keys(config.services), hosts: Object.keys(config.hosts) };
  const read = readParameterValue(parameter, value as string | number | readonly string[], known);
  // Whoever takes the field for the secret itself must not find it in the refusal.
  if (read.kind === 'refused') throw wrong(name, isSecret ? undefined : value, read.allowed);
  if (parameter.type === 'hosts' && typeof read.value === 'object') return hostsMeant(read.value, config);
  return isSecret ? { secret: String(read.value) } : read.value;
}

function isWritten(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function unknownParameter(runbook: RunbookConfig, name: string): OpsError {
  const names = Object.keys(runbook.parameters);
  const known = names.length === 0 ? 'It takes none' : `It takes ${names.join(', ')}`;
  return refuse(
    'PARAMETER_UNKNOWN',
    `The runbook ${runbook.runbook} has no parameter "${shown(name)}".`,
    `${known}${didYouMean(name, names)}.`,
  );
}

function missingParameter(name: string, parameter: ParameterConfig, config: Config): OpsError {
  const allowed = allowedValues(parameter, config);
  return refuse('PARAMETER_MISSING', `The parameter "${name}" is missing.`, `Give ${name}=${allowed}.`);
}

function allowedValues(parameter: ParameterConfig, config: Config): string {
  if (parameter.type === 'service') return Object.keys(config.services).join('|');
  if (parameter.type === 'choice') return parameter.options.join('|');
  return parameter.type === 'secret' ? '<NAME OF A VARIABLE>' : `<${parameter.type}>`;
}

function wrong(name: string, value: unknown, allowed: string): OpsError {
  return refuse(
    'PARAMETER_WRONG',
    `The parameter "${name}" cannot be ${isWritten(value) ? `"${shown(String(value))}"` : 'that'}.`,
    `It must be ${allowed}.`,
  );
}

/** ` (did you mean restart?)`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = closest(word, candidates, 1)[0];
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

/** A foreign word as a message may show it. */
export function shown(text: string): string {
  return truncateGraphemes(oneLine(stripControls(text)), SHOWN);
}
