//! Whole pictures, read back from a backend that records what it is asked to draw.

mod recorder;

use super::model::{Axis, ChartData, ChartId, ChartStyle, Plot, Series};
use super::{ChartError, SUBPIXELS, backend_size, draw};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use recorder::{Bounds, Mark, Recorder};

const SURFACE: (u8, u8, u8) = (255, 255, 255);
const LINE: (u8, u8, u8) = (228, 226, 220);
const SIZES: [(f64, f64, f64); 5] = [
    (300.0, 180.0, 3.0),
    (300.0, 120.0, 1.0),
    (700.0, 240.0, 1.25),
    (700.0, 300.0, 2.0),
    (1400.0, 320.0, 1.0),
];

fn style((width, height, scale): (f64, f64, f64)) -> ChartStyle {
    ChartStyle {
        width,
        height,
        scale,
        font: "sans-serif".into(),
        ink: "#55606e".into(),
        line: "#e4e2dc".into(),
        surface: "#ffffff".into(),
        palette: vec!["#2a5bd7".into(), "#9d5c00".into(), "#087a5a".into()],
    }
}

/// Minutes of clicks before midnight and after it, the last two windows open.
fn clicks(points: i64, highest: f64) -> ChartData {
    let from = 19_369 * DAY_MS - HOUR_MS / 2;
    let series = |name: &str, share: f64| Series {
        name: name.into(),
        values: (0..points)
            .map(|at| Some((share * highest * ((at % 7) as f64 / 6.0)).floor()))
            .collect(),
        open: 2,
    };
    ChartData {
        chart: ChartId::ClicksByState,
        unit: "clicks a minute".into(),
        x: Axis::Time { at_ms: (0..points).map(|at| from + at * MINUTE_MS).collect() },
        series: vec![series("content", 1.0), series("home", 0.4)],
        plot: None,
    }
}

fn content(rows: usize) -> ChartData {
    let names = ["Sport", "Politics and the economy of the whole wide world", "Größe", "A", "Ω"];
    ChartData {
        chart: ChartId::TopContent,
        unit: "clicks".into(),
        x: Axis::Category { names: (0..rows).map(|row| names[row % names.len()].into()).collect() },
        series: vec![Series {
            name: "clicks".into(),
            values: (0..rows).map(|row| Some(123_456.0 / (row + 1) as f64)).collect(),
            open: 0,
        }],
        plot: None,
    }
}

fn record(data: &ChartData, style: &ChartStyle) -> (Plot, Vec<Mark>) {
    let size = backend_size(style).expect("the size is valid");
    let mut recorder = Recorder { size, marks: Vec::new(), presented: 0 };
    let plot = draw(&mut recorder, data, style).expect("the picture can be drawn");
    assert_eq!(recorder.presented, 1);
    (plot, recorder.marks)
}

fn texts(marks: &[Mark]) -> Vec<(&str, Bounds)> {
    marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Text { text, bounds } => Some((text.as_str(), *bounds)),
            _ => None,
        })
        .collect()
}

fn rects(marks: &[Mark], wanted: impl Fn((u8, u8, u8)) -> bool) -> Vec<Bounds> {
    marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Rect { bounds, rgb, .. } if wanted(*rgb) => Some(*bounds),
            _ => None,
        })
        .collect()
}

/// Whether `inner` lies in `outer`, give or take what rounding to whole units takes.
fn within(inner: Bounds, outer: Bounds) -> bool {
    inner.0 >= outer.0 - 1.0
        && inner.1 >= outer.1 - 1.0
        && inner.2 <= outer.2 + 1.0
        && inner.3 <= outer.3 + 1.0
}

fn units(plot: Plot, style: &ChartStyle) -> Bounds {
    let unit = style.scale * f64::from(SUBPIXELS);
    let Plot { left, top, width, height } = plot;
    (left * unit, top * unit, (left + width) * unit, (top + height) * unit)
}

fn picture(style: &ChartStyle) -> Bounds {
    let (width, height) = backend_size(style).expect("the size is valid");
    (0.0, 0.0, width.into(), height.into())
}

