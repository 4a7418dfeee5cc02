//! Ticks of a time axis and their labels, in UTC. No time zones, no leap seconds, no locale.

use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// Steps below a day; days go on in steps of 1, 2 and 5 times a power of ten.
const STEPS_MS: [i64; 17] = [
    SECOND_MS,
    2 * SECOND_MS,
    5 * SECOND_MS,
    10 * SECOND_MS,
    15 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Ticks at whole multiples of a step since the epoch, both ends of the axis included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeTicks {
    first_ms: i64,
    last_ms: i64,
    step_ms: i64,
}

impl TimeTicks {
    /// Ticks from `first_ms` to `last_ms` with every step that is at least `least_ms`, the finest
    /// first. Endless: the step of the last ones is longer than the axis.
    pub(super) fn from_finest(
        first_ms: i64,
        last_ms: i64,
        least_ms: i64,
    ) -> impl Iterator<Item = Self> {
        let days = std::iter::successors(Some(DAY_MS), |days| Some(days.saturating_mul(10)))
            .flat_map(|days| [1, 2, 5].map(|step| days.saturating_mul(step)));
        STEPS_MS
            .into_iter()
            .chain(days)
            .filter(move |&step_ms| step_ms >= least_ms)
            .map(move |step_ms| Self { first_ms, last_ms, step_ms })
    }

    /// How many ticks there are at most, wherever between two of them the axis begins.
    pub(super) const fn most(self) -> i64 {
        (self.last_ms - self.first_ms) / self.step_ms + 1
    }

    /// The points in time, ascending.
    pub(super) fn times(self) -> impl Iterator<Item = i64> {
        let start = self.first_ms + (-self.first_ms).rem_euclid(self.step_ms);
        (start..=self.last_ms).step_by(self.step_ms as usize)
    }

    /// `HH:MM`, with seconds where steps are shorter than a minute; the date at midnight, with the
    /// year where the axis is longer than 300 days.
    pub(super) fn label(self, at_ms: i64) -> String {
        let (days, in_day) = (at_ms.div_euclid(DAY_MS), at_ms.rem_euclid(DAY_MS));
        let (hour, minute) = (in_day / HOUR_MS, in_day / MINUTE_MS % 60);
        if in_day == 0 {
            let (year, month, day) = civil(days);
            let month = MONTHS[month];
            return if self.last_ms - self.first_ms > 300 * DAY_MS {
                format!("{day} {month} {year}")
            } else {
                format!("{day} {month}")
            };
        }
        if self.step_ms < MINUTE_MS {
            format!("{hour:02}:{minute:02}:{:02}", in_day / SECOND_MS % 60)
        } else {
            format!("{hour:02}:{minute:02}")
        }
    }
}

/// Year, month (January is 0) and day of a number of days since 1970-01-01 in the proleptic
/// Gregorian calendar. Formula: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `civil_from_days`: years begin in March, so that the leap day is the last of its year.
fn civil(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leap = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + i64::from(month >= 10);
    (year, ((month + 2) % 12) as usize, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chart::MAX_TIME_MS;

    /// 2023-01-12T00:00:00Z.
    const MIDNIGHT: i64 = 19_369 * DAY_MS;

    fn covering(first_ms: i64, last_ms: i64, least_ms: i64, most: i64) -> TimeTicks {
        let mut axes = TimeTicks::from_finest(first_ms, last_ms, least_ms);
        axes.find(|ticks| ticks.most() <= most).expect("endless")
    }

    fn labels(first_ms: i64, last_ms: i64, least_ms: i64, most: i64) -> Vec<String> {
        let ticks = covering(first_ms, last_ms, least_ms, most);
        ticks.times().map(|at| ticks.label(at)).collect()
    }

    #[test]
    fn labels_are_times_and_at_midnight_dates() {
        let at = MIDNIGHT - 25 * MINUTE_MS;
        let hour = labels(at, at + HOUR_MS, MINUTE_MS, 5);
        assert_eq!(hour, ["23:45", "12 Jan", "00:15", "00:30"]);
        assert_eq!(labels(at, at, MINUTE_MS, 5), ["23:35"]);
        let seconds = labels(at + 1, at + 9 * SECOND_MS, SECOND_MS, 4);
        assert_eq!(seconds, ["23:35:05"]);
        let week = labels(MIDNIGHT, MIDNIGHT + 4 * DAY_MS, HOUR_MS, 5);
        assert_eq!(week, ["12 Jan", "13 Jan", "14 Jan", "15 Jan", "16 Jan"]);
        let years = labels(0, 1_000 * DAY_MS, HOUR_MS, 3);
        assert_eq!(years, ["1 Jan 1970", "16 May 1971", "27 Sep 1972"]);
    }

    #[test]
    fn a_step_is_never_shorter_than_the_data_allow() {
        assert_eq!(labels(MIDNIGHT, MIDNIGHT + 2 * MINUTE_MS, MINUTE_MS, 100).len(), 3);
    }

    #[test]
    fn civil_dates_follow_the_calendar_day_by_day() {
        let (mut year, mut month, mut day) = (1600, 0, 1);
        // 1600-01-01 is 135,140 days before 1970-01-01; 500 years cross every rule of leap years.
        for days in -135_140..47_482 {
            assert_eq!(civil(days), (year, month, day), "day {days}");
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            let length = [31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month];
            day += 1;
            if day > length {
                (month, day) = ((month + 1) % 12, 1);
                year += i64::from(month == 0);
            }
        }
        assert_eq!((year, month, day), (2100, 0, 1));
    }

    proptest! {
        #[test]
        fn ticks_are_in_range_aligned_and_few(
            first_ms in -MAX_TIME_MS..=MAX_TIME_MS,
            bits in 0..53_u32,
            least_ms in 1..DAY_MS,
            most in 1..20_i64,
        ) {
            let last_ms = first_ms.saturating_add(1 << bits).min(MAX_TIME_MS);
            let ticks = covering(first_ms, last_ms, least_ms, most);
            let times: Vec<_> = ticks.times().collect();
            prop_assert!(times.len() as i64 <= most);
            prop_assert!(ticks.step_ms >= least_ms);
            for &at in &times {
                prop_assert!((first_ms..=last_ms).contains(&at));
                prop_assert_eq!(at.rem_euclid(ticks.step_ms), 0);
            }
            // None is missing: an axis longer than a step has one.
            prop_assert!(times.len() as i64 >= (last_ms - first_ms) / ticks.step_ms);
        }
    }
}
