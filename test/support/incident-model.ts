/**
 * A tiny reference for one group of alerts, written from the words of the contract alone: what its incidents must be
 * after each delivery, command and timer. It imports nothing of what it judges. Times are epoch milliseconds.
 */
export type ModelSeverity = 'P0' | 'P1' | 'P2' | 'P3';
export interface ModelMessage {
  readonly alert: string;
  readonly severity: ModelSeverity;
  readonly start: number;
  /** null: it fires. */
  readonly end: number | null;
}
export interface ModelCommand {
  readonly verb: 'ack' | 'resolve' | 'assign' | 'snooze' | 'unsnooze' | 'severity' | 'reopen';
  readonly by: string;
  /** Position of the incident among those of the group. */
  readonly incident: number;
  readonly to?: string;
  readonly seconds?: number;
}
export interface ModelIncident {
  status: 'firing' | 'acknowledged' | 'recovered' | 'resolved' | 'closed';
  owner: string | null;
  severity: ModelSeverity;
  previous: number | null;
  quietUntil: number | null;
  flapping: boolean;
  /** Somebody is paged, or every page of the policy went out. */
  paging: boolean;
}
interface Facts extends ModelIncident {
  chosen: boolean;
  held: boolean;
  turns: number[];
  raisedWhileFlapping: boolean;
  endsAt: number | null;
  closesAt: number | null;
}
interface Row {
  /** Position of the incident; -1: none. */
  incident: number;
  readonly alert: string;
  start: number;
  end: number | null;
}
interface Touched {
  started: boolean;
  most: ModelSeverity | null;
  mostStarted: ModelSeverity | null;
}

export interface ModelRules {
  readonly reopenMs: number;
  readonly autoResolveMs: number;
  readonly flapping: { readonly changes: number; readonly withinMs: number; readonly staysMs: number };
}

const MORE = (one: ModelSeverity, other: ModelSeverity): boolean => one < other;

/** The reference of one group. */
export interface IncidentModel {
  readonly incidents: readonly ModelIncident[];
  /** What happened that is worth counting. */
  readonly seen: readonly string[];
  counts(incident: number): { firing: number; ended: number };
  deliver(messages: readonly ModelMessage[], now: number): void;
  /** Whether it is done; else it is refused. */
  command(asked: ModelCommand, now: number): boolean;
  /** Timers that are due by `now`, late or not. */
  pass(now: number): void;
}

