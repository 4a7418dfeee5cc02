//! The sections of the imply-news document: General, StateMachine, ModeConfig.

use super::error::Reason;
use super::node::{Node, Report, check_name, closest, shorten};
use super::{MOST_MODES, MOST_SESSIONS, MOST_STATES, MOST_USERS, MOST_VALUES};

/// How far the sum of probabilities may be from 1.
const SUM_TOLERANCE: f64 = 1e-4;

/// Some hour's weight must be at least this: a site that nobody ever visits has nothing to show, and a
/// run for a number of records would not end.
const LEAST_WEIGHT: f64 = 1e-3;

pub(super) struct General {
    pub max_sessions: u32,
    pub max_users: u32,
    pub user_change_probability: f64,
    pub sleep: (f64, f64),
    pub click_topic: String,
}

pub(super) fn general(root: &Node<'_>, report: &mut Report) -> Option<General> {
    let node = root.require(report, "General")?;
    node.object(report)?;
    let known = [
        "maxSessions",
        "minSleep",
        "maxSleep",
        "clickTopic",
        "sessionTopic",
        "maxUsers",
        "userChangeProbability",
    ];
    node.ignore_others(report, &known);
    let max_sessions =
        node.require(report, "maxSessions").and_then(|n| n.whole(report, 1, MOST_SESSIONS));
    let max_users = node.get("maxUsers").map_or(Some(100_000), |n| n.whole(report, 1, MOST_USERS));
    let change =
        node.get("userChangeProbability").map_or(Some(0.01), |n| n.number(report, 0.0, 1.0, ""));
    let mut sleep =
        |name| node.require(report, name).and_then(|n| n.number(report, 1e-6, 86_400.0, " s"));
    let (shortest, longest) = (sleep("minSleep"), sleep("maxSleep"));
    if let (Some(shortest), Some(longest)) = (shortest, longest)
        && shortest > longest
    {
        let path = node.path_of("maxSleep");
        report.errors.push(&path, Reason::Order { other: "minSleep" });
    }
    let mut topic = |name| node.require(report, name).and_then(|n| n.text(report));
    let (click_topic, session_topic) = (topic("clickTopic"), topic("sessionTopic"));
    if click_topic != session_topic && session_topic.is_some() {
        report.notice("General.sessionTopic", "is ignored: sessions share the topic of the clicks");
    }
    Some(General {
        max_sessions: max_sessions?,
        max_users: max_users?,
        user_change_probability: change?,
        sleep: (shortest?, longest?),
        click_topic: click_topic?.to_owned(),
    })
}

pub(super) struct StateMachine {
    pub states: Vec<String>,
    /// For each mode: its name, and a row of probabilities for each state that is not an exit.
    pub matrices: Vec<(String, Vec<Option<Vec<f64>>>)>,
}

pub(super) fn state_machine(root: &Node<'_>, report: &mut Report) -> Option<StateMachine> {
    let node = root.require(report, "StateMachine")?;
    node.object(report)?;
    node.ignore_others(report, &["States", "StateTransitionMatrix"]);
    let states = node.require(report, "States").and_then(|n| states(&n, report));
    let matrix = node.require(report, "StateTransitionMatrix");
    let (states, matrix) = (states?, matrix?);
    let modes = matrix.members(report, MOST_MODES)?;
    if modes.is_empty() {
        return matrix.fail(report, Reason::Empty);
    }
    let mut matrices = Vec::new();
    for (name, node) in modes {
        check_name(name, &node.path, report);
        let rows = rows(&node, &states, report).unwrap_or_else(|| vec![None; states.len()]);
        matrices.push((name.to_owned(), rows));
    }
    Some(StateMachine { states, matrices })
}

fn states(node: &Node<'_>, report: &mut Report) -> Option<Vec<String>> {
    let items = node.items(report, MOST_STATES)?;
    if items.is_empty() {
        return node.fail(report, Reason::Empty);
    }
    let mut states: Vec<String> = Vec::new();
    for item in items {
        let name = item.text(report)?.to_owned();
        if states.contains(&name) {
            return node.fail(report, Reason::Twice { name });
        }
        states.push(name);
    }
    Some(states)
}

fn rows(node: &Node<'_>, states: &[String], report: &mut Report) -> Option<Vec<Option<Vec<f64>>>> {
    let mut rows = vec![None; states.len()];
    let mut sound = true;
    for (from, row) in node.members(report, MOST_STATES)? {
        let Some(at) = states.iter().position(|state| state == from) else {
            let reason = unknown_state(from, states);
            report.errors.push(&row.path, reason);
            sound = false;
            continue;
        };
        rows[at] = probabilities(&row, states, report);
        sound &= rows[at].is_some();
    }
    if sound {
        check_reach(node, states, &rows, report);
    }
    Some(rows)
}

fn unknown_state(name: &str, states: &[String]) -> Reason {
    let suggestion = closest(name, states.iter().map(String::as_str));
    Reason::UnknownState { name: shorten(name), suggestion }
}