/// Texts lie in the picture and keep four CSS pixels between them.
fn check_texts(marks: &[Mark], style: &ChartStyle, context: &str) {
    let gap = 4.0 * style.scale * f64::from(SUBPIXELS);
    let texts = texts(marks);
    for (index, (text, a)) in texts.iter().enumerate() {
        assert!(within(*a, picture(style)), "{context}: `{text}` is clipped: {a:?}");
        for (other, b) in &texts[index + 1..] {
            let apart = a.2 + gap <= b.0 || b.2 + gap <= a.0 || a.3 <= b.1 || b.3 <= a.1;
            assert!(apart, "{context}: `{text}` {a:?} touches `{other}` {b:?}");
        }
    }
}

#[test]
fn labels_are_neither_clipped_nor_do_they_touch() {
    for size in SIZES {
        let style = style(size);
        for points in [0, 1, 2, 3, 20, 60, 61, 240, 1_500, 20_000] {
            for highest in [0.0, 1.0, 7.0, 950.0, 123_456.0, 9e9] {
                let (_, marks) = record(&clicks(points, highest), &style);
                check_texts(&marks, &style, &format!("{size:?}, {points} points to {highest}"));
            }
        }
        for rows in [0, 1, 2, 5, 8, 20, 60] {
            let (_, marks) = record(&content(rows), &style);
            check_texts(&marks, &style, &format!("{size:?}, {rows} rows"));
        }
    }
}

#[test]
fn lines_stay_in_the_plot_and_touch_its_ends() {
    for size in SIZES {
        let style = style(size);
        let (plot, marks) = record(&clicks(60, 950.0), &style);
        let plot = units(plot, &style);
        assert!(within(plot, picture(&style)));
        let mut ends = (f64::MAX, f64::MIN);
        for mark in &marks {
            let Mark::Path { points, .. } = mark else { continue };
            for &(x, y) in points {
                let (x, y) = (f64::from(x), f64::from(y));
                assert!(within((x, y, x, y), plot), "{x}, {y} is not in {plot:?}");
                ends = (ends.0.min(x), ends.1.max(x));
            }
        }
        // The dashed end of a line may be a gap.
        let gap = 3.0 * style.scale * f64::from(SUBPIXELS) + 1.0;
        assert!((ends.0 - plot.0).abs() <= 1.0 && (ends.1 - plot.2).abs() <= gap, "{ends:?}");
    }
}

#[test]
fn a_value_lies_as_high_as_its_share_of_the_axis() {
    let style = style((700.0, 240.0, 1.0));
    let (plot, marks) = record(&clicks(60, 1_000.0), &style);
    let plot = units(plot, &style);
    let highest = marks.iter().find_map(|mark| match mark {
        Mark::Path { points, .. } => points.iter().map(|point| point.1).min(),
        _ => None,
    });
    // 1,000 is a tick, so the axis ends there.
    assert_eq!(texts(&marks).iter().filter(|(text, _)| *text == "1,000").count(), 1);
    assert!((f64::from(highest.expect("a line")) - plot.1).abs() <= 1.0);
}

#[test]
fn every_picture_has_a_few_ticks() {
    for size in SIZES {
        let (_, marks) = record(&clicks(60, 950.0), &style(size));
        let times = texts(&marks).iter().filter(|(text, _)| text.contains(':')).count();
        assert!((2..=14).contains(&times), "{times} times at {size:?}");
        let grid = rects(&marks, |rgb| rgb == LINE).len();
        assert!((1..=6).contains(&grid), "{grid} grid lines at {size:?}");
    }
    let (_, marks) = record(&clicks(60, 950.0), &style((700.0, 240.0, 1.0)));
    assert!(texts(&marks).iter().any(|(text, _)| *text == "12 Jan"), "midnight has its date");
    let (_, marks) = record(&clicks(1, 950.0), &style((700.0, 240.0, 1.0)));
    assert!(texts(&marks).iter().any(|(text, _)| *text == "23:30"), "one window has its time");
}

