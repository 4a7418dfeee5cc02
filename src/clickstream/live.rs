//! The settings in force: the configuration's, as changed while the run goes on, and the mode of the
//! moment. Not here: checking a change (`setting.rs`).

use super::config::{Delay, FaultRates, Outage, ScheduleRule, Skew, Tail};
use super::site::Site;
use crate::order;
use crate::time::Micros;

const MINUTE: i64 = 60_000_000;
const MINUTES_OF_DAY: i64 = 1_440;

#[derive(Clone, Debug)]
pub(super) struct Live {
    /// Sessions a second for each unit of the envelope's weight.
    pub sessions_per_weight: f64,
    /// A mode that holds whatever the schedule says.
    pub mode: Option<usize>,
    pub delay: Delay,
    pub tail: Tail,
    pub skew: Skew,
    pub outages: Vec<Outage>,
    pub faults: FaultRates,
    /// The scheduled mode, and until when it was looked up.
    scheduled: (usize, Micros),
}

impl Live {
    pub(super) fn new(site: &Site) -> Self {
        let settings = &site.config.settings;
        let mut outages = settings.outages.clone();
        order::sort_by_key(&mut outages, |outage| outage.span.from);
        Self {
            sessions_per_weight: site.sessions_per_weight,
            mode: None,
            delay: settings.delay,
            tail: settings.tail,
            skew: settings.skew,
            outages,
            faults: settings.faults,
            scheduled: (settings.base_mode, Micros(i64::MIN)),
        }
    }

    /// The mode at `now`, which never goes back.
    pub(super) fn mode_at(&mut self, site: &Site, now: Micros) -> usize {
        if let Some(mode) = self.mode {
            return mode;
        }
        if now >= self.scheduled.1 {
            let settings = &site.config.settings;
            // Rules are in whole minutes.
            let minute = now.0.div_euclid(MINUTE);
            let mode = scheduled(&settings.schedule, minute).unwrap_or(settings.base_mode);
            self.scheduled = (mode, Micros((minute + 1) * MINUTE));
        }
        self.scheduled.0
    }
}

/// The mode of the first rule that applies to a minute since 1970.
fn scheduled(rules: &[ScheduleRule], minute: i64) -> Option<usize> {
    // 1970-01-01 was a Thursday; Monday is 0.
    let weekday = (minute.div_euclid(MINUTES_OF_DAY) + 3).rem_euclid(7) as u8;
    let of_day = minute.rem_euclid(MINUTES_OF_DAY) as u16;
    let applies = |rule: &&ScheduleRule| {
        rule.weekday.is_none_or(|day| day == weekday) && (rule.from..rule.to).contains(&of_day)
    };
    rules.iter().find(applies).map(|rule| rule.mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_apply_to_half_open_spans_of_their_day() {
        let friday = ScheduleRule { mode: 1, weekday: Some(4), from: 420, to: 660 };
        let noon = ScheduleRule { mode: 2, weekday: None, from: 600, to: 780 };
        // 2023-01-13 was a Friday.
        let midnight = 1_673_568_000 / 60;
        for (minute, mode) in [
            (midnight + 419, None),
            (midnight + 420, Some(1)),
            (midnight + 659, Some(1)),
            (midnight + 660, Some(2)),
            (midnight + 780, None),
            (midnight - 1_440 + 420, None),
            (midnight - 1_440 + 600, Some(2)),
            (midnight + 6 * 1_440 + 420, None),
            (midnight + 7 * 1_440 + 420, Some(1)),
        ] {
            assert_eq!(scheduled(&[friday, noon], minute), mode, "{}", minute - midnight);
        }
    }
}
