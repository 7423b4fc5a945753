import type { Config, ParameterConfig, RunbookConfig } from '../core/config/config.ts';
import { parseDuration } from '../core/duration.ts';
import { type OpsError, refuse } from '../core/errors.ts';
import { closest } from '../core/suggest.ts';
import { oneLine, stripControls, truncateGraphemes } from '../core/text.ts';

/** Resolved parameters of a run, by name. Durations stay as written (`90s`). */
export type Parameters = Readonly<Record<string, string | number>>;

const LONGEST_TEXT = 500;
const SHOWN = 60;

/**
 * Checks what was given against what the runbook asks for, and fills in defaults; the service of the incident stands
 * in for a service that was not named. Refuses an unknown name, a missing or a wrong value (`PARAMETER_…`), naming the
 * field and what is allowed.
 */
export function readParameters(
  runbook: RunbookConfig,
  given: Readonly<Record<string, unknown>>,
  facts: { readonly config: Config; readonly incidentService: string | null },
): Parameters {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(runbook.parameters, name)) throw unknownParameter(runbook, name);
  }
  const values: Array<[string, string | number]> = [];
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

function readValue(name: string, parameter: ParameterConfig, value: unknown, config: Config): string | number {
  if (!isWritten(value)) throw wrong(name, value, 'one text or number');
  switch (parameter.type) {
    case 'service':
      return oneOf(name, value, Object.keys(config.services));
    case 'choice':
      return oneOf(name, value, parameter.options);
    case 'text':
      return readText(name, value);
    case 'number':
      return readNumber(name, value);
    case 'duration':
      if (parseDuration(String(value)) === null) throw wrong(name, value, 'a duration such as 90s, 15m or 1h30m');
      return String(value);
    case 'host':
      return oneOf(name, value, Object.keys(config.hosts));
    case 'ip':
    case 'cidr':
    case 'secret':
      throw wrong(name, value, 'of a type that can be read');
    default:
      return parameter.type satisfies never;
  }
}

function isWritten(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function oneOf(name: string, value: string | number, allowed: readonly string[]): string {
  const text = String(value);
  if (allowed.includes(text)) return text;
  throw wrong(name, value, `one of ${allowed.join(', ')}${didYouMean(text, allowed)}`);
}

function readText(name: string, value: string | number): string {
  const text = String(value);
  if (text.length > LONGEST_TEXT) throw wrong(name, value, `a text of at most ${LONGEST_TEXT} characters`);
  if (text !== oneLine(stripControls(text))) throw wrong(name, value, 'one line of plain text');
  return text;
}

function readNumber(name: string, value: string | number): number {
  const number = typeof value === 'number' ? value : /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw wrong(name, value, 'a number');
  return number;
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
  return `<${parameter.type}>`;
}

function wrong(name: string, value: unknown, allowed: string): OpsError {
  return refuse(
    'PARAMETER_WRONG',
    `The parameter "${name}" cannot be "${isWritten(value) ? shown(String(value)) : 'that'}".`,
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
