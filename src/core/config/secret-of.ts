import { refuse } from '../errors.ts';
import type { SecretRegister } from '../logger.ts';
import { type Environment, printedForms, readVariable } from './env-references.ts';

/**
 * Reads a secret by the name of its variable (or of the file that `NAME_FILE` names), each time anew, so that a file
 * may be rotated. What it reads is never printed from then on. Refuses (`SECRET_MISSING`) a name that is not set.
 */
export function createSecretOf(
  env: Environment,
  register: Pick<SecretRegister, 'add'>,
): (ref: { readonly secret: string }) => string {
  return ({ secret }) => {
    const found = readVariable(env, secret);
    if (found.kind === 'missing') throw refuse('SECRET_MISSING', `${found.message}.`, `${found.hint}.`);
    for (const form of printedForms(found.value)) register.add(form);
    return found.value;
  };
}
