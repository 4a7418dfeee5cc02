// Generated from src/lab/protocol.rs by its test: `UPDATE=1 cargo test protocol`.

/**
 * What a person can ask for.
 */
export type Command = { "type": "load", 
/**
 * The configuration as the YAML's tree; `null` for the built-in news site.
 */
config: unknown, 
/**
 * The seed, 0 to 2^53 − 1.
 */
seed: number, 
/**
 * The script of the pipeline; `null` for the built-in one.
 */
script: string | null, } | { "type": "play" } | { "type": "pause" } | { "type": "step", 
/**
 * How far.
 */
ms: number, } | { "type": "speed", 
/**
 * The factor, more than 0.
 */
factor: number | null, } | { "type": "seek", 
/**
 * Where to.
 */
toMs: number, } | { "type": "apply", 
/**
 * The setting.
 */
setting: Setting, } | { "type": "pauseQuery", 
/**
 * The query.
 */
query: string, } | { "type": "resumeQuery", 
/**
 * The query.
 */
query: string, } | { "type": "coalesce", 
/**
 * On or off.
 */
on: boolean, } | { "type": "execute", 
/**
 * The script.
 */
script: string, } | { "type": "endPush", 
/**
 * Its number.
 */
id: number, } | { "type": "check", 
/**
 * The script.
 */
script: string, 
/**
 * Whether it is the pipeline of a new run, where nothing is declared yet.
 */
anew: boolean, } | { "type": "format", 
/**
 * The script.
 */
script: string, } | { "type": "sql" } | { "type": "vocabulary" } | { "type": "catalog" } | { "type": "inspect", 
/**
 * The topic.
 */
topic: string | null, };

/**
 * What a lab tells.
 */
export type Event = { "type": "loaded", 
/**
 * The seed.
 */
seed: number, 
/**
 * Where virtual time begins.
 */
startMs: number, 
/**
 * The dataflow.
 */
flow: Flow, 
/**
 * What was ignored in the configuration, and why.
 */
notices: Array<string>, 
/**
 * The script of its pipeline.
 */
script: string, 
/**
 * Whether that is the built-in one.
 */
builtIn: boolean, } | { "type": "refused", 
/**
 * Everything that is wrong.
 */
problems: Array<Problem>, } | { "type": "answers", 
/**
 * One each, up to the first that was refused.
 */
answers: Array<Answer>, } | { "type": "checked", 
/**
 * Where the statements are that can be read.
 */
statements: Array<Span>, 
/**
 * All that was found.
 */
diagnostics: Array<Diagnostic>, } | { "type": "formatted", 
/**
 * The script.
 */
script: string, } | { "type": "sql", 
/**
 * The pipeline's script, and after it the statements that changed the run since.
 */
script: string, } | { "type": "vocabulary" } & Vocabulary | { "type": "catalog" } & CatalogNames | { "type": "pushed", 
/**
 * Its number.
 */
id: number, 
/**
 * What came since the last time.
 */
pushed: PushRows, } | { "type": "flowChanged", 
/**
 * The dataflow.
 */
flow: Flow, } | { "type": "tick" } & Tick | { "type": "inspection" } & Inspection | { "type": "chart" } & ChartData | { "type": "failed", 
/**
 * What happened.
 */
message: string, 
/**
 * The run up to there as a file (JSON), for `streamglass replay`.
 */
saved: string, };

/**
 * The answer to one statement.
 */
export type Answer = { 
/**
 * Where the statement stands in the script.
 */
span: Span, 
/**
 * Whether it changed what the run computes.
 */
changed: boolean, 
/**
 * What it led to.
 */
outcome: Outcome, };

/**
 * What a statement led to.
 */
