//! Line charts as SVG, one below the other: what a file or a page needs, and no more. The page's own
//! charts are drawn by the library's `chart`, into a canvas.

use std::fmt::Write;

use streamglass::architecture::grouped;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 28.0;

/// A line.
pub struct Series {
    /// The name in the legend.
    pub name: &'static str,
    /// `#rrggbb`
    pub color: &'static str,
    /// Where and how much; `None` interrupts the line.
    pub points: Vec<(f64, Option<f64>)>,
}

/// A chart.
pub struct Chart {
    title: String,
    series: Vec<Series>,
    /// Labels of the positions 0, 1, …; without, x is milliseconds of virtual time.
    names: Option<Vec<String>>,
}

impl Chart {
    /// Over virtual time.
    pub fn over_time(title: &str, series: Vec<Series>) -> Self {
        Self { title: title.to_owned(), series, names: None }
    }

    /// Over named values.
    pub fn by_name(title: &str, names: Vec<String>, series: Vec<Series>) -> Self {
        Self { title: title.to_owned(), series, names: Some(names) }
    }

    /// Whether no line has a point.
    pub fn is_empty(&self) -> bool {
        self.values().next().is_none()
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| series.points.iter().filter_map(|(_, value)| *value))
    }

    fn draw(&self, out: &mut String) {
        let (low, high) = self.values().fold((0.0_f64, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
        let step = nice((high - low).max(1e-9) / 4.0);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        let high = if high > low { high } else { low + step };
        let end = self.series.iter().flat_map(|s| s.points.last()).fold(0.0_f64, |m, p| m.max(p.0));
        let x = |at: f64| LEFT + (WIDTH - LEFT - RIGHT) * at / end.max(1e-9);
        let y = |value: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - (value - low) / (high - low));
        let _ = writeln!(
            out,
            "<text x=\"{LEFT}\" y=\"16\" font-weight=\"600\">{}</text>",
            escaped(&self.title)
        );
        let mut at = LEFT;
        for series in &self.series {
            let _ = writeln!(
                out,
                "<rect x=\"{at:.0}\" y=\"26\" width=\"14\" height=\"3\" fill=\"{}\"/><text x=\"{:.0}\" y=\"32\">{}</text>",
                series.color,
                at + 20.0,
                series.name
            );
            at += 36.0 + 8.0 * series.name.len() as f64;
        }
        let lines = ((high - low) / step).round() as i32;
        for line in 0..=lines {
            let value = low + f64::from(line) * step;
            let (at, right) = (y(value), WIDTH - RIGHT);
            let _ = writeln!(
                out,
                "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#e4e2dc\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 8.0,
                at + 4.0,
                label(value, step)
            );
        }
        for (at, text) in self.ticks(end) {
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                x(at),
                HEIGHT - 8.0,
                escaped(&text)
            );
        }
        for series in &self.series {
            let (mut path, mut pen) = (String::new(), 'M');
            for (at, value) in &series.points {
                match value {
                    Some(value) => {
                        let _ = write!(path, "{pen}{:.1} {:.1}", x(*at), y(*value));
                        pen = 'L';
                    }
                    None => pen = 'M',
                }
            }
            let _ = writeln!(
                out,
                "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.75\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
                series.color
            );
        }
    }

    fn ticks(&self, end: f64) -> Vec<(f64, String)> {
        if let Some(names) = &self.names {
            return names.iter().enumerate().map(|(at, name)| (at as f64, name.clone())).collect();
        }
        const STEPS: [(f64, f64, &str); 12] = [
            (1e3, 1e3, "s"),
            (1e4, 1e3, "s"),
            (6e4, 6e4, "min"),
            (3e5, 6e4, "min"),
            (6e5, 6e4, "min"),
            (1.8e6, 6e4, "min"),
            (3.6e6, 3.6e6, "h"),
            (7.2e6, 3.6e6, "h"),
            (1.44e7, 3.6e6, "h"),
            (4.32e7, 3.6e6, "h"),
            (8.64e7, 8.64e7, "d"),
            (4.32e8, 8.64e7, "d"),
        ];
        let fits = |step: &&(f64, f64, &str)| end / step.0 <= 9.0;
        let (step, size, unit) = STEPS.iter().find(fits).copied().unwrap_or(STEPS[11]);
        let count = (end / step) as i32;
        (0..=count)
            .map(|i| (f64::from(i) * step, format!("{:.0} {unit}", f64::from(i) * step / size)))
            .collect()
    }
}

/// 1, 2 or 5 times a power of ten, not less than `least`.
fn nice(least: f64) -> f64 {
    let mut step = 1e-9;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            if step * factor >= least {
                return step * factor;
            }
        }
        step *= 10.0;
    }
}

fn label(value: f64, step: f64) -> String {
    if step >= 1.0 {
        return grouped(value);
    }
    let digits = [0.1, 0.01, 0.001].iter().position(|unit| step >= *unit).unwrap_or(3) + 1;
    format!("{value:.digits$}")
}

/// Charts below each other.
pub fn document(charts: &[Chart]) -> String {
    let height = HEIGHT * charts.len() as f64 + 12.0 * (charts.len().max(1) - 1) as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#55606e\" role=\"img\" aria-label=\"Charts of the simulation\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fbfaf7\"/>\n"
    );
    for (at, chart) in charts.iter().enumerate() {
        let _ = writeln!(out, "<g transform=\"translate(0 {})\">", (HEIGHT + 12.0) * at as f64);
        chart.draw(&mut out);
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

/// A text that means itself in SVG and HTML.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
