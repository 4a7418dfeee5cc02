// Generated from src/experiment/protocol.rs by its test: `UPDATE=1 cargo test experiment::protocol`.

/**
 * What a person can ask for.
 */
export type ExperimentCommand = { "type": "list" } | { "type": "open", 
/**
 * Its name.
 */
experiment: string, 
/**
 * The seed, 0 to 2^53 − 1.
 */
seed: number, 
/**
 * Knobs that differ from the preset: name and value with unit, as `("period", "45m")`.
 */
settings: Array<[string, string]>, 
/**
 * How long the run is; `null` is the preset's length.
 */
forMs: number | null, 
/**
 * Commands of the log to play again, from a saved run or a link; empty for a new one.
 */
log: Array<Logged>, 
/**
 * Whether virtual time runs at once; otherwise the run is paused.
 */
play: boolean, } | { "type": "explain" } | { "type": "openLink", 
/**
 * What [`ExperimentEvent::Shared`] gave, from wherever it came since.
 */
link: string, } | { "type": "share" } | { "type": "report" } | { "type": "set", 
/**
 * The knob.
 */
name: string, 
/**
 * Its value with unit.
 */
value: string, } | { "type": "operate", 
/**
 * What.
 */
operation: Operation, } | { "type": "play" } | { "type": "pause" } | { "type": "step", 
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
toMs: number, };

/**
 * What a page hears.
 */
export type ExperimentEvent = { "type": "catalogue", 
/**
 * They.
 */
experiments: Array<ExperimentTitle>, } | { "type": "opened" } & Opened | { "type": "refused", 
/**
 * Everything that is wrong.
 */
problems: Array<KnobProblem>, } | { "type": "explained", 
/**
 * As in [`Opened`], but that nothing is left out.
 */
info: ExperimentInfo, } | { "type": "shared", 
/**
 * The part of an address behind the room: experiment, seed, knobs, command log, clock.
 */
link: string, 
/**
 * The command that makes the same run.
 */
command: string, } | { "type": "reported", 
/**
 * JSON, byte for byte what the command prints.
 */
json: string, } | { "type": "tick" } & ExperimentTick | { "type": "scene" } & Scene | { "type": "series" } & Series | { "type": "notes", 
/**
 * They.
 */
notes: Array<Note>, } | { "type": "verdict" } & Verdict | { "type": "failed", 
/**
 * What happened, with the command that replays it.
 */
message: string, };

/**
 * An experiment as a person chooses it.
 */
export type ExperimentTitle = { 
/**
 * The number in the list, from 0.
 */
number: number, 
/**
 * The name for links and the command line, as `late-data`.
 */
name: string, 
/**
 * The title for people, as `Late data`.
 */
title: string, 
/**
 * The question in one or two sentences.
 */
question: string, };

/**
 * What a person reads of an experiment and can do to it.
 */
export type ExperimentInfo = { 
/**
 * What to look at, and why it comes out so: a paragraph.
 */
text: string, 
/**
 * How long the preset runs.
 */
forMs: number, 
/**
 * All knobs, those of the experiment first.
 */
knobs: Array<KnobInfo>, 
/**
 * All operations, those of the experiment first.
 */
operations: Array<OperationInfo>, };

/**
 * A knob as a page shows it.
 */
export type KnobInfo = { 
/**
 * The name for the command line and links, as `stream-lag`.
 */
name: string, 
/**
 * The label for people.
 */
label: string, 
/**
 * One sentence on what it is; of a constant of the cost model also its source. Empty where it has
 * not been asked for: see `ExperimentCommand::Explain`.
 */
help: string, 
/**
 * What values it takes.
 */
kind: KnobKind, 
/**
 * The value of the experiment's preset, as text with unit.
 */
default: string, 
/**
 * Whether the experiment is about it; the others are under "more".
 */
primary: boolean, };

/**
 * What values a knob takes. A value is set as text: a number with its unit (durations `45m`, `1.5h`,
 * `250ms`), a choice's name, or `on` and `off`.
 */
