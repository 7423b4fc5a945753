import type { Config, ProbeConfig } from '../../core/config/config.ts';
import type { DockerEngine } from '../../hosts/docker.ts';
import type { ShellOf } from '../../hosts/shell.ts';

/** The configuration of one kind of probe. */
export type ProbeOf<K extends ProbeConfig['kind']> = Extract<ProbeConfig, { kind: K }>;

/** What the kinds may use. */
export interface KindDeps {
  readonly config: Config;
  /** Refuses a host that is no Docker host. */
  readonly engineOf: (host: string) => DockerEngine;
  /** Refuses a host on which no programs are run. */
  readonly shellOf: ShellOf;
  /** Wall time, epoch milliseconds. */
  readonly now: () => number;
}