export function createIncidentModel(rules: ModelRules): IncidentModel {
  const incidents: Facts[] = [];
  const rows: Row[] = [];
  const seen: string[] = [];
  let closedLast: number | null = null;

  function counts(incident: number): { firing: number; ended: number } {
    const own = rows.filter((row) => row.incident === incident);
    const firing = own.filter((row) => row.end === null).length;
    return { firing, ended: own.length - firing };
  }

  function deliver(messages: readonly ModelMessage[], now: number): void {
    const touched = new Map<number, Touched>();
    const before = incidents.length;
    for (const message of messages) take(message, now, touched);
    for (const [index, what] of touched) settle(index, what, index >= before, now);
  }

  const ownedAt = new Map<object, number>();
  let clock = 0;

  /** Whether it is done; else it is refused. */
  function command({ verb, by, incident: index, to, seconds }: ModelCommand, now: number): boolean {
    clock = now;
    const one = incidents[index];
    if (one === undefined) return false;
    const isOver = one.status === 'resolved' || one.status === 'closed';
    switch (verb) {
      case 'ack':
        // its owner, once more: still on it
        if (one.status === 'acknowledged') return one.owner === by && now - (ownedAt.get(one) ?? now) >= 60_000;
        if (one.status !== 'firing') return false;
        return own(one, by, 'acknowledged');
      case 'assign':
        if (isOver || one.owner === to) return false;
        return own(one, to ?? '', one.status === 'firing' ? 'acknowledged' : one.status);
      case 'resolve':
        if (isOver) return false;
        return end(one, now);
      case 'snooze':
        if (isOver || one.status === 'acknowledged') return false;
        one.quietUntil = now + (seconds ?? 0) * 1000;
        one.raisedWhileFlapping = false;
        return judge(one);
      case 'unsnooze':
        if (one.quietUntil === null) return false;
        one.quietUntil = null;
        return judge(one);
      case 'severity':
        return !isOver && to !== one.severity && choose(one, to as ModelSeverity, now);
      case 'reopen':
        return reopen(index, one, now);
      default:
        return false;
    }
  }

  /** Timers that are due by `now`, late or not. */
  function pass(now: number): void {
    const { flapping } = rules;
    for (const one of incidents) {
      if (one.quietUntil !== null && one.quietUntil <= now) {
        one.quietUntil = null;
        note('woken by its timer');
      }
      if (one.endsAt !== null && one.endsAt <= now) {
        end(one, now);
        note('resolved by itself');
      }
      if (one.closesAt !== null && one.closesAt <= now) close(one);
      const stays = isFiring(one) ? flapping.staysMs : flapping.withinMs;
      if (one.flapping && (one.turns.at(-1) ?? 0) + stays <= now) {
        note(isFiring(one) ? 'stayed firing after flapping' : 'stayed quiet after flapping');
        Object.assign(one, { flapping: false, turns: [], raisedWhileFlapping: false });
      }
      judge(one);
    }
  }

  function take(message: ModelMessage, now: number, touched: Map<number, Touched>): void {
    const { alert, start, end } = message;
    const known = latest(alert);
    if (end !== null) return void takeEnd(message, end, known, touched);
    if (known === null) return void begin(message, now, touched);
    if (known.end === null) {
      if (start > known.start) return void move(message, known, now, touched);
      return void fires(touch(touched, known.incident), message);
    }
    const isOld = start <= known.start || start < known.end;
    if (!isOld) return void begin(message, now, touched);
    note('an old start ignored');
    if (known.incident >= 0) touch(touched, known.incident);
  }

  function takeEnd(
    { alert, start }: ModelMessage,
    end: number,
    known: Row | null,
    touched: Map<number, Touched>,
  ): void {
    if (known === null) return void rows.push({ incident: -1, alert, start, end });
    if (known.end === null) {
      touch(touched, known.incident);
      if (known.start < end || known.start === start)
        Object.assign(known, { start: Math.max(known.start, start), end });
      else note('an old end ignored');
      return;
    }
    if (end > known.end) Object.assign(known, { start: Math.max(known.start, start), end });
    else if (known.incident >= 0) touch(touched, known.incident);
  }

  function move(message: ModelMessage, known: Row, now: number, touched: Map<number, Touched>): void {
    const one = incidents[known.incident];
    closeWhenOverdue(one, now, touched, known.incident);
    note('a newer start whose end was never told');
    if (one === undefined || one.status === 'closed') {
      touch(touched, known.incident);
      known.end = message.start;
      return void begin(message, now, touched);
    }
    known.start = message.start;
    starts(touch(touched, known.incident), message);
  }

  function begin(message: ModelMessage, now: number, touched: Map<number, Touched>): void {
    const { alert, start } = message;
    const index = home(message, now, touched);
    const row = rows.find((each) => each.alert === alert && each.incident === index);
    if (row === undefined) rows.push({ incident: index, alert, start, end: null });
    else Object.assign(row, { start, end: null });
    starts(touch(touched, index), message);
  }

  /** The open incident of the group, else a new one. */
  function home({ severity }: ModelMessage, now: number, touched: Map<number, Touched>): number {
    const last = incidents.length - 1;
    closeWhenOverdue(incidents[last], now, touched, last);
    const one = incidents[last];
    if (one !== undefined && one.status !== 'closed') return last;
    if (one !== undefined) note('a new incident after a closed one');
    return open(severity, one === undefined ? null : closedLast);
  }

  function open(severity: ModelSeverity, previous: number | null): number {
    incidents.push({
      status: 'firing',
      owner: null,
      severity,
      previous,
      quietUntil: null,
      flapping: false,
      paging: severity !== 'P3',
      chosen: false,
      held: false,
      turns: [],
      raisedWhileFlapping: false,
      endsAt: null,
      closesAt: null,
    });
    return incidents.length - 1;
  }

  /** What the payload comes to for one incident, once its alerts are counted. */
  function settle(index: number, what: Touched, isNew: boolean, now: number): void {
    const one = incidents[index];
    if (one === undefined) return;
    const isEmpty = counts(index).firing === 0;
    if (isNew) {
      if (what.most !== null && MORE(what.most, one.severity)) one.severity = what.most;
      if (isEmpty) recover(one, now);
      return void judge(one);
    }
    const was = one.status;
    turnBack(one, what, now);
    if (isFiring(one) && isEmpty && !(one.held && !what.started)) recover(one, now);
    if (!isEmpty) one.held = false;
    beginFlapping(one, now, was !== one.status || what.started);
    const most = one.chosen ? what.mostStarted : what.most;
    const isLive = was !== 'closed' && (was !== 'resolved' || what.started);
    if (most !== null && isLive && MORE(most, one.severity)) {
      if (one.chosen) note('raised above what a person chose');
      raise(one, most);
      if (one.status === 'recovered') one.endsAt = autoAt(one, now);
    }
    judge(one);
  }

  function turnBack(one: Facts, { started }: Touched, now: number): void {
    if (!started) return;
    if (one.status === 'recovered') {
      note('fires again after it recovered');
      one.status = one.owner === null ? 'firing' : 'acknowledged';
    } else if (one.status === 'resolved') {
      note('reopened by its alerts');
      Object.assign(one, { status: 'firing', owner: null });
    } else return;
    Object.assign(one, { held: false, endsAt: null, closesAt: null });
    one.turns.push(now);
  }

  function recover(one: Facts, now: number): void {
    Object.assign(one, { status: 'recovered', raisedWhileFlapping: false });
    one.turns.push(now);
    one.endsAt = autoAt(one, now);
  }

  function beginFlapping(one: Facts, now: number, isTurned: boolean): void {
    const { changes, withinMs } = rules.flapping;
    if (one.flapping || !isTurned || !isFiring(one) || one.turns.at(-1) !== now) return;
    if (one.turns.filter((at) => at > now - withinMs).length < changes) return;
    one.flapping = true;
    note('flapping begins');
  }

  function raise(one: Facts, to: ModelSeverity): void {
    one.severity = to;
    if (one.quietUntil !== null) note('woken because it is more urgent');
    one.quietUntil = null;
    if (one.flapping && one.status === 'firing') one.raisedWhileFlapping = true;
  }

  function choose(one: Facts, to: ModelSeverity, now: number): boolean {
    if (MORE(to, one.severity)) raise(one, to);
    else Object.assign(one, { severity: to, raisedWhileFlapping: false });
    one.chosen = true;
    if (one.status === 'recovered') one.endsAt = autoAt(one, now);
    return judge(one);
  }

  function own(one: Facts, owner: string, status: Facts['status']): boolean {
    ownedAt.set(one, clock);
    Object.assign(one, { owner, status, quietUntil: null, raisedWhileFlapping: false });
    return judge(one);
  }

  function end(one: Facts, now: number): boolean {
    const closesAt = now + rules.reopenMs;
    Object.assign(one, { status: 'resolved', endsAt: null, closesAt, quietUntil: null, raisedWhileFlapping: false });
    return judge(one);
  }

  function close(one: Facts): void {
    Object.assign(one, { status: 'closed', closesAt: null, quietUntil: null, flapping: false });
    closedLast = incidents.indexOf(one);
    judge(one);
  }

  function closeWhenOverdue(one: Facts | undefined, now: number, touched: Map<number, Touched>, index: number): void {
    if (one?.status !== 'resolved' || one.closesAt === null || now <= one.closesAt) return;
    note('closed by what came after its time');
    close(one);
    touch(touched, index);
  }

  function reopen(index: number, one: Facts, now: number): boolean {
    if (one.status === 'resolved') {
      const held = counts(index).firing === 0;
      Object.assign(one, { status: 'firing', owner: null, closesAt: null, held });
      note('reopened by a person');
      return judge(one);
    }
    const last = incidents.at(-1);
    if (one.status !== 'closed' || (last !== undefined && last.status !== 'closed')) return false;
    const to = open(one.severity, index);
    for (const row of rows) if (row.incident === index && row.end === null) row.incident = to;
    const anew = incidents[to];
    if (anew !== undefined) anew.held = counts(to).firing === 0;
    note('a new incident in place of a closed one');
    return now > 0;
  }

  function autoAt(one: Facts, now: number): number | null {
    return one.severity === 'P2' || one.severity === 'P3' ? now + rules.autoResolveMs : null;
  }

  /** Somebody is paged while it fires, nobody has it, and nothing keeps it quiet. */
  function judge(one: Facts): true {
    const isStill = one.quietUntil !== null || (one.flapping && !one.raisedWhileFlapping);
    one.paging = one.severity !== 'P3' && one.status === 'firing' && !isStill;
    return true;
  }

  function latest(alert: string): Row | null {
    const own = rows.filter((row) => row.alert === alert);
    const open = own.find((row) => row.end === null);
    if (open !== undefined) return open;
    return own.reduce<Row | null>((best, row) => (best === null || isLater(row, best) ? row : best), null);
  }

  function touch(touched: Map<number, Touched>, index: number): Touched {
    const known = touched.get(index) ?? { started: false, most: null, mostStarted: null };
    touched.set(index, known);
    return known;
  }

  function fires(what: Touched, { severity }: ModelMessage): void {
    if (what.most === null || MORE(severity, what.most)) what.most = severity;
  }

  function starts(what: Touched, message: ModelMessage): void {
    what.started = true;
    if (what.mostStarted === null || MORE(message.severity, what.mostStarted)) what.mostStarted = message.severity;
    fires(what, message);
  }

  function note(what: string): void {
    seen.push(what);
  }
  return { incidents, seen, counts, deliver, command, pass };
}

function isFiring({ status }: ModelIncident): boolean {
  return status === 'firing' || status === 'acknowledged';
}

function isLater(row: Row, other: Row): boolean {
  const [end, otherEnd] = [row.end ?? 0, other.end ?? 0];
  return end > otherEnd || (end === otherEnd && row.start > other.start);
}
