import type { Checkboxes, ExternalSelect, InputBlock, NumberInput, PlainTextInput, StaticSelect } from '@slack/types';
import type { Config, ParameterConfig, RunbookConfig } from '../../../core/config/config.ts';
import { boundsOf } from '../../../core/config/parameter-values.ts';
import { plain } from '../../mrkdwn.ts';
import { LONGEST_REASON, optionOf, textField } from '../form-fields.ts';
import { actOf, nameToConfirm } from './run-meta.ts';
import { MOST_OPTIONS, namesFor } from './run-names.ts';
import type { RunValues } from './run-values.ts';

const LONGEST_TEXT = 500;
const ON_ENTER = { dispatch_action_config: { trigger_actions_on: ['on_enter_pressed' as const] } };

/** The fields of a run: one for each parameter, then how and why. A pick, or Enter, shows the plan again. */
export function runFields(runbook: RunbookConfig, values: RunValues, config: Config): InputBlock[] {
  const parameters = Object.entries(runbook.parameters).map(([name, parameter]) =>
    parameterField(name, parameter, values.parameters[name], config),
  );
  return [...parameters, dryRunField(values.dryRun), reasonField(runbook, values), ...confirmField(runbook, values)];
}

function parameterField(
  name: string,
  parameter: ParameterConfig,
  value: string | undefined,
  config: Config,
): InputBlock {
  const hint = hintOf(parameter);
  return {
    type: 'input',
    block_id: name,
    optional: !parameter.required,
    // what is no name of a secret must not travel before it has to
    ...(parameter.type === 'secret' ? {} : { dispatch_action: true }),
    label: { type: 'plain_text', text: actOf(name).slice(0, 100) },
    ...(hint === '' ? {} : { hint: { type: 'plain_text', text: plain(hint, 300) } }),
    element: elementOf(parameter, value, config),
  };
}

function elementOf(parameter: ParameterConfig, value: string | undefined, config: Config): InputBlock['element'] {
  const names = namesFor(parameter, config);
  if (names !== null) return names.length > MOST_OPTIONS ? typeahead(value) : select(names, value);
  if (parameter.type === 'number') return numberInput(parameter, value);
  return textInput(parameter, value);
}

function select(names: readonly string[], value: string | undefined): StaticSelect {
  const chosen = value !== undefined && names.includes(value) ? { initial_option: optionOf(value) } : {};
  const placeholder = { type: 'plain_text', text: 'Choose' } as const;
  return { type: 'static_select', action_id: 'value', placeholder, options: names.map(optionOf), ...chosen };
}

function typeahead(value: string | undefined): ExternalSelect {
  const chosen = value === undefined ? {} : { initial_option: optionOf(value) };
  const placeholder = { type: 'plain_text', text: 'Type a name' } as const;
  return { type: 'external_select', action_id: 'value', min_query_length: 0, placeholder, ...chosen };
}

function numberInput({ min, max }: ParameterConfig, value: string | undefined): NumberInput {
  return {
    type: 'number_input',
    action_id: 'value',
    is_decimal_allowed: true,
    ...(min === null ? {} : { min_value: String(min) }),
    ...(max === null ? {} : { max_value: String(max) }),
    ...(value === undefined || !/^-?\d+(\.\d+)?$/.test(value) ? {} : { initial_value: value }),
    ...ON_ENTER,
  };
}

function textInput({ type }: ParameterConfig, value: string | undefined): PlainTextInput {
  return {
    type: 'plain_text_input',
    action_id: 'value',
    max_length: LONGEST_TEXT,
    ...(value === undefined ? {} : { initial_value: value.slice(0, LONGEST_TEXT) }),
    ...(type === 'secret' ? {} : ON_ENTER),
  };
}

const HINTS: Readonly<Record<ParameterConfig['type'], string>> = {
  service: '',
  host: '',
  choice: '',
  text: '',
  number: '',
  duration: 'Such as 90s, 15m, 4h or 1h30m.',
  ip: 'One address, such as 203.0.113.7 or 2001:db8::7.',
  cidr: 'A range, such as 203.0.113.0/24.',
  address: 'An address or a range, such as 203.0.113.7 or 198.51.100.0/24.',
  hosts: 'Hosts, role:NAME, label:NAME=VALUE or all; -NAME leaves one out.',
  secret: 'The NAME of a variable of the bot, such as DB_PASSWORD. Never type the secret itself.',
};

function hintOf(parameter: ParameterConfig): string {
  const { type, list, says, options } = parameter;
  const [first = '', ...more] = boundsOf(parameter);
  const typed = type === 'choice' ? `One of: ${options.join(', ')}.` : '';
  const isPicked = options.every((each) => each.length <= 75);
  const limits = first === '' ? '' : `${[first.replace('at', 'At'), ...more].join(', ')}.`;
  const several = list ? 'Several: parted by commas or blanks.' : '';
  return [says ?? '', isPicked ? '' : typed, limits, HINTS[type], several].filter((each) => each !== '').join(' ');
}

function dryRunField(isTicked: boolean): InputBlock {
  const option = { value: 'dry_run', text: { type: 'plain_text', text: 'Only look: change nothing' } } as const;
  const element: Checkboxes = {
    type: 'checkboxes',
    action_id: 'value',
    options: [option],
    ...(isTicked ? { initial_options: [option] } : {}),
  };
  const label = { type: 'plain_text', text: 'Dry run' } as const;
  return { type: 'input', block_id: 'dry_run', optional: true, dispatch_action: true, label, element };
}

function reasonField({ risk }: RunbookConfig, { reason }: RunValues): InputBlock {
  return textField({
    name: 'reason',
    label: 'Reason',
    max: LONGEST_REASON,
    initial: reason,
    isOptional: risk !== 'R3',
  });
}

function confirmField(runbook: RunbookConfig, values: RunValues): InputBlock[] {
  if (runbook.risk !== 'R3') return [];
  const label = `Type ${plain(nameToConfirm(runbook, values.parameters), 80)} to confirm`;
  const hint = 'Not needed for a dry run.';
  return [textField({ name: 'confirm', label, hint, max: 100, initial: values.confirm, isOptional: true })];
}