export type KnobKind = { "type": "duration", 
/**
 * Least, milliseconds.
 */
minMs: number, 
/**
 * Most, milliseconds.
 */
maxMs: number, } | { "type": "number", 
/**
 * Least.
 */
min: number, 
/**
 * Most.
 */
max: number, 
/**
 * Whether only whole numbers make sense.
 */
whole: boolean, 
/**
 * The unit for people, as `events/s`; not part of the text.
 */
unit: string, } | { "type": "share", 
/**
 * Most, 0 to 1.
 */
max: number, } | { "type": "choice", 
/**
 * They.
 */
choices: Array<Choice>, } | { "type": "switch" };

/**
 * One choice.
 */
export type Choice = { 
/**
 * What is set, as `by-offset`.
 */
name: string, 
/**
 * What people read.
 */
label: string, };

/**
 * A button.
 */
export type OperationInfo = { 
/**
 * What it asks for.
 */
operation: Operation, 
/**
 * The button's text.
 */
label: string, 
/**
 * One sentence on what happens. Empty where it has not been asked for: see
 * [`ExperimentCommand::Explain`].
 */
detail: string, 
/**
 * Whether it belongs to the experiment; the others are under "more".
 */
primary: boolean, };

/**
 * What a person, or a preset's script, does to a run.
 */
export type Operation = { "type": "deployBug", 
/**
 * Where.
 */
paths: Array<Path>, } | { "type": "fix", 
/**
 * Where.
 */
paths: Array<Path>, 
/**
 * Whether what the bug touched is computed again: batch ETL reloads, lambda's batch layer
 * recomputes all, kappa replays its log into a second table.
 */
reprocess: boolean, } | { "type": "switch", 
/**
 * When.
 */
when: SwitchWhen, } | { "type": "revert" } | { "type": "dropOld" } | { "type": "crash" } | { "type": "outage", 
/**
 * How long.
 */
forMs: number, } | { "type": "silence", 
/**
 * How long.
 */
forMs: number, } | { "type": "lateData", 
/**
 * Share of events, 0 to 1.
 */
share: number, 
/**
 * Their mean delay.
 */
meanMs: number, 
/**
 * How long.
 */
forMs: number, } | { "type": "duplicates", 
/**
 * Share of events, 0 to 1.
 */
share: number, 
/**
 * How long.
 */
forMs: number, } | { "type": "drops", 
/**
 * Share of events, 0 to 1.
 */
share: number, 
/**
 * How long.
 */
forMs: number, } | { "type": "badData", 
/**
 * Share of events, 0 to 1.
 */
share: number, 
/**
 * How long.
 */
forMs: number, } | { "type": "missBatch" };

/**
 * A piece of logic that is written, deployed and mended on its own.
 */
export type Path = "etl" | "batch" | "speed" | "stream";

/**
 * When kappa's readers go over to the second table.
 */
export type SwitchWhen = "now" | "caughtUp";

/**
 * One of the three.
 */
export type Lane = "batchEtl" | "lambda" | "kappa";

/**
 * A run that was begun.
 */
export type Opened = { 
/**
 * The experiment.
 */
experiment: string, 
/**
 * What there is to it.
 */
info: ExperimentInfo, 
/**
 * The seed.
 */
seed: number, 
/**
 * How long the run is.
 */
forMs: number, 
/**
 * Every knob's value with unit, in the order of the knobs.
 */
settings: Array<[string, string]>, 
/**
 * The question as the engine's SQL.
 */
sql: string, 
/**
 * What the answer counts, for the chart's axis, as `clicks`.
 */
answerUnit: string, 
/**
 * What was simplified, said openly: sampling and its standard error, or that a replay will
 * never catch up. Each with the knob it is about, if there is one.
 */
notices: Array<KnobProblem>, };

/**
 * Where a run is.
 */
export type ExperimentTick = { 
/**
 * The virtual clock.
 */
clockMs: number, 
/**
 * The latest time that this run has reached: the right end of what is drawn.
 */
latestMs: number, 
/**
 * Where the run ends.
 */
endMs: number, 
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
 * For each button, in the order of [`ExperimentInfo::operations`], why it cannot be pressed
 * now; `null` when it can.
 */
unavailable: Array<string | null>, 
/**
 * The command log, for saving and links.
 */
log: Array<Logged>, 
/**
 * A digest of the report so far: 16 hexadecimal digits. Only when the run stands still and its
 * checkers are through.
 */
digest: string | null, };

