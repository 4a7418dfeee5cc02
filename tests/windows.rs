//! Window assignment against definitions that try every window.

#[path = "support/soak.rs"]
mod soak;

use proptest::prelude::*;
use streamglass::time::Timestamp;
use streamglass::window::{SessionWindows, SlidingWindows, TimeWindows};

use soak::soak;

/// Whether Kafka Streams' window at `start` holds a record at `ts`: windows before the epoch only
/// hold records before it.
fn holds(windows: &TimeWindows, start: i64, ts: i64) -> bool {
    start <= ts && ts < start + windows.size_ms() && (start >= 0 || ts < 0)
}

fn every_start(windows: &TimeWindows, around: i64) -> impl Iterator<Item = i64> + use<> {
    let (size_ms, advance_ms) = (windows.size_ms(), windows.advance_ms());
    let first = (around - 3 * size_ms).div_euclid(advance_ms);
    let last = (around + 3 * size_ms).div_euclid(advance_ms);
    (first..=last).map(move |i| i * advance_ms)
}

fn time_windows() -> impl Strategy<Value = TimeWindows> {
    (1_i64..40, 1_i64..40).prop_map(|(a, b)| {
        TimeWindows::hopping(a.max(b), a.min(b)).expect("the advance is not longer than the size")
    })
}

proptest! {
    #[test]
    fn a_record_is_in_the_windows_that_hold_it(windows in time_windows(), ts in -200_i64..200) {
        let expected: Vec<i64> =
            every_start(&windows, ts).filter(|start| holds(&windows, *start, ts)).collect();
        let starts = windows.starts_for(Timestamp(ts));
        prop_assert_eq!(starts.collect::<Vec<_>>(), expected.clone());
        prop_assert_eq!((starts.smallest(), starts.largest()),
            (expected[0], expected[expected.len() - 1]));
        for window in windows.windows_for(Timestamp(ts)) {
            prop_assert_eq!(window.end.since_ms(window.start), windows.size_ms());
            prop_assert!(ts < windows.reach(window.start.0));
        }
    }

    #[test]
    fn the_first_open_window_is_the_first_that_takes_records(
        windows in time_windows(), stream_time in -200_i64..200, grace_ms in 0_i64..60,
    ) {
        let expected = every_start(&windows, stream_time - grace_ms)
            .find(|start| start + windows.size_ms() + grace_ms > stream_time);
        prop_assert_eq!(Some(windows.first_open(Timestamp(stream_time), grace_ms)), expected);
    }

    #[test]
    fn leaving_out_late_windows_counts_them(windows in time_windows(), ts in 0_i64..200, by in -3_i64..9) {
        let mut starts = windows.starts_for(Timestamp(ts));
        let bound = starts.smallest() + by * windows.advance_ms();
        let (late, open): (Vec<i64>, Vec<i64>) = starts.partition(|start| *start < bound);
        prop_assert_eq!(starts.skip_below(bound), late.len() as u64);
        prop_assert_eq!(starts.collect::<Vec<_>>(), open);
    }

    #[test]
    fn windows_are_whole_numbers_of_slices(windows in time_windows(), ts in -200_i64..200) {
        let slice_ms = windows.slice_ms();
        prop_assert_eq!((windows.size_ms() % slice_ms, windows.advance_ms() % slice_ms), (0, 0));
        let slice = ts - ts.rem_euclid(slice_ms);
        let all = |ts| windows.starts_for(Timestamp(ts)).collect::<Vec<_>>();
        prop_assert_eq!(all(ts), all(slice), "all records of a slice have the same windows");
    }
}

#[test]
fn both_ends_of_session_and_sliding_windows_are_included() {
    let sessions = SessionWindows::new(30).expect("valid");
    let session = SlidingWindows::new(10).expect("valid").window(100);
    assert_eq!((session.start, session.end), (Timestamp(100), Timestamp(110)));
    for (ts, joins) in [(69, false), (70, true), (105, true), (140, true), (141, false)] {
        assert_eq!(sessions.joins(session, Timestamp(ts)), joins, "{ts}");
    }
    // Late when end < stream time - grace - gap.
    assert_eq!(sessions.first_open_end(Timestamp(100), 5), 65);
    // Closed when stream time > end + grace: at 115 a window that ends at 110 still takes records.
    let sliding = SlidingWindows::new(10).expect("valid");
    assert_eq!(sliding.first_open(Timestamp(115), 5), 100);
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_windows() {
    soak(
        "window assignment",
        &[
            a_record_is_in_the_windows_that_hold_it,
            the_first_open_window_is_the_first_that_takes_records,
            leaving_out_late_windows_counts_them,
            windows_are_whole_numbers_of_slices,
        ],
    );
}
