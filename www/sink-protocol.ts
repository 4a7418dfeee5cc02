// Generated from src/sink/protocol.rs by its test: `UPDATE=1 cargo test protocol`.

/**
 * What a sink tells.
 */
export type SinkEvent = { "type": "progress", 
/**
 * The state.
 */
state: SinkState, 
/**
 * The figures.
 */
counters: SinkCounters, } | { "type": "throughput", 
/**
 * Where the chart's axis of time ends, in milliseconds since the start.
 */
untilMs: number, 
/**
 * Milliseconds since the start, and the records acknowledged a second in the time before.
 */
points: Array<[number, number]>, } | { "type": "log", 
/**
 * The lines.
 */
lines: Array<LogLine>, } | { "type": "listed", 
/**
 * Which list.
 */
fate: ListedFate, 
/**
 * How many records the whole list has.
 */
total: number, 
/**
 * How many come before these.
 */
from: number, 
/**
 * The records.
 */
records: Array<ListedRecord>, };

/**
 * Where to send, what, and how fast.
 */
export type ConnectSettings = { 
/**
 * The proxy's address, `http://` or `https://`, without user, query or fragment. A path is kept
 * (`/kafka` for Confluent Cloud and Confluent Server).
 */
url: string, 
/**
 * The version of the API.
 */
api: Api, 
/**
 * The cluster's id, for v3; asked of the server when it is not given.
 */
cluster: string | null, 
/**
 * How the client authenticates.
 */
auth: AuthKind, 
/**
 * Which topic of the run goes to which of Kafka; at least one.
 */
topics: Array<TopicMapping>, 
/**
 * How values are sent.
 */
values: ValueForm, 
/**
 * How keys are sent.
 */
keys: KeyForm, 
/**
 * How fast.
 */
rate: RateSetting, 
/**
 * What becomes of the timestamps in the records.
 */
timestamps: Timestamps, 
/**
 * Requests in flight at once, 1 to 16.
 */
connections: number, 
/**
 * Most records in a request, 1 to 500.
 */
batchRecords: number, 
/**
 * Most bytes in a request's body, 1,000 to 900,000.
 */
batchBytes: number, 
/**
 * How long a batch waits to become full, in milliseconds, 0 to 60,000.
 */
lingerMs: number, 
/**
 * How long an answer may take, in milliseconds, 1,000 to 600,000.
 */
timeoutMs: number, 
/**
 * How often a record is sent again before it is given up, 0 to 1,000.
 */
retries: number, 
/**
 * Whether a record with an unknown outcome is sent again (delivery at least once). Otherwise it
 * is listed as unknown at once (at most once).
 */
retryUnknown: boolean, };

/**
 * The version of the REST Proxy API.
 */
export type Api = "v2" | "v3";

/**
 * How a client authenticates.
 */
export type AuthKind = "none" | "basic" | "bearer";

/**
 * A user and password, an API key and secret, or a bearer token. Held in memory only.
 */
export type Credentials = { 
/**
 * The user or API key; empty with a bearer token.
 */
user: string, 
/**
 * The password, secret or token.
 */
password: string, };

/**
 * A topic of the run and the topic of Kafka that it goes to.
 */
export type TopicMapping = { 
/**
 * The topic of the run: the raw mixed topic, or the output topic of a query.
 */
from: string, 
/**
 * The topic of Kafka.
 */
to: string, };

/**
 * How values are sent.
 */
export type ValueForm = "bytes" | "json";

/**
 * How keys are sent.
 */
export type KeyForm = "string" | "json" | "none";

/**
 * How fast records are sent.
 */
export type RateSetting = { "type": "asFastAsPossible" } | { "type": "constant", 
/**
 * Records a second, over 0.
 */
perSecond: number, } | { "type": "envelope", 
/**
 * Records a second on average, over 0.
 */
perSecond: number, } | { "type": "replay", 
/**
 * Virtual seconds in a second, over 0.
 */
speed: number, };