#[test]
fn fills_lie_on_whole_device_pixels() {
    for size in SIZES {
        let style = style(size);
        for data in [clicks(60, 950.0), content(8)] {
            let (_, marks) = record(&data, &style);
            for (left, top, right, bottom) in rects(&marks, |_| true) {
                for edge in [left, top, right, bottom] {
                    assert_eq!(edge % f64::from(SUBPIXELS), 0.0, "{edge} at {size:?}");
                }
            }
            let hairline = style.scale.floor() * f64::from(SUBPIXELS);
            for (_, top, _, bottom) in rects(&marks, |rgb| rgb == LINE) {
                assert_eq!(bottom - top, hairline, "{size:?}");
            }
        }
    }
}

#[test]
fn values_of_open_windows_are_dashed() {
    let style = style((700.0, 240.0, 1.0));
    let paths = |data: &ChartData| {
        let (_, marks) = record(data, &style);
        marks.into_iter().filter(|mark| matches!(mark, Mark::Path { .. })).count()
    };
    let mut data = clicks(60, 950.0);
    data.series.truncate(1);
    data.series[0].open = 0;
    assert_eq!(paths(&data), 1, "one stroke for a whole line");
    data.series[0].open = 2;
    let dashed = paths(&data);
    assert!(dashed > 3, "{dashed} strokes");
    data.series[0].open = 60;
    assert!(paths(&data) > dashed);
    data.series[0].open = u32::MAX;
    assert!(paths(&data) > dashed);
}

#[test]
fn gaps_stay_gaps_and_a_lonely_value_is_a_dot() {
    let mut data = clicks(9, 950.0);
    data.series.truncate(1);
    data.series[0].open = 0;
    for gap in [2, 4, 5] {
        data.series[0].values[gap] = None;
    }
    let (_, marks) = record(&data, &style((700.0, 240.0, 1.0)));
    let lengths: Vec<_> = marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Path { points, .. } => Some(points.len()),
            Mark::Dot { .. } => Some(1),
            _ => None,
        })
        .collect();
    assert_eq!(lengths, [2, 1, 3]);
}

#[test]
fn without_data_there_are_axes_alone() {
    let style = style((300.0, 180.0, 1.0));
    let mut empty = clicks(0, 0.0);
    for series in [empty.series.clone(), Vec::new()] {
        empty.series = series;
        let (plot, marks) = record(&empty, &style);
        assert!(plot.width > 200.0 && plot.height > 100.0);
        assert_eq!(
            texts(&marks).iter().map(|text| text.0).collect::<Vec<_>>(),
            ["clicks a minute", "0", "1"]
        );
        assert!(marks.iter().all(|mark| matches!(mark, Mark::Rect { .. } | Mark::Text { .. })));
    }
    let (plot, marks) = record(&content(0), &style);
    assert!(plot.width > 200.0 && plot.height > 100.0);
    let axis = rects(&marks, |rgb| rgb != SURFACE);
    assert_eq!(axis.len(), 1);
    assert!(within(axis[0], picture(&style)), "{axis:?}");
}

#[test]
fn bars_are_as_long_as_their_share_in_the_order_given() {
    for size in SIZES {
        let style = style(size);
        let (plot, marks) = record(&content(4), &style);
        let plot = units(plot, &style);
        let bars = rects(&marks, |rgb| rgb == (0x2a, 0x5b, 0xd7));
        assert_eq!(bars.len(), 4);
        for (row, bar) in bars.iter().enumerate() {
            assert!(within(*bar, plot), "{bar:?} is not in {plot:?}");
            let row_height = (plot.3 - plot.1) / 4.0;
            let middle = plot.1 + (row as f64 + 0.5) * row_height;
            assert!((f64::midpoint(bar.1, bar.3) - middle).abs() <= f64::from(SUBPIXELS));
            let share = (bar.2 - bar.0) / (bars[0].2 - bars[0].0);
            assert!(
                (share * (row + 1) as f64 - 1.0).abs() < 0.05,
                "row {row} at {size:?}: {share}"
            );
        }
        let texts = texts(&marks);
        let value = texts.iter().find(|(text, _)| *text == "61,728").expect("the second value").1;
        assert!(value.0 > bars[1].2 && value.1 >= bars[1].1 - 8.0, "it is at the end of its bar");
    }
}

