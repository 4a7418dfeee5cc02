//! A lab with a person's hands: commands in, slices of any length, and what it shows when it stands.

use serde_json::Value;
use streamglass::clickstream::Config;
use streamglass::lab::protocol::{Command, Event, Problem, Tick};
use streamglass::lab::{Lab, Next};
use streamglass::rng::Seed;

/// Virtual time begins here unless a configuration says otherwise.
pub const START_MS: i64 = 1_673_510_400_000;

/// The query behind the bar chart.
pub const TOP_CONTENT: &str = "CTAS_TOP_CONTENT_6";

pub fn lab(seed: u64) -> Lab {
    Lab::new(Seed(seed))
}

/// A lab on the built-in site with a section `Streamglass` of its own.
pub fn lab_with(settings: Value, seed: u64) -> Lab {
    let mut tree = Config::default().tree().clone();
    tree["Streamglass"] = settings;
    let mut lab = lab(1);
    let event = lab.command(Command::Load { config: Some(tree), seed, script: None });
    assert!(matches!(event, Some(Event::Loaded { .. })), "{event:?}");
    lab
}

/// Gives a command that must be taken.
pub fn tell(lab: &mut Lab, command: Command) {
    let answer = lab.command(command.clone());
    assert_eq!(answer, None, "{command:?}");
}

/// Gives a command that must be refused.
pub fn refused(lab: &mut Lab, command: Command) -> Vec<Problem> {
    match lab.command(command.clone()) {
        Some(Event::Refused { problems }) if !problems.is_empty() => problems,
        other => panic!("{command:?}: {other:?}"),
    }
}

/// Runs until there is nothing more to do; `turns` is how long a slice is, by its number.
pub fn settle_in(lab: &mut Lab, mut turns: impl FnMut(usize) -> usize) {
    for slice in 0..10_000_000 {
        let mut left = turns(slice);
        let more = || {
            let goes_on = left > 0;
            left = left.saturating_sub(1);
            goes_on
        };
        if lab.slice(16.0, more) == Next::Idle {
            return;
        }
    }
    panic!("the lab does not come to rest");
}

pub fn settle(lab: &mut Lab) {
    settle_in(lab, |_| usize::MAX);
}

/// Goes to `ms` after the start of virtual time.
pub fn go(lab: &mut Lab, ms: i64) {
    let to_ms = start_ms(lab) + ms;
    tell(lab, Command::Seek { to_ms });
    settle(lab);
}

pub fn start_ms(lab: &Lab) -> i64 {
    match lab.loaded() {
        Event::Loaded { start_ms, .. } => start_ms,
        other => panic!("{other:?}"),
    }
}

/// All that a page can see of a lab that stands still, apart from how it is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub tick: Tick,
    pub charts: Vec<streamglass::chart::model::ChartData>,
}

pub fn picture(lab: &mut Lab) -> Picture {
    use streamglass::chart::model::ChartId;
    let mut tick = lab.tick();
    assert!(tick.digest.is_some(), "it stands still: {tick:?}");
    tick.speed = None;
    tick.latest_ms = tick.clock_ms;
    let charts = [ChartId::ClicksByState, ChartId::TopContent].map(|chart| lab.chart(chart));
    Picture { tick, charts: charts.into() }
}

pub fn digest(lab: &mut Lab) -> String {
    lab.tick().digest.expect("it stands still")
}
