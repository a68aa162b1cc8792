// What the JavaScript API takes and gives, for TypeScript.

/** A run's position: how many events are over, and the time in nanoseconds. */
export interface Cursor { events: number; time: bigint; }

/** What came of playing on: the time was reached, the budget was used up, an invariant was violated by the event just
 *  before the cursor, or the run is as long as a run can be. */
export type Progress = "reached" | "paused" | "violated" | "full";

/** What a history comes to by a consistency model; operations by their places in the history. */
export interface Judged {
  level: string;
  verdict:
    | { holds: { order: number[] | null } }
    | { fails: { minimal: number[]; longest: number[]; stuck: number | null; cycle: { from: number; to: number; because: string }[] } }
    | { unknown: unknown };
}

/** A node at the cursor. */
export interface NodeNow {
  id: number;
  name: string;
  condition: "up" | "paused" | "down";
  /** How it speaks: as its protocol has it speak, or how it lies. */
  manner: "honest" | "silent" | "equivocating" | "replaying" | "corrupting" | "deceiving";
  /** What it shows; null while it is down. */
  face: {
    role: string;
    prominence: "plain" | "striving" | "leading" | "outside";
    headline: [string, number] | null;
    strip: { tone: number; solid: boolean; text: string }[];
    strip_start: number;
    ring: string | null;
    note: string | null;
  } | null;
  timers: { name: string; armed: string; due: string }[];
  unsynced: number;
  lamport: number;
}

/** A node in full at the cursor. Spans and times are texts such as "150ms". */
export interface StateNow {
  durable: unknown;
  volatile: unknown;
  clock: string;
  drift: number;
  disk: string;
  disk_lies: boolean;
  lamport: number;
  vector: number[];
}

/** One event of the recorded run. */
export interface RunEvent {
  id: number;
  /** Nanoseconds. */
  at: bigint;
  /** The node's name; null for an event of the network. */
  node: string | null;
  kind: "boot" | "deliver" | "timer" | "durable" | "fault";
  /** The message's type, the timer's name or the intervention's name. */
  what: string | null;
  /** The number of the message that arrived. */
  message: number | null;
  cause: number | null;
  before: number | null;
  lamport: number;
  /** The lines of the pseudo-code that ran. */
  lines: number[];
}

/** A message on its way at the cursor. */
export interface MailNow {
  id: number;
  type: string;
  from: string;
  to: string;
  nth: number;
  copy: number;
  sent: bigint;
  due: bigint;
  doomed: boolean;
  /** It is not what the sender's process said. */
  lie: boolean;
}

/** A client operation. */
export interface OpNow {
  id: number;
  node: string;
  op: unknown;
  invoked: bigint;
  /** Null while it is pending. */
  answered: bigint | null;
  answer: unknown;
}

/** An invariant that does not hold. */
export interface Violation {
  invariant: string;
  event: number;
  evidence: { node: string; event: number; text: string }[];
}

/** A measure of the whole world over the recorded run: what it is from each time on, up to `until` (nanoseconds). */
export interface MeasureOverRun {
  name: string;
  /** Empty for a bare number. */
  unit: string;
  points: { at: bigint; value: number }[];
  until: bigint;
}

/** How well the run went up to the cursor: by measure (`latency`, `requests`, `node`, `system`, `leader`, `sent`…), by what
 *  it is of (a type of operation or message, a node, or `all`), and by statistic (`p95`, `share-up`…). Times are in whole
 *  nanoseconds, shares in millionths; in `run`, what is called `throughput`, `…-per-request` or `…-set-off` in thousandths. */
export interface Performance {
  until: number;
  limit: number;
  [measure: string]: number | Record<string, number | Record<string, number>>;
}

/** How an expectation of the scenario stands; null while that is open. */
export interface Outcome { text: string; met: boolean | null; }

/** An intervention as a scenario file writes it, without its time: `{ crash: "n1" }`, `{ cut: ["n1", "n2"] }`,
 *  `{ partition: [["n1", "n2"]] }`, `{ clock: "n3", offset: "50ms" }`, or the same as TOML. */
export type Intervention = Record<string, unknown> | string;