#[test]
fn long_names_are_cut_by_an_ellipsis() {
    let (_, marks) = record(&content(5), &style((300.0, 180.0, 1.0)));
    let names = texts(&marks);
    assert!(names.iter().any(|(text, _)| text.starts_with("Politics") && text.ends_with('…')));
    assert!(names.iter().any(|(text, _)| *text == "Größe"));
    let (_, marks) = record(&content(5), &style((1400.0, 180.0, 1.0)));
    assert!(texts(&marks).iter().any(|(text, _)| text.ends_with("the whole wide world")));
}

#[test]
fn equal_data_give_equal_pictures() {
    for size in SIZES {
        for data in [clicks(60, 950.0), content(8)] {
            assert_eq!(record(&data, &style(size)), record(&data.clone(), &style(size)));
        }
    }
}

/// The error of drawing `data` in `style`, with a backend of the size that it needs if it has one.
fn refused(data: &ChartData, style: &ChartStyle) -> (ChartError, usize) {
    let size = backend_size(style).unwrap_or((8, 8));
    let mut recorder = Recorder { size, marks: Vec::new(), presented: 0 };
    let error = draw(&mut recorder, data, style).expect_err("it is refused");
    (error, recorder.marks.len())
}

#[test]
fn bad_data_are_refused_before_anything_is_drawn() {
    let style = style((300.0, 180.0, 1.0));
    let check = |change: fn(&mut ChartData), expected: ChartError| {
        let mut data = clicks(3, 9.0);
        change(&mut data);
        assert_eq!(refused(&data, &style), (expected, 0));
    };
    check(
        |data| data.series[1].values.truncate(2),
        ChartError::Length { series: "home".into(), expected: 3, found: 2 },
    );
    check(
        |data| data.series[0].values[1] = Some(-1.0),
        ChartError::Value { series: "content".into(), value: -1.0 },
    );
    check(|data| data.x = Axis::Time { at_ms: vec![1, 2, 2] }, ChartError::Time(2));
    check(|data| data.x = Axis::Time { at_ms: vec![1, 2, i64::MAX] }, ChartError::Time(i64::MAX));
    let mut data = clicks(3, 9.0);
    data.series[0].values[1] = Some(f64::NAN);
    assert!(matches!(refused(&data, &style), (ChartError::Value { .. }, 0)));
}

#[test]
fn bad_styles_are_refused_before_anything_is_drawn() {
    let check = |change: fn(&mut ChartStyle), expected: ChartError| {
        let mut style = style((300.0, 180.0, 1.0));
        change(&mut style);
        assert_eq!(refused(&clicks(3, 9.0), &style), (expected, 0));
    };
    check(|style| style.ink = "red".into(), ChartError::Color("red".into()));
    check(|style| style.palette[2] = "#12".into(), ChartError::Color("#12".into()));
    check(|style| style.palette.clear(), ChartError::Palette);
    let size = |width, height, scale| ChartError::Size { width, height, scale };
    check(|style| style.width = 0.0, size(0.0, 180.0, 1.0));
    check(|style| style.height = f64::INFINITY, size(300.0, f64::INFINITY, 1.0));
    check(
        |style| (style.width, style.height, style.scale) = (-300.0, -180.0, -1.0),
        size(-300.0, -180.0, -1.0),
    );
    let mut nan = style((300.0, 180.0, 1.0));
    nan.scale = f64::NAN;
    assert!(matches!(refused(&clicks(3, 9.0), &nan), (ChartError::Size { .. }, 0)));
}

#[test]
fn a_backend_of_another_size_is_refused() {
    let mut recorder = Recorder { size: (300, 180), marks: Vec::new(), presented: 0 };
    let result = draw(&mut recorder, &clicks(3, 9.0), &style((300.0, 180.0, 1.0)));
    let expected = (300 * SUBPIXELS, 180 * SUBPIXELS);
    assert_eq!(result, Err(ChartError::Backend { expected, found: (300, 180) }));
}
