//! The panels of a run: which lines each has, from the run's series. Not here: how they are drawn.

use crate::chart::panel::{Look, Mark, Panel, PanelId, Track, Unit};
use crate::experiment::protocol::{LaneSample, Note, Sample, Series, WindowPoint};

/// Places in the palette of a panel's style.
const HAPPENED: usize = 0;
const DELIVERED: usize = 1;
const LANES: [usize; 3] = [2, 3, 4];

/// The panel of a run whose time axis ends at `until_ms`.
#[must_use]
pub fn panel(id: PanelId, series: &Series, notes: &[Note], until_ms: i64) -> Panel {
    let (unit, tracks) = match id {
        PanelId::Answer => (Unit::Number, answers(series)),
        PanelId::Error => {
            (Unit::Number, over_time(series, |lane, of| Some(lane.answer? - of.truth.happened?)))
        }
        PanelId::Age => {
            (Unit::Duration, over_time(series, |lane, _| lane.age_ms.map(|age| age as f64)))
        }
        PanelId::Work => {
            (Unit::Number, over_time(series, |lane, _| Some(lane.events_processed as f64)))
        }
    };
    let mark = |note: &Note| Mark { at_ms: note.at_ms, strong: note.lane.is_none() };
    Panel { unit, until_ms, tracks, marks: notes.iter().map(mark).collect() }
}

/// Over event time: what each says now of each window, and both truths on top of them.
fn answers(series: &Series) -> Vec<Track> {
    let windows = &series.windows;
    let mut tracks: Vec<_> = LANES
        .into_iter()
        .zip([0, 1, 2])
        .map(|(color, lane)| {
            let said = |w: &WindowPoint| [w.batch_etl, w.lambda, w.kappa][lane];
            // Where it has counted nothing yet it has no answer: its line ends with what it knows.
            let known = windows.iter().rposition(|w| said(w).is_some_and(|value| value > 0.0));
            let of = windows.iter().take(known.map_or(0, |last| last + 1));
            let points = of.map(|w| (w.start_ms, said(w))).collect();
            Track { color, look: Look::Broad, points }
        })
        .collect();
    let delivered = windows.iter().map(|w| (w.start_ms, Some(w.delivered))).collect();
    let happened = windows.iter().map(|w| (w.start_ms, Some(w.happened))).collect();
    tracks.push(Track { color: DELIVERED, look: Look::Dashed, points: delivered });
    tracks.push(Track { color: HAPPENED, look: Look::Fine, points: happened });
    tracks
}

#[inline(never)]
fn over_time(series: &Series, value: fn(&LaneSample, &Sample) -> Option<f64>) -> Vec<Track> {
    let of = |lane: usize, sample: &Sample| {
        value([&sample.batch_etl, &sample.lambda, &sample.kappa][lane], sample)
    };
    LANES
        .into_iter()
        .zip([0, 1, 2])
        .map(|(color, lane)| Track {
            color,
            look: Look::Broad,
            points: series.samples.iter().map(|sample| (sample.t, of(lane, sample))).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::protocol::Lane;

    fn window(start_ms: i64, batch_etl: f64) -> WindowPoint {
        let (happened, lambda, kappa) = (9.0, Some(8.0), None);
        let batch_etl = Some(batch_etl);
        WindowPoint { start_ms, happened, delivered: 7.0, batch_etl, lambda, kappa }
    }

    fn series() -> Series {
        let lane = |answer| LaneSample { answer, age_ms: Some(5), ..LaneSample::default() };
        let mut sample = Sample {
            t: 10,
            truth: Default::default(),
            batch_etl: lane(None),
            lambda: lane(Some(7.0)),
            kappa: lane(Some(12.0)),
        };
        sample.truth.happened = Some(10.0);
        let windows = vec![window(0, 9.0), window(60, 0.0), window(120, 4.0), window(180, 0.0)];
        Series { samples: vec![sample], windows }
    }

    #[test]
    fn an_answer_ends_with_what_is_known_and_the_truth_lies_on_top() {
        let Panel { tracks, .. } = panel(PanelId::Answer, &series(), &[], 200);
        let [batch, lambda, kappa, delivered, happened] = tracks.as_slice() else {
            panic!("{tracks:?}");
        };
        assert_eq!(batch.points, [(0, Some(9.0)), (60, Some(0.0)), (120, Some(4.0))]);
        assert_eq!((lambda.points.len(), kappa.points.len()), (4, 0));
        assert_eq!(delivered.points[3], (180, Some(7.0)));
        assert_eq!((happened.color, happened.points[3]), (0, (180, Some(9.0))));
    }

    #[test]
    fn errors_have_signs_and_ages_are_durations() {
        let Panel { tracks, .. } = panel(PanelId::Error, &series(), &[], 200);
        let values: Vec<_> = tracks.iter().map(|track| track.points[0].1).collect();
        assert_eq!(values, [None, Some(-3.0), Some(2.0)]);
        let ages = panel(PanelId::Age, &series(), &[], 200);
        assert_eq!((ages.unit, ages.tracks[0].points[0]), (Unit::Duration, (10, Some(5.0))));
    }

    #[test]
    fn what_concerns_all_is_marked_more_strongly() {
        let note = |at_ms, lane| Note { at_ms, lane, label: String::new(), text: String::new() };
        let notes = [note(5, None), note(7, Some(Lane::Kappa))];
        let marks = panel(PanelId::Work, &series(), &notes, 200).marks;
        assert_eq!(marks, [Mark { at_ms: 5, strong: true }, Mark { at_ms: 7, strong: false }]);
    }
}