/**
 * An operation in the command log.
 */
export type Logged = { 
/**
 * When.
 */
atMs: number, 
/**
 * What.
 */
operation: Operation, 
/**
 * Whether the preset's script does it, not a person. What a person does changes nothing about
 * what the script does later.
 */
preset: boolean, };

/**
 * All three lanes at one time.
 */
export type Scene = { 
/**
 * When.
 */
atMs: number, 
/**
 * Batch ETL, lambda, kappa.
 */
lanes: Array<LaneScene>, };

/**
 * One architecture.
 */
export type LaneScene = { 
/**
 * Which.
 */
lane: Lane, 
/**
 * Stations, from the events to the answer. Their number and order stay the same during a run,
 * but for kappa's second job and table, which come last while they are there.
 */
stations: Array<Station>, 
/**
 * Links between them.
 */
links: Array<Link>, 
/**
 * Now minus the event time of the newest event in the answer.
 */
ageMs: number | null, 
/**
 * Answer minus the truth of what happened.
 */
error: number | null, 
/**
 * One line beside the age: what is going on, as `batch corrects at 09:00`.
 */
remark: string, 
/**
 * Code paths to maintain.
 */
codePaths: number, };

/**
 * A store or a job.
 */
export type Station = { 
/**
 * A name that stays the same, unique in the lane, as `speed`.
 */
id: string, 
/**
 * What it is.
 */
kind: StationKind, 
/**
 * A name for people, as `Speed layer`.
 */
label: string, 
/**
 * Second line: what it holds or does, with figures.
 */
detail: string, 
/**
 * Where in the diagram, from the left: 0 is next to the events.
 */
column: number, 
/**
 * Where in the diagram, from above; a lane with one row has only row 0.
 */
row: number, 
/**
 * What it is doing.
 */
state: StationState, 
/**
 * Events that wait to get in.
 */
queued: number, 
/**
 * Events or results that it holds.
 */
held: number, 
/**
 * How far a running job is, 0 to 1.
 */
progress: number | null, 
/**
 * Now minus the event time of the newest event in it.
 */
ageMs: number | null, 
/**
 * Whether its logic is the one with the bug.
 */
buggy: boolean, 
/**
 * Whether readers see it.
 */
read: boolean, };

/**
 * What a station is.
 */
export type StationKind = "oltp" | "olap" | "master" | "log" | "batchJob" | "streamJob" | "table" | "serving";

/**
 * What a station is doing.
 */
export type StationState = "idle" | "starting" | "running" | "catchingUp" | "down" | "retired";

/**
 * A way that events or results take.
 */
export type Link = { 
/**
 * The id of the station it comes from; `null` is the events' source.
 */
from: string | null, 
/**
 * The id of the station it goes to; `null` is the reader.
 */
to: string | null, 
/**
 * Events a virtual second that move on it now.
 */
perSecond: number, 
/**
 * The share of them that is late.
 */
lateShare: number, 
/**
 * The age of what moves on it.
 */
ageMs: number | null, };

/**
 * The data of all charts, in bounded memory: at most 1,024 samples and 512 windows.
 */
export type Series = { 
/**
 * Over virtual time: answer, both truths, age, completeness, work, storage. Error is
 * answer − happened.
 */
samples: Array<Sample>, 
/**
 * Over event time: what each architecture now says of each window (or of some windows
 * together), beside the truth.
 */
windows: Array<WindowPoint>, };

/**
 * What everyone now says of one window of event time, or of some windows together.
 */
export type WindowPoint = { 
/**
 * Where it starts, in event time.
 */
startMs: number, 
/**
 * The fault-free truth.
 */
happened: number, 
/**
 * The truth of what was delivered.
 */
delivered: number, 
/**
 * Batch ETL's answer.
 */
batchEtl: number | null, 
/**
 * Lambda's.
 */
lambda: number | null, 
/**
 * Kappa's.
 */
kappa: number | null, };

/**
 * Measures of all three architectures at one time.
 */
