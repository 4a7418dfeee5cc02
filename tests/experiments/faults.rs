//! What befalls events on their way and what makes them, drawn once more from the named streams.

use super::world::{World, count, seen};
use super::{HOUR, close, run};
use streamglass::rng::Seed;

#[test]
fn drops_and_duplicates_are_those_that_were_drawn() {
    let end = 2 * HOUR;
    let settings =
        [("source", "constant"), ("rate", "10"), ("drops", "10%"), ("duplicates", "20%")];
    let report = run("batch-staleness", &settings, end);
    let (mut drop, mut twice) = (Seed(7).stream("way drop"), Seed(7).stream("way duplicate"));
    let (mut sent, mut delivered) = (0.0, 0.0);
    for _ in World::STEADY.events(end) {
        let (dropped, doubled) = (drop.chance(0.1), twice.chance(0.2));
        sent += 1.0;
        delivered += f64::from(u8::from(!dropped)) * if doubled { 2.0 } else { 1.0 };
    }
    let last = report.samples.last().expect("it has samples");
    assert_eq!((last.truth.happened, last.truth.delivered), (Some(sent), Some(delivered)));
    close(delivered / sent, 0.9 * 1.2, 0.01);
}

#[test]
fn conversion_is_the_share_of_clicks_on_the_page_on_which_people_subscribe() {
    let end = 2 * HOUR;
    let settings = [("source", "constant"), ("rate", "10"), ("question", "conversion")];
    let report = run("batch-staleness", &settings, end);
    let events = World::STEADY.events(end);
    let share = |until: &dyn Fn(i64) -> bool| {
        count(&events, |event| event.subscribes && until(event.arrival))
            / count(&events, |event| until(event.arrival))
    };
    let last = report.samples.last().expect("it has samples");
    close(last.truth.happened.expect("there are clicks"), share(&|_| true), 1e-12);
    let shown = share(&|arrival| seen(arrival, end));
    for lane in [last.lambda, last.kappa] {
        close(lane.answer.expect("an answer"), shown, 1e-12);
    }
}

#[test]
fn the_site_has_the_rate_that_is_asked_for_over_a_day() {
    let settings = [("source", "clickstream"), ("rate", "5")];
    let report = run("batch-staleness", &settings, 24 * HOUR);
    let happened = report.samples.last().and_then(|last| last.truth.happened);
    // 432,000 with a standard error of √(11 · 432,000): half a percent.
    close(happened.expect("there are clicks"), 432_000.0, 4.0 * (11.0 * 432_000_f64).sqrt());
}