export type Outcome = { "type": "done", 
/**
 * What was done.
 */
message: string, } | { "type": "lists", 
/**
 * One or more.
 */
lists: Array<List>, } | { "type": "started", 
/**
 * Its id.
 */
query: string, } | { "type": "push", 
/**
 * Its number.
 */
id: number, 
/**
 * The columns.
 */
columns: Array<ResultColumn>, } | { "type": "rows", 
/**
 * The columns.
 */
columns: Array<ResultColumn>, 
/**
 * The rows; each cell is the JSON of its value.
 */
rows: Array<Array<string>>, 
/**
 * What is to be known of them.
 */
notes: Array<string>, } | { "type": "plan", 
/**
 * Its nodes, each after its inputs.
 */
nodes: Array<PlanNode>, } | { "type": "refused", 
/**
 * All that was found.
 */
diagnostics: Array<Diagnostic>, };

/**
 * A list with a name for each column.
 */
export type List = { 
/**
 * What is listed.
 */
title: string, 
/**
 * Names of the columns.
 */
columns: Array<string>, 
/**
 * The rows, as text.
 */
rows: Array<Array<string>>, };

/**
 * A column of a result.
 */
export type ResultColumn = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its SQL type.
 */
dataType: string, };

/**
 * A node of a plan.
 */
export type PlanNode = { 
/**
 * Its name in the plan.
 */
name: string, 
/**
 * What it does.
 */
operation: string, 
/**
 * How it does it, a line each.
 */
details: Array<string>, 
/**
 * The nodes before it whose rows it takes.
 */
inputs: Array<number>, };

/**
 * Rows of a push query, since they were last taken.
 */
export type PushRows = { 
/**
 * Each cell is the JSON of its value.
 */
rows: Array<Array<string>>, 
/**
 * Rows that made room for newer ones before they were taken.
 */
dropped: number, 
/**
 * Whether no more will come: the limit is reached, or it stopped.
 */
ended: boolean, 
/**
 * Why it stopped, if it did.
 */
failure: string | null, };

/**
 * One finding.
 */
export type Diagnostic = { 
/**
 * Its kind.
 */
code: Code, 
/**
 * How bad it is.
 */
severity: Severity, 
/**
 * What is wrong, in one line, without a full stop.
 */
message: string, 
/**
 * Where.
 */
span: Span, 
/**
 * Other places that matter.
 */
labels: Array<Label>, 
/**
 * What to do about it.
 */
help: string | null, };

/**
 * Whether a script with this diagnostic can run.
 */
export type Severity = "warning" | "error";

/**
 * The number of a kind of diagnostic, printed as `SG-0101`: 01xx syntax, 02xx names,
 * 03xx types, 04xx rules of statements, 09xx what is not supported.
 */
export type Code = number;

/**
 * A second place that explains the first one.
 */
export type Label = { 
/**
 * Where.
 */
span: Span, 
/**
 * What is to be seen there; may be empty.
 */
message: string, };

/**
 * The bytes `start..end` of a text of less than 4 GiB.
 */
export type Span = { 
/**
 * The first byte.
 */
start: number, 
/**
 * The byte after the last one.
 */
end: number, };

/**
 * The words of the language. The same for all runs.
 */
export type Vocabulary = { 
/**
 * Keywords, in upper case.
 */
keywords: Array<string>, 
/**
 * Those of them that are not reserved: a column can be called so.
 */
canBeNames: Array<string>, 
/**
 * Names of types.
 */
types: Array<string>, 
/**
 * Functions, by name.
 */
functions: Array<FunctionDoc>, };

/**
 * A function as people see it.
 */
export type FunctionDoc = { 
/**
 * Its name, in upper case.
 */
name: string, 
/**
 * `scalar`, `aggregate` or `table`.
 */
kind: string, 
/**
 * What it does.
 */
doc: string, 
/**
 * How it is called, one for each overload.
 */
signatures: Array<string>, };

/**
 * What there is by name in a run.
 */
export type CatalogNames = { 
/**
 * Streams and tables, by name.
 */
sources: Array<SourceNames>, 
/**
 * Ids of the persistent queries, in the order in which they were started.
 */
queries: Array<string>, };

/**
 * A stream or table.
 */
export type SourceNames = { 
/**
 * Its name as a statement must write it.
 */
name: string, 
/**
 * `stream` or `table`.
 */
kind: string, 
/**
 * The topic that it is a view of.
 */
topic: string, 
/**
 * Its columns, key columns first.
 */
columns: Array<ColumnName>, };

