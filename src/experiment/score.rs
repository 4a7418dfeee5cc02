//! The score card: each architecture's price in plain words, computed from the run.

use super::protocol::ScoreLine;
use super::simulation::Simulation;
use crate::architecture::{Architecture, grouped, words};

/// A sentence or two for each lane.
#[must_use]
pub fn card(simulation: &Simulation) -> Vec<ScoreLine> {
    simulation.lanes.all().map(|lane| line(simulation, lane)).into()
}

fn line(simulation: &Simulation, lane: &dyn Architecture) -> ScoreLine {
    let measures = simulation.measures(lane);
    let unit = simulation.settings.shape().unit();
    let mut text = match measures.ages {
        Some((mean, most)) => format!(
            "Answers {} after the fact in the mean, {} at worst.",
            words(libm::round(mean) as i64),
            words(most)
        ),
        None if lane.has_answer() => "Is warming up.".to_owned(),
        None => "Has no answer yet.".to_owned(),
    };
    if let (Some(answer), Some(truth)) = (simulation.answer(lane), simulation.truth().happened) {
        let off = answer - truth;
        let shown =
            if truth.abs() < 10.0 { format!("{:.4}", off.abs()) } else { grouped(off.abs()) };
        text.push_str(&match off {
            _ if off == 0.0 => " It is right at this moment.".to_owned(),
            _ if off < 0.0 => format!(" It is {shown} {unit} short of the truth now."),
            _ => format!(" It is {shown} {unit} over the truth now."),
        });
    }
    let counted = |count: Option<u64>| simulation.scaled(count.unwrap_or(0));
    for (count, told) in [
        (counted(measures.late), "dropped as late"),
        (counted(measures.doubled), "counted twice after a crash"),
        (counted(measures.lost), "lost"),
    ] {
        if count > 0 {
            text.push_str(&format!(" {} events were {told}.", grouped(count as f64)));
        }
    }
    if let Some(ms) = measures.corrected_ms {
        text.push_str(&format!(" The fix took {} to reach readers.", words(ms)));
    }
    let happened = simulation.scaled(simulation.happened.events()).max(1);
    let cost = simulation.settings.cost();
    let (work, storage) = (
        cost.work_price(measures.busy_ns),
        cost.storage_price(measures.stored_bytes, simulation.clock_ms()),
    );
    text.push_str(&format!(
        " Each event was processed {:.1} times; work and storage cost {}; {}.",
        simulation.scaled(measures.processed) as f64 / happened as f64,
        dollars(work + storage),
        match measures.code_paths {
            1 => "one code path to maintain".to_owned(),
            n => format!("{n} code paths to maintain"),
        }
    ));
    ScoreLine { lane: lane.lane(), text }
}

fn dollars(amount: f64) -> String {
    if amount < 0.01 { "under 1 cent".to_owned() } else { format!("${amount:.2}") }
}