export type Sample = { 
/**
 * When.
 */
t: number, 
/**
 * The exact answers.
 */
truth: Truth, 
/**
 * Batch ETL.
 */
batch_etl: LaneSample, 
/**
 * Lambda.
 */
lambda: LaneSample, 
/**
 * Kappa.
 */
kappa: LaneSample, };

/**
 * The exact answer of a question, two ways.
 */
export type Truth = { 
/**
 * Over the events that happened by now, without faults.
 */
happened: number | null, 
/**
 * Over what the topic got by now: dropped events absent, duplicates present.
 */
delivered: number | null, };

/**
 * Measures of one architecture at one time.
 */
export type LaneSample = { 
/**
 * The answer to the question; `null` before there is one.
 */
answer: number | null, 
/**
 * Now minus the event time of the newest event in the answer.
 */
age_ms: number | null, 
/**
 * Events counted in the answer over events that happened: over 1 when some count twice.
 */
completeness: number | null, 
/**
 * Events processed so far, each as often as it was.
 */
events_processed: number, 
/**
 * Bytes that the architecture stores now, its own copy of the events included.
 */
stored_bytes: number, };

/**
 * What happened at a time.
 */
export type Note = { 
/**
 * When.
 */
atMs: number, 
/**
 * Whose; `null` for all.
 */
lane: Lane | null, 
/**
 * A few words for the chart, as `batch 3 lands`.
 */
label: string, 
/**
 * A sentence with figures.
 */
text: string, };

/**
 * What a run shows so far.
 */
export type Verdict = { 
/**
 * Each architecture's price in plain words, computed from the run.
 */
scoreCard: Array<ScoreLine>, 
/**
 * Figures of the run.
 */
summary: Summary, 
/**
 * Closed forms beside measures.
 */
expected: Array<Expected>, 
/**
 * What must hold in every run.
 */
checkers: Array<Check>, };

/**
 * Figures of the whole run, for each architecture.
 */
export type Summary = { 
/**
 * Batch ETL.
 */
batch_etl: LaneSummary, 
/**
 * Lambda.
 */
lambda: LaneSummary, 
/**
 * Kappa.
 */
kappa: LaneSummary, };

/**
 * Figures of the whole run of one architecture. Means are over the time since the first batch of
 * batch ETL landed.
 */
export type LaneSummary = { 
/**
 * The mean age over time (an exact integral, not a mean of samples).
 */
mean_age_ms: number | null, 
/**
 * The largest age.
 */
max_age_ms: number | null, 
/**
 * The mean of |answer − happened| / happened over all sampled times.
 */
mean_relative_error: number | null, 
/**
 * Events that the stream path dropped as late, so far and in the job that readers see.
 */
late_dropped: number | null, 
/**
 * Events that count more than once in the answer at the end.
 */
double_counted: number | null, 
/**
 * Events that were processed and are not in the answer at the end, other than as late.
 */
lost: number | null, 
/**
 * Events processed, each as often as it was.
 */
events_processed: number, 
/**
 * Bytes stored at the end.
 */
stored_bytes: number, 
/**
 * From the operation that mends an answer until readers see the mended one.
 */
time_to_correct_ms: number | null, };

/**
 * What a formula or an independent computation gives, and what the run gave.
 */
export type Expected = { 
/**
 * What, in words with the formula.
 */
name: string, 
/**
 * By the formula; `null` is "never".
 */
expected: number | null, 
/**
 * By the run; `null` when it did not happen.
 */
measured: number | null, 
/**
 * How far apart the two may be, in the same unit: 0 for what must be exact.
 */
tolerance: number, 
/**
 * Whether they are that close.
 */
held: boolean, };

/**
 * What a checker says.
 */
export type Check = { 
/**
 * What must hold.
 */
name: string, 
/**
 * Whether it did.
 */
held: boolean, 
/**
 * The figures behind it.
 */
detail: string, };

/**
 * A sentence of the score card.
 */
export type ScoreLine = { 
/**
 * Whose.
 */
lane: Lane, 
/**
 * The sentence.
 */
text: string, };

/**
 * Something wrong with a knob, or to be said of it.
 */
export type KnobProblem = { 
/**
 * The knob; empty for the whole.
 */
knob: string, 
/**
 * What is wrong and what to do.
 */
message: string, };
