import type { HolidayCalendar } from '../holidays.ts';

/**
 * The configuration as the rooms read it: checked, defaults filled in, durations in seconds, references resolved to
 * keys that exist. The loader makes it from the files of `config/` (what an operator writes: the schemas beside this
 * file) and swaps it whole.
 */
export interface Config {
  /** Short digest of all files, to name the version in force. */
  readonly version: string;
  readonly slack: SlackConfig;
  readonly severities: Readonly<Record<Severity, SeverityPolicy>>;
  readonly routing: RoutingConfig;
  readonly reports: ReportsConfig;
  readonly oncall: OncallConfig;
  readonly hosts: Readonly<Record<string, HostConfig>>;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  /** Service of an alert that names none; null: no actions are offered. */
  readonly defaultService: string | null;
  readonly probes: Readonly<Record<string, ProbeConfig>>;
  readonly runbooks: Readonly<Record<string, RunbookConfig>>;
  readonly policy: PolicyConfig;
}

export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const;
/** P0 is the highest. */
export type Severity = (typeof SEVERITIES)[number];

/** Where the configuration in force can be read; `current()` changes as a whole on reload. */
export interface ConfigSource {
  current(): Config;
}

// slack.yml
export const ROLES = ['responder', 'approver', 'security', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export interface SlackConfig {
  /** A word of our own → Slack name (`#gianna-ops`) or id (`C…`). `ops` always exists. */
  readonly channels: Readonly<Record<string, string>>;
  /** Slack ids, e-mail addresses, `@usergroups`, keys of `oncall.people`; as written. */
  readonly roles: Readonly<Record<Role, readonly string[]>>;
  /** Environment → the same, of roles written `approver@production`; absent: there are none. */
  readonly rolesIn?: Readonly<Record<string, Readonly<Record<Role, readonly string[]>>>>;
  readonly blocks: 'plain' | 'rich';
  readonly language: 'en' | 'pt';
}

// severities.yml
export const MEANS = ['dm', 'thread', 'email', 'sms', 'voice', 'webhook', 'pagerduty'] as const;
export type Means = (typeof MEANS)[number];
export const TARGET_KINDS = ['schedule', 'contact', 'person', 'usergroup', 'channel', 'email'] as const;
/** `schedule:primary` as written is `${kind}:${name}`. */
export interface Target {
  readonly kind: (typeof TARGET_KINDS)[number];
  readonly name: string;
}
export interface PolicyLevel {
  readonly afterSeconds: number;
  readonly notify: readonly Target[];
  readonly by: readonly Means[];
}
export interface SeverityPolicy {
  readonly name: string;
  readonly respondWithinSeconds: number;
  readonly clock: 'wall' | 'business';
  /** `HH:MM` of the next business day at which pages asked for out of hours go out; null: at once. */
  readonly nextBusinessDayAt: string | null;
  readonly levels: readonly PolicyLevel[];
  /** Of the last level. */
  readonly repeat: { readonly everySeconds: number; readonly times: number } | null;
  readonly ackExpires: {
    readonly askAfterSeconds: number;
    readonly pageOwnerAfterSeconds: number;
    readonly nextLevelAfterSeconds: number;
  } | null;
  readonly resolve: 'human' | 'auto';
  /** Stored and listed without a thread of its own. */
  readonly digest: boolean;
  /** The longest that pages of such an incident may be snoozed. */
  readonly snoozeAtMostSeconds: number;
}

// routes.yml
export interface RouteConfig {
  /** Label name → how its value must be; every one must match. */
  readonly match: Readonly<Record<string, LabelMatch>>;
  /** Always set: a route without its own severity is refused. */
  readonly severity: Severity;
  readonly channel: string;
  readonly service: string | null;
  readonly runbooks: readonly string[];
  readonly policyContact: string | null;
  /** 1-based position in routes.yml, to name it. */
  readonly position: number;
}
export type LabelMatch =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  /** RE2 syntax, anchored at both ends. */
  | { readonly kind: 'pattern'; readonly pattern: string };
export interface RoutingConfig {
  readonly routes: readonly RouteConfig[];
  readonly groupBy: 'alertmanager' | readonly string[];
  readonly reopenWithinSeconds: number;
  readonly flapping: FlappingConfig;
  readonly alertmanager: UpstreamConfig | null;
  readonly prometheus: UpstreamConfig | null;
  readonly watchdog: { readonly alertname: string; readonly expectEverySeconds: number; readonly required: boolean };
  /** How long alerts of a severity may be silenced at most; a P0 never is. */
  readonly silences: { readonly longestSeconds: Readonly<Record<Exclude<Severity, 'P0'>, number>> };
}
/** What the bot tells of its own accord, from routes.yml; null: switched off. */
export interface ReportsConfig {
  /** What opens no thread (severities with `digest: true`), told once a day. */
  readonly digest: DigestConfig | null;
  /** The numbers of the week, told once a week. */
  readonly weekly: WeeklyConfig | null;
}
interface ReportTime {
  /** `HH:MM`, wall time. */
  readonly at: string;
  readonly timezone: string;
  /** Our word of slack.yml. */
  readonly channel: string;
}
export interface DigestConfig extends ReportTime {
  /** `business`: not on weekends and holidays of business_time. */
  readonly days: 'business' | 'daily';
}
export interface WeeklyConfig extends ReportTime {
  readonly on: Weekday;
}
/** An incident that turns (recovers, or fires again) `changes` times within the window is flapping. */
export interface FlappingConfig {
  readonly changes: number;
  readonly withinSeconds: number;
  /** Firing for so long ends it: it is paged for again. */
  readonly staysSeconds: number;
}
export interface UpstreamConfig {
  readonly urls: readonly string[];
  readonly auth:
    | { readonly bearer: string }
    | { readonly basic: { readonly username: string; readonly password: string } }
    | null;
  readonly caFile: string | null;
}

// oncall.yml
export interface PersonConfig {
  /** One human may have several Slack ids; the first is written to. */
  readonly slack: readonly string[];
  readonly email: string | null;
  readonly phone: string | null;
  readonly timezone: string | null;
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
  /** Means by which they want to be paged about P1 to P3, in that order; absent: as the level says. */
  readonly prefer?: readonly Means[];
  /** When pages about P2 and P3 wait; wall time in `timezone`. */
  readonly quietHours?: QuietHours;
}
export interface QuietHours {
  readonly days: readonly Weekday[] | null;
  readonly from: string;
  /** Before `from`: on the day after. */
  readonly to: string;
  readonly timezone: string;
}
export interface OverrideConfig {
  /** ISO date-times, read in the schedule's zone when they carry no offset. */
  readonly from: string;
  readonly to: string;
  /** Who is on call then, together; nobody when it is empty. */
  readonly people: readonly string[];
  /** A handoff that nobody has accepted; absent: people decided so. */
  readonly why?: 'handoff';
}
/** Where a layer applies; everywhere when both are null. */
export interface LayerCover {
  /** A window belongs to the day that it begins on; with `holidays` only to days that are one. */
  readonly only: {
    readonly days: readonly Weekday[] | null;
    readonly from: string | null;
    readonly to: string | null;
    readonly holidays: HolidayCalendar | null;
  } | null;
  /** Not on days that are one of these. */
  readonly exceptHolidays: HolidayCalendar | null;
}
export interface RotationLayer extends LayerCover {
  readonly kind: 'rotation';
  readonly rotation: 'hourly' | 'daily' | 'weekly' | { readonly everySeconds: number };
  /** `Mon 09:00`, `09:00` or `:00`: wall time in the schedule's zone. */
  readonly handoff: string;
  /** ISO date: the first shift starts at the first handoff on or after it. */
  readonly from: string;
  /** Who is on call together, turn by turn; an empty turn is nobody's, and covers what lies beneath. */
  readonly turns: ReadonlyArray<readonly string[]>;
}
/** Always the same people; nobody when it is empty, and that covers what lies beneath. */
export interface FixedLayer extends LayerCover {
  readonly kind: 'always';
  readonly people: readonly string[];
}
/** Who is on call stands in a calendar; a moment without an event is left to the layers beneath. */
export interface CalendarLayer extends LayerCover {
  readonly kind: 'calendar';
  readonly source: CalendarSource;
  readonly everySeconds: number;
  /** In order of time, none meeting another. Empty until the calendar is read: the on-call room lays them in. */
  readonly spans: readonly CalendarSpan[];
}
/** The path of a file is seen from the configuration's folder. */
export type CalendarSource = { readonly file: string } | { readonly url: string };
/** Epoch ms, `to` exclusive; who is on call together. */
export interface CalendarSpan {
  readonly from: number;
  readonly to: number;
  readonly people: readonly string[];
}
export type LayerConfig = RotationLayer | FixedLayer | CalendarLayer;
export interface ScheduleConfig {
  readonly timezone: string;
  readonly layers: readonly LayerConfig[];
  readonly overrides: readonly OverrideConfig[];
  /** Absent: a brief half an hour before, and the next person has to accept. */
  readonly onHandoff?: HandoffConfig;
}
/** What goes with a change of people. */
export interface HandoffConfig {
  /** How long before it the brief goes out. */
  readonly briefBeforeSeconds: number;
  /** Whether the next person has to accept. */
  readonly accept: boolean;
  /** Handle of the Slack user group that holds who is on call, without `@`; null: none. */
  readonly usergroup: string | null;
  /** Our word for the channel whose topic says who is on call; null: none. */
  readonly topic: string | null;
}
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export interface ContactConfig {
  readonly person: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
}
export interface BusinessTime {
  readonly timezone: string;
  readonly days: readonly Weekday[];
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
  /** Country (or `BR-SP`) of date-holidays; null: no holidays. */
  readonly holidays: string | null;
}
/** The most pages that a means may cost; null: as many as are wanted. */
export type PagingCap = { readonly perHour: number; readonly perDay: number } | null;
export type PagingCaps = Readonly<Record<Exclude<Means, 'dm' | 'thread'>, PagingCap>>;
export interface OncallConfig {
  readonly people: Readonly<Record<string, PersonConfig>>;
  readonly schedules: Readonly<Record<string, ScheduleConfig>>;
  readonly contacts: Readonly<Record<string, ContactConfig>>;
  readonly businessTime: BusinessTime;
  readonly paging: { readonly caps: PagingCaps };
}

// hosts.yml
interface HostMarks {
  readonly roles: readonly string[];
  /** Absent: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent: nftables or iptables of the host itself. */
  readonly firewall?: FirewallCommands;
}
/** Commands of one's own in place of the host's own firewall: a cloud's. */
export interface FirewallCommands {
  /** Given an address, seconds and a key behind it; blocks anew what is blocked already. */
  readonly block: readonly string[];
  /** Given an address behind it. */
  readonly unblock: readonly string[];
  /** Prints a JSON object a line. */
  readonly list: readonly string[];
}
export type HostConfig = LocalHostConfig | DockerHostConfig | SshHostConfig;
export type LocalHostConfig = HostMarks & { readonly connect: 'local' };
export type DockerHostConfig = HostMarks & {
  readonly connect: 'docker';
  /** Path of its Unix socket: on this machine, or on the host `via`. Not used with `tls`. */
  readonly socket: string;
  /** A host with `connect: ssh`; absent or null: this machine. */
  readonly via?: string | null;
  /** Absent or null: by socket. */
  readonly tls?: DockerTlsConfig | null;
};
export interface DockerTlsConfig {
  /** `tcp://HOST:PORT`. */
  readonly url: string;
  readonly caFile: string;
  readonly certFile: string;
  /** A path, or the key itself. */
  readonly keyFile: string;
}
export type SshHostConfig = HostMarks & {
  readonly connect: 'ssh';
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** A path, or the key itself. */
  readonly keyFile: string | null;
  /** Whether the agent's keys are tried; absent: no. */
  readonly agent?: boolean;
  /** `SHA256:…`. */
  readonly hostKey: string;
};
export interface ServiceConfig {
  readonly host: string;
  readonly environment: string | null;
  readonly driver: DriverConfig;
  readonly components: readonly string[];
  readonly probes: readonly string[];
  readonly dependsOn: readonly string[];
  /** Further hosts whose containers belong to it. */
  readonly alsoOn: readonly string[];
  /** Fewest and most copies that it may be given. */
  readonly scale: { readonly min: number; readonly max: number };
  /** What keeps new requests from a copy while it goes; null: it is only asked to stop. */
  readonly drain: DrainConfig | null;
  readonly maintenance: {
    readonly base: string | null;
    readonly token: string | null;
    readonly enter: { readonly method: string; readonly path: string };
    readonly leave: { readonly method: string; readonly path: string } | null;
  } | null;
}
/** argv arrays, in which `${copy.name}`, `${copy.id}` and `${copy.address}` stand for one copy. */
export interface DrainConfig {
  readonly out: readonly string[];
  readonly back: readonly string[];
  /** Host on which they run. */
  readonly host: string;
  readonly waitSeconds: number;
}
export type DriverConfig =
  | { readonly kind: 'container' | 'compose' | 'swarm'; readonly selector: ContainerSelector }
  | { readonly kind: 'systemd'; readonly unit: string }
  | {
      readonly kind: 'command';
      /** argv arrays, never a shell line. */
      readonly start: readonly string[];
      readonly stop: readonly string[];
      readonly status: readonly string[];
    };
export type ContainerSelector = { readonly label: string } | { readonly name: string } | { readonly id: string };

// probes.yml
interface ProbeCommon {
  readonly everySeconds: number | null;
  readonly timeoutSeconds: number;
}
/** `"> 1.2e9"`, `"< 0.7"`, `"> 80%"` (a per cent sign is dropped: 80). */
export interface Threshold {
  readonly operator: '>' | '>=' | '<' | '<=' | '==' | '!=';
  readonly value: number;
}
export interface HttpExpectation {
  readonly status: number | null;
  /** Dotted paths into the JSON answer and the values they must equal. */
  readonly json: Readonly<Record<string, string | number | boolean>> | null;
}
export type ProbeConfig = ProbeCommon &
  (
    | {
        readonly kind: 'http';
        readonly url: string;
        readonly method: 'GET' | 'HEAD';
        readonly expect: HttpExpectation;
        readonly warn: HttpExpectation | null;
      }
    | {
        readonly kind: 'metrics';
        readonly url: string;
        readonly metric: string;
        readonly labels: Readonly<Record<string, string>>;
        readonly warn: Threshold | null;
        readonly fail: Threshold | null;
      }
    | {
        readonly kind: 'redis';
        readonly url: string;
        readonly warn: Readonly<Record<string, Threshold>>;
        readonly fail: Readonly<Record<string, Threshold>>;
      }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
    | { readonly kind: 'docker'; readonly host: string; readonly selector: ContainerSelector }
    | {
        readonly kind: 'system';
        readonly host: string;
        /** `disk`, `memory`, `load` in per cent; the path of the disk measured is `path`. */
        readonly path: string;
        readonly warn: Readonly<Record<string, Threshold>>;
        readonly fail: Readonly<Record<string, Threshold>>;
      }
  );

// runbooks/*.yml
export const RISKS = ['R0', 'R1', 'R2', 'R3'] as const;
export type Risk = (typeof RISKS)[number];
export interface RunbookConfig {
  readonly runbook: string;
  readonly summary: string;
  readonly risk: Risk;
  /** What makes a run of it riskier than that. */
  readonly riskWhen: readonly RiskRule[];
  readonly parameters: Readonly<Record<string, ParameterConfig>>;
  readonly steps: readonly StepConfig[];
  readonly verify: readonly StepConfig[];
  /** Who may ask for it; empty: whoever the risk allows. Never more than the risk allows. */
  readonly who: readonly Role[];
  /** Second persons that it needs whatever its risk; R3 needs one anyway. */
  readonly approvals: number;
  /** After a run on a target, how long until the next one on it; null: none. */
  readonly cooldownSeconds: number | null;
  /** Most targets that one run may change; null: no limit. */
  readonly mostTargets: number | null;
  /** What follows when a step fails: leave all as it is, or take back what was done. */
  readonly onFailure: 'stop' | 'undo';
  /** It is a word of `/gianna`, said by its name; null: it is run by `runbook run` alone. */
  readonly word: RunbookWord | null;
}
export interface RunbookWord {
  /** Parameters that words without a name are for, in this order; a list takes all that are left. */
  readonly takes: readonly string[];
  readonly aliases: readonly string[];
  /** As they are typed after `/gianna`. */
  readonly examples: readonly string[];
}
/** A run whose parameters fulfil all conditions is of this risk at least. */
export interface RiskRule {
  readonly when: Readonly<Record<string, StepCondition>>;
  readonly risk: Risk;
  /** The author's words for it. */
  readonly says: string | null;
}
export const PARAMETER_TYPES = [
  'service',
  'host',
  'choice',
  'text',
  'number',
  'duration',
  'ip',
  'cidr',
  'address',
  'hosts',
  'secret',
] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];
export interface ParameterConfig {
  readonly type: ParameterType;
  /** Several values may be given; `hosts` are several anyway. */
  readonly list: boolean;
  readonly options: readonly string[];
  readonly default: string | number | null;
  readonly required: boolean;
  /** Of a number, or of a duration in seconds; inclusive. */
  readonly min: number | null;
  readonly max: number | null;
  /** Of a text: RE2 syntax, anchored at both ends. */
  readonly pattern: string | null;
  /** What it is for, in a few words. */
  readonly says: string | null;
}
/** A step as data: its kind and its own keys as written, `${…}` not yet substituted. */
export interface StepData {
  readonly kind: string;
  readonly body: unknown;
}
export interface StepConfig extends StepData {
  readonly id: string;
  /**
   * Hosts that it acts on, as written: a name or a reference, or one of `{ host }`, `{ hosts: [] }`, `{ role }`,
   * `{ label: 'name=value' }`; null: its kind needs none.
   */
  readonly on: unknown;
  /** All must hold, else the step is skipped: a parameter or an earlier result → its allowed values or a threshold. */
  readonly when: Readonly<Record<string, StepCondition>>;
  /** Only of steps that may be repeated. */
  readonly retries: { readonly times: number; readonly everySeconds: number } | null;
  /** Of each target; null: as its kind says. */
  readonly timeoutSeconds: number | null;
  readonly rolling: RollingConfig | null;
  /** The step that takes it back; `on` as written, null: the hosts of the step itself. */
  readonly undo: (StepData & { readonly on: unknown }) | null;
  /** A duration or a reference to one: for how long it holds, after which it is undone by itself; null: for good. */
  readonly hold: string | null;
  /** The runbook's word that it may be repeated; null: as its kind says. */
  readonly isIdempotent: boolean | null;
}
export type StepCondition =
  | { readonly kind: 'values'; readonly values: ReadonlyArray<string | number | boolean> }
  | { readonly kind: 'threshold'; readonly threshold: Threshold };
