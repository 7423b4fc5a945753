/** A large run of the test suite: what it holds, and how often it strikes in full. */
export interface LargeRun {
  /** What it is called on the command line. */
  readonly name: string;
  /** The promise, as users read it. */
  readonly promise: string;
  readonly file: string;
  /** Strikes of the full run; `npm test` and the plain command take the file's own sample. */
  readonly full: number;
}

export const RUNS: readonly LargeRun[] = [
  {
    name: 'intake',
    promise:
      'every payload that was answered 200 is kept, with one incident a group and one thread an incident (kill -9)',
    file: 'test/real/kill-bot.test.ts',
    full: 200,
  },
  {
    name: 'journal',
    promise: 'no acknowledged row or event is lost, and the chain stays whole (kill -9 of the writer)',
    file: 'test/real/journal-kill.test.ts',
    full: 200,
  },
  {
    name: 'actions',
    promise: 'an action runs at most once; what was broken off ends as unknown (kill -9 in the middle of runs)',
    file: 'test/real/run-killed.test.ts',
    full: 1_000,
  },
  {
    name: 'undos',
    promise: 'nothing is taken back twice, called so while it stands, or held for ever (kill -9 in undos and leases)',
    file: 'test/real/undo-killed.test.ts',
    full: 200,
  },
  {
    name: 'hosts',
    promise: 'a run over many hosts ends in its time, with a line for each, though every tenth is dead',
    file: 'test/real/run-many-hosts.test.ts',
    full: 200,
  },
  {
    name: 'incidents',
    promise: 'incidents are what a tiny reference says, under deliveries, people, timers and crashes',
    file: 'test/flows/incident-model.property.test.ts',
    full: 30_000,
  },
  {
    name: 'order',
    promise: 'any order and duplication of deliveries ends in the same truth',
    file: 'test/flows/alert-order.property.test.ts',
    full: 600,
  },
  {
    name: 'together',
    promise: 'payloads decided together end as they do one by one',
    file: 'test/flows/alert-together.property.test.ts',
    full: 400,
  },
  {
    name: 'ack-race',
    promise: 'an acknowledgement suppresses the page or comes after it',
    file: 'test/flows/ack-race.test.ts',
    full: 10_000,
  },
  {
    name: 'ack-crash',
    promise: 'no page later than the acknowledgement, none lost (ack, resolve, timer and crash)',
    file: 'test/flows/ack-race-crash.test.ts',
    full: 5_000,
  },
  {
    name: 'matrix',
    promise: 'each step of the severity matrix comes once, at most 5 s late, marked late (kill -9 at every wait)',
    file: 'test/flows/matrix-kill.test.ts',
    full: 1,
  },
  {
    name: 'schedules',
    promise: 'at every minute of two years exactly the expected people are on call',
    file: 'test/oncall/schedule.property.test.ts',
    full: 300,
  },
];
