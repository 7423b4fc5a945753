import type { SshHostConfig } from '../core/config/config.ts';
import { OpsError } from '../core/errors.ts';
import { firstLine } from './printable.ts';

export type SshFaultCode =
  | 'HOST_UNREACHABLE'
  | 'HOST_SILENT'
  | 'HOST_KEY_CHANGED'
  | 'HOST_LOGIN_REFUSED'
  | 'KEY_UNREADABLE'
  | 'CHANNEL_REFUSED';

/** Why a host could not be used by SSH: nothing ran there. */
export type SshFault = OpsError & { readonly code: SshFaultCode };

/** What may pass by itself is transient; what somebody has to change is a refusal. */
export function sshFault(code: SshFaultCode, message: string, remedy: string, cause?: unknown): SshFault {
  const mayPass = code === 'HOST_UNREACHABLE' || code === 'HOST_SILENT' || code === 'CHANNEL_REFUSED';
  const details = { code, message, remedy, ...(cause === undefined ? {} : { cause }) };
  return new OpsError({ ...details, family: mayPass ? 'transient' : 'refusal' }) as SshFault;
}

/** A login that the host did not take. */
export function sayAuthFailure(host: string, { user, agent, keyFile }: SshHostConfig): SshFault {
  const keys = [...(keyFile === null ? [] : ['its key_file']), ...(agent === true ? ['the keys of the agent'] : [])];
  return sshFault(
    'HOST_LOGIN_REFUSED',
    `${host} does not let ${user} in with ${keys.join(' or ')}`,
    `put the public key into ~${user}/.ssh/authorized_keys there, and check that the account exists and is not locked`,
  );
}

const NETWORK: Readonly<Record<string, readonly [says: string, hint: string]>> = {
  ECONNREFUSED: ['refuses the connection', 'check that sshd runs there and listens on that port'],
  ENOTFOUND: ['has an address that no name server knows', 'check the address, or write an IP address'],
  EAI_AGAIN: ['has an address that no name server could be asked for', 'check DNS, or write an IP address'],
  EHOSTUNREACH: ['cannot be reached: no route to the host', 'check the network between here and there'],
  ENETUNREACH: ['cannot be reached: no route to its network', 'check the network between here and there'],
  EINVAL: ['cannot be reached: no route to its network', 'check the network between here and there'],
  ECONNRESET: ['closed the connection before the login', 'look into its sshd log: limits, allow lists, a full disk'],
};

/** A connection that did not come to a login. */
export function saySshFailure(failure: {
  readonly host: string;
  readonly config: SshHostConfig;
  /** Whether the port took the connection. */
  readonly isConnected: boolean;
  /** What was thrown, `timeout`, or `closed`. */
  readonly error: unknown;
}): SshFault {
  const { host, isConnected, error, config } = failure;
  const at = `${host} (${config.address}:${config.port})`;
  if (error === 'timeout') {
    return isConnected
      ? sshFault('HOST_SILENT', `${at} takes the connection, but does not answer`, 'sshd may hang: look at it there')
      : sshFault('HOST_SILENT', `${at} does not answer at all`, 'it may be down, or a firewall drops the packets');
  }
  const code = error === 'closed' ? 'ECONNRESET' : codeOf(error);
  const known = NETWORK[code];
  if (known !== undefined) return sshFault('HOST_UNREACHABLE', `${at} ${known[0]}`, known[1], error);
  const words = error instanceof Error ? firstLine(error.message) : 'unknown reason';
  return sshFault('HOST_UNREACHABLE', `${at} does not speak SSH with us: ${words}`, 'check port and sshd there', error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