/**
 * A column.
 */
export type ColumnName = { 
/**
 * Its name as a statement must write it.
 */
name: string, 
/**
 * Its SQL type.
 */
dataType: string, 
/**
 * Whether it is part of the key.
 */
key: boolean, };

/**
 * A change to a running generator.
 */
export type Setting = { "setting": "sessionRate", "value": number } | { "setting": "mode", "value": string | null } | { "setting": "delay", "value": LogNormal } | { "setting": "tail", "value": Tail } | { "setting": "skew", "value": Skew } | { "setting": "outage", "value": { 
/**
 * The partition, from 0.
 */
partition: number, 
/**
 * How long.
 */
seconds: number, } } | { "setting": "fault", "value": { 
/**
 * Which.
 */
kind: FaultKind, 
/**
 * As in [`Rate::value`]: 0 (for a burst 1) turns the fault off.
 */
rate: number, } };

/**
 * A rare, long delay: a phone that comes back online.
 */
export type Tail = { 
/**
 * Share of records, 0–1.
 */
share: number, 
/**
 * What is added to their delay.
 */
delay: LogNormal, };

/**
 * A log-normal duration.
 */
export type LogNormal = { 
/**
 * Median in seconds.
 */
medianSeconds: number, 
/**
 * Standard deviation of the logarithm.
 */
sigma: number, };

/**
 * Clients whose clock is wrong.
 */
export type Skew = { 
/**
 * Share of clients (sessions), 0–1.
 */
share: number, 
/**
 * What is added to their time, in microseconds; positive is fast.
 */
offsetMicros: number, };

/**
 * The faults that have a rate.
 */
export type FaultKind = "duplicate" | "drop" | "malformed" | "missingKey" | "poison" | "bot" | "burst";

/**
 * Something wrong with what was asked.
 */
export type Problem = { 
/**
 * Where, like `StateMachine.StateTransitionMatrix.default.home`; empty for the whole.
 */
path: string, 
/**
 * What is wrong and what to do.
 */
message: string, };

/**
 * The dataflow as a graph, from the generator to the results.
 */
export type Flow = { 
/**
 * Nodes, in topological order.
 */
nodes: Array<FlowNode>, 
/**
 * Edges as pairs of indices into `nodes`.
 */
edges: Array<[number, number]>, };

/**
 * A node of the dataflow.
 */
export type FlowNode = { 
/**
 * A name for people, unique in the flow: of a topic its own.
 */
label: string, 
/**
 * What it is.
 */
kind: FlowKind, 
/**
 * One line on what it does.
 */
detail: string, 
/**
 * The query that an operator belongs to, for [`Command::PauseQuery`].
 */
query: string | null, };

/**
 * What a node of the dataflow is.
 */
export type FlowKind = "generator" | "topic" | "deadLetters" | "operator";

/**
 * The state of a run at one point of virtual time.
 */
export type Tick = { 
/**
 * The virtual clock.
 */
clockMs: number, 
/**
 * The latest point that this run has reached: the right end of the time line.
 */
latestMs: number, 
/**
 * Whether virtual time runs.
 */
playing: boolean, 
/**
 * The speed; `null` is as fast as possible.
 */
speed: number | null, 
/**
 * Whether the engine cannot hold the speed.
 */
behind: boolean, 
/**
 * Whether a seek is under way.
 */
seeking: boolean, 
/**
 * Whether results are coalesced.
 */
coalesced: boolean, 
/**
 * The generator's settings that were changed and hold now: the last of each kind.
 */
settings: Array<Setting>, 
/**
 * Records that the generator has sent.
 */
sent: number, 
/**
 * Open sessions of the clickstream.
 */
openSessions: number, 
/**
 * Faults at the source and what the generator had to leave out, by name; only what is not 0.
 */
faults: Array<Count>, 
/**
 * A digest of all records in all topics, equal for equal runs: 16 hexadecimal digits. Only
 * while the run stands still.
 */
digest: string | null, 
/**
 * One entry a node of the flow.
 */
nodes: Array<NodeState>, };

