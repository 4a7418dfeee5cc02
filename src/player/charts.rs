//! The panels of a run: which lines each has, from the run's series. Not here: how they are drawn.

use crate::chart::panel::{Look, Mark, Panel, PanelId, Track, Unit};
use crate::experiment::protocol::{LaneSample, Note, Sample, Series};

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
        .map(|(color, lane)| Track {
            color,
            look: Look::Broad,
            points: windows
                .iter()
                .map(|w| (w.start_ms, [w.batch_etl, w.lambda, w.kappa][lane]))
                .collect(),
        })
        .collect();
    let delivered = windows.iter().map(|w| (w.start_ms, Some(w.delivered))).collect();
    let happened = windows.iter().map(|w| (w.start_ms, Some(w.happened))).collect();
    tracks.push(Track { color: DELIVERED, look: Look::Dashed, points: delivered });
    tracks.push(Track { color: HAPPENED, look: Look::Fine, points: happened });
    tracks
}

fn over_time(series: &Series, value: impl Fn(&LaneSample, &Sample) -> Option<f64>) -> Vec<Track> {
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