/// One row: a probability for every state.
fn probabilities(node: &Node<'_>, states: &[String], report: &mut Report) -> Option<Vec<f64>> {
    let members = node.members(report, 4 * MOST_STATES)?;
    let mut row: Vec<Option<f64>> = vec![None; states.len()];
    let mut sound = true;
    for (to, cell) in members {
        match states.iter().position(|state| state == to) {
            Some(at) => row[at] = cell.number(report, 0.0, 1.0, ""),
            None => {
                report.errors.push(&cell.path, unknown_state(to, states));
                sound = false;
            }
        }
    }
    let absent = |state: &&String| node.get(state).is_none();
    let lacks: Vec<String> = states.iter().filter(absent).cloned().collect();
    if !lacks.is_empty() {
        return node.fail(report, Reason::RowLacks { states: lacks });
    }
    let row: Vec<f64> = row.into_iter().collect::<Option<_>>()?;
    (sound && check_sum(node, &row, report)).then_some(row)
}

fn check_sum(node: &Node<'_>, shares: &[f64], report: &mut Report) -> bool {
    let sum: f64 = shares.iter().sum();
    let holds = (sum - 1.0).abs() <= SUM_TOLERANCE;
    if !holds {
        report.errors.push(&node.path, Reason::Sum { sum: (sum * 1e9).round() / 1e9 });
    }
    holds
}

/// Sessions start in the first state and have to be able to end.
fn check_reach(node: &Node<'_>, states: &[String], rows: &[Option<Vec<f64>>], report: &mut Report) {
    let state = states[0].clone();
    if rows[0].is_none() {
        report.errors.push(&node.path, Reason::NoFirstRow { state });
        return;
    }
    let (mut reached, mut next) = (vec![false; states.len()], vec![0]);
    reached[0] = true;
    while let Some(at) = next.pop() {
        let Some(row) = &rows[at] else { return };
        for (to, p) in row.iter().enumerate() {
            if *p > 0.0 && !reached[to] {
                reached[to] = true;
                next.push(to);
            }
        }
    }
    report.errors.push(&node.path, Reason::NoExit { state });
}

/// One mode of behaviour.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::clickstream) struct Mode {
    pub name: String,
    /// A row for each state; `None` is an exit state.
    pub rows: Vec<Option<Vec<f64>>>,
    pub channel: Vec<(String, f64)>,
    pub campaign: Vec<(String, f64)>,
    pub gender: Vec<(String, f64)>,
    pub age: Vec<(String, f64)>,
    /// 0–1000 for each hour.
    pub envelope: [f64; 24],
}

pub(super) fn modes(
    root: &Node<'_>,
    machine: Option<&StateMachine>,
    report: &mut Report,
) -> Option<Vec<Mode>> {
    let node = root.require(report, "ModeConfig")?;
    let members = node.members(report, MOST_MODES)?;
    if members.is_empty() {
        return node.fail(report, Reason::Empty);
    }
    if let Some(machine) = machine {
        for (name, _) in &machine.matrices {
            node.require(report, name);
        }
    }
    let mut modes = Vec::new();
    let count = members.len();
    for (name, member) in members {
        check_name(name, &member.path, report);
        modes.extend(mode(name, &member, machine, report));
    }
    (modes.len() == count).then_some(modes)
}

fn mode(
    name: &str,
    node: &Node<'_>,
    machine: Option<&StateMachine>,
    report: &mut Report,
) -> Option<Mode> {
    node.object(report)?;
    node.ignore_others(report, &["channel", "campaign", "gender", "age", "timeEnvelope"]);
    let matrix = machine.map(|machine| machine.matrices.iter().find(|(mode, _)| mode == name));
    if matrix == Some(None) {
        let path = format!("StateMachine.StateTransitionMatrix.{}", shorten(name));
        report.errors.push(&path, Reason::Missing);
    }
    let mut attribute = |name| node.require(report, name).and_then(|n| shares(&n, report));
    let (channel, campaign) = (attribute("channel"), attribute("campaign"));
    let (gender, age) = (attribute("gender"), attribute("age"));
    let envelope = node.require(report, "timeEnvelope").and_then(|n| envelope(&n, report));
    Some(Mode {
        name: name.to_owned(),
        rows: matrix??.1.clone(),
        channel: channel?,
        campaign: campaign?,
        gender: gender?,
        age: age?,
        envelope: envelope?,
    })
}

/// The values of an attribute with their probabilities.
fn shares(node: &Node<'_>, report: &mut Report) -> Option<Vec<(String, f64)>> {
    let members = node.members(report, MOST_VALUES)?;
    if members.is_empty() {
        return node.fail(report, Reason::Empty);
    }
    let mut shares = Vec::new();
    let count = members.len();
    for (value, member) in members {
        check_name(value, &member.path, report);
        let share = member.number(report, 0.0, 1.0, "");
        shares.extend(share.map(|share| (value.to_owned(), share)));
    }
    if shares.len() < count {
        return None;
    }
    let numbers: Vec<f64> = shares.iter().map(|(_, share)| *share).collect();
    check_sum(node, &numbers, report).then_some(shares)
}

fn envelope(node: &Node<'_>, report: &mut Report) -> Option<[f64; 24]> {
    let items = node.items(report, 10_000)?;
    if items.len() != 24 {
        return node.fail(report, Reason::EnvelopeLength { found: items.len() });
    }
    let values: Vec<Option<f64>> =
        items.iter().map(|item| item.number(report, 0.0, 1000.0, "")).collect();
    let values: Vec<f64> = values.into_iter().collect::<Option<_>>()?;
    if values.iter().all(|value| *value < LEAST_WEIGHT) {
        return node.fail(report, Reason::EnvelopeZero);
    }
    values.try_into().ok()
}
