import { type Command, InvalidArgumentError } from 'commander';
import { readIncidentId } from '../../ids.ts';

/** Parameters of a runbook as they are typed, by name. */
export type Parameters = Record<string, string>;

/** Adds the runbook (or whatever `what` says), its parameters and the incident to a command. */
export function withParameters(command: Command, [name, says]: readonly [string, string] = ['runbook', 'its name']) {
  return command
    .argument(`<${name}>`, says)
    .argument('[parameters...]', 'name=value', readParameter)
    .option('--incident <id>', 'the incident it is run for, GI-<n>', readIncidentId);
}

/** commander gives an empty list when none was given. */
export function named(parameters: Parameters | []): Parameters {
  return Array.isArray(parameters) ? {} : parameters;
}

function readParameter(text: string, before: Parameters | undefined): Parameters {
  const [, name, value] = /^([\w-]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('A parameter is name=value.');
  if (before !== undefined && Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...before, [name]: value };
}