export interface RollingConfig {
  /** Targets at once: a number, or a share of all (rounded down, at least one). */
  readonly batch: { readonly count: number } | { readonly percent: number };
  /** How each must show itself before the next batch goes; probes besides, by name or reference. */
  readonly healthyWithinSeconds: number;
  readonly stableSeconds: number;
  readonly probe: string | null;
}

// policy.yml
export interface PolicyConfig {
  readonly approvals: {
    readonly expireSeconds: number;
    /** Runs that need a second person besides those of R3. */
    readonly required: readonly RunMatch[];
    /** Whether the owner of an acknowledged P0 or P1 may stand in for the second person. */
    readonly breakGlass: boolean;
  };
  readonly freeze: readonly FreezeRule[];
  readonly remediation: readonly RemediationRule[];
  /** Addresses and networks, canonical, that are never blocked. */
  readonly protected: readonly string[];
}
/** What a run must be to be meant; an empty list: whatever it is. */
export interface RunMatch {
  readonly runbooks: readonly string[];
  readonly risks: readonly Risk[];
  readonly services: readonly string[];
  readonly environments: readonly string[];
}
export interface FreezeRule {
  readonly name: string;
  readonly runs: RunMatch;
  /** Any of these holds it. */
  readonly while: {
    /** An open incident of one of these severities on the service. */
    readonly incidents: readonly Severity[];
    readonly silenced: boolean;
    /** A lease on the service taken by one of these runbooks (`maintenance`, …). */
    readonly leases: readonly string[];
    /** Wall-time windows. */
    readonly windows: readonly FreezeWindow[];
  };
}
export type FreezeWindow =
  | {
      readonly kind: 'weekly';
      readonly days: readonly Weekday[];
      readonly from: string;
      readonly to: string;
      readonly timezone: string;
    }
  /** ISO dates, the last one included. */
  | { readonly kind: 'dates'; readonly from: string; readonly to: string; readonly timezone: string };
export interface RemediationRule {
  readonly name: string;
  readonly isOn: boolean;
  readonly match: Readonly<Record<string, LabelMatch>>;
  readonly runbook: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** This probe must say one of these results, else nothing is run. */
  readonly precheck: { readonly probe: string; readonly results: ReadonlyArray<'warn' | 'fail' | 'unknown'> };
  /** How long the alert must fire before. */
  readonly afterSeconds: number;
  readonly mostPerHour: number;
  readonly cooldownSeconds: number;
  /** Runs in a row that did not help, after which the rule switches itself off. */
  readonly mostMisses: number;
}