/**
 * What becomes of the event timestamps in the records.
 */
export type Timestamps = { "type": "current" } | { "type": "shifted", 
/**
 * Milliseconds, negative for the past.
 */
byMs: number, } | { "type": "simulated" };

/**
 * Something wrong with a field of the settings.
 */
export type FieldError = { 
/**
 * The field.
 */
field: Field, 
/**
 * Which row of the topics, from 0.
 */
row: number | null, 
/**
 * What is wrong and what to do.
 */
message: string, };

/**
 * A field of the settings.
 */
export type Field = "url" | "cluster" | "user" | "password" | "topics" | "rate" | "connections" | "batchRecords" | "batchBytes" | "lingerMs" | "timeoutMs" | "retries";

/**
 * Whether a sink sends.
 */
export type SinkState = { "type": "idle" } | { "type": "running" } | { "type": "paused" } | { "type": "halted", 
/**
 * What is wrong and what to do.
 */
reason: string, } | { "type": "draining" } | { "type": "done" };

/**
 * Figures of a sink since it was started. Always `accepted = buffered + withdrawn + sent` and
 * `sent = acknowledged + failed + unknown + in flight + waiting`; the last two are 0 at the end.
 */
export type SinkCounters = { 
/**
 * Records taken from the run.
 */
accepted: number, 
/**
 * Records taken and not sent yet.
 */
buffered: number, 
/**
 * Records taken and given back by a stop without drain, never sent.
 */
withdrawn: number, 
/**
 * Records sent at least once, or refused before that because the proxy could not take them.
 */
sent: number, 
/**
 * Records that the proxy says are written.
 */
acknowledged: number, 
/**
 * Records that are certainly not written, and given up.
 */
failed: number, 
/**
 * Records that may or may not be written, and given up.
 */
unknown: number, 
/**
 * Records in requests that are not answered yet.
 */
inFlight: number, 
/**
 * Records that wait to be sent again.
 */
waiting: number, 
/**
 * How often a record was sent again.
 */
retried: number, 
/**
 * Records that were sent again although they may have been written already.
 */
possibleDuplicates: number, 
/**
 * Records that failed, or were written, after a later one of the same key was written.
 */
reordered: number, 
/**
 * Requests sent.
 */
requests: number, 
/**
 * Bytes of bodies sent.
 */
bytes: number, 
/**
 * Records acknowledged a second, over the last seconds.
 */
rate: number, 
/**
 * How long requests took to be answered, in milliseconds, over the last ones.
 */
latencyMs: number, 
/**
 * Records by which the sink is behind the rate that was asked for.
 */
lag: number, 
/**
 * By how long it is behind, in milliseconds.
 */
lagMs: number, 
/**
 * Failures and refusals by what the proxy said.
 */
reasons: Array<ReasonCount>, };

/**
 * How often a proxy gave a reason.
 */
export type ReasonCount = { 
/**
 * The reason, without anything particular to a record.
 */
reason: string, 
/**
 * How many records.
 */
count: number, };

/**
 * Lists that a sink keeps.
 */
export type ListedFate = "failed" | "unknown" | "reordered";

/**
 * A record of a list.
 */
export type ListedRecord = { 
/**
 * Its place among the records taken, from 0.
 */
sequence: number, 
/**
 * The topic of Kafka.
 */
topic: string, 
/**
 * The key as text.
 */
key: string | null, 
/**
 * The beginning of the value as text, at most 1,024 characters.
 */
value: string, 
/**
 * How often it was sent.
 */
attempts: number, 
/**
 * What the proxy said, or what happened.
 */
reason: string, };

/**
 * A line of the activity log. It holds no secret: no header, no body, no credential.
 */
export type LogLine = { 
/**
 * When, in milliseconds since the sink was started.
 */
atMs: number, 
/**
 * How grave it is.
 */
level: LogLevel, 
/**
 * What happened.
 */
text: string, };

/**
 * How grave a line of the log is.
 */
export type LogLevel = "info" | "warning" | "error";