/**
 * A named counter.
 */
export type Count = { 
/**
 * What is counted.
 */
name: string, 
/**
 * How many.
 */
count: number, };

/**
 * Totals of one node of the flow since the beginning of the run.
 */
export type NodeState = { 
/**
 * Records that came in (of a topic: that were appended).
 */
recordsIn: number, 
/**
 * Records that went out (of a topic: those that retention has not removed).
 */
recordsOut: number, 
/**
 * Records not yet read by the query that the node belongs to.
 */
lag: number, 
/**
 * Bytes of state, or of a topic's segments.
 */
bytes: number, 
/**
 * What was dropped, by reason; only what is not 0.
 */
dropped: Array<Count>, 
/**
 * Whether the query is paused.
 */
paused: boolean, };

/**
 * A topic and its last records.
 */
export type Inspection = { 
/**
 * The topic.
 */
topic: string, 
/**
 * Retention in words, like `64 MB a partition, 24 h`.
 */
retention: string, 
/**
 * The partitions.
 */
partitions: Array<PartitionState>, 
/**
 * The last records, newest first.
 */
records: Array<InspectedRecord>, };

/**
 * A partition.
 */
export type PartitionState = { 
/**
 * The first offset that retention has left.
 */
logStart: number, 
/**
 * The offset that the next record will get.
 */
logEnd: number, 
/**
 * Bytes held.
 */
bytes: number, };

/**
 * A record as a person reads it.
 */
export type InspectedRecord = { 
/**
 * The partition.
 */
partition: number, 
/**
 * The offset.
 */
offset: number, 
/**
 * The record's timestamp.
 */
timestampMs: number, 
/**
 * The key as text; bytes that are no UTF-8 as `\xNN`.
 */
key: string | null, 
/**
 * The window of the key, if it is windowed: start and end.
 */
window: [number, number] | null, 
/**
 * The value as text, cut after 4,096 characters; `null` is a tombstone.
 */
value: string | null, 
/**
 * Headers as text.
 */
headers: Array<[string, string]>, };

/**
 * What a chart shows, as numbers.
 */
export type ChartData = { 
/**
 * Which chart.
 */
chart: ChartId, 
/**
 * The unit of the values, like `clicks a minute`.
 */
unit: string, 
/**
 * The positions on the x axis.
 */
x: Axis, 
/**
 * The series, in the order of the legend.
 */
series: Array<Series>, 
/**
 * Where the plot area lies in the picture, in CSS pixels; `null` while it was not drawn.
 */
plot: Plot | null, };

/**
 * Which chart.
 */
export type ChartId = "clicks-by-state" | "top-content";

/**
 * The x axis of a chart.
 */
export type Axis = { "type": "time", 
/**
 * The points.
 */
atMs: number[], } | { "type": "category", 
/**
 * The names.
 */
names: Array<string>, };

/**
 * A series of a chart.
 */
export type Series = { 
/**
 * The name in the legend.
 */
name: string, 
/**
 * One value a position; `null` where there is none yet.
 */
values: Array<number | null>, 
/**
 * The number of the last values that can still change, because their windows are open.
 */
open: number, };

/**
 * A rectangle in CSS pixels.
 */
export type Plot = { 
/**
 * Left edge.
 */
left: number, 
/**
 * Top edge.
 */
top: number, 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, };

/**
 * What the shell tells a chart's canvas: its size and colours.
 */
export type ChartStyle = { 
/**
 * Width in CSS pixels.
 */
width: number, 
/**
 * Height in CSS pixels.
 */
height: number, 
/**
 * Device pixels in a CSS pixel.
 */
scale: number, 
/**
 * Font family.
 */
font: string, 
/**
 * Text and axes, `#rrggbb`.
 */
ink: string, 
/**
 * Grid lines, `#rrggbb`.
 */
line: string, 
/**
 * The surface, `#rrggbb`.
 */
surface: string, 
/**
 * Colours of the series in order, `#rrggbb`.
 */
palette: Array<string>, };
