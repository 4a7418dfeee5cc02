//! Knobs: what a person can set, in which unit and range, and how it is read from text.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

use super::settings::Settings;

/// A knob as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct KnobInfo {
    /// The name for the command line and links, as `stream-lag`.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// One sentence on what it is; of a constant of the cost model also its source. Empty where it has
    /// not been asked for: see `ExperimentCommand::Explain`.
    pub help: String,
    /// What values it takes.
    pub kind: KnobKind,
    /// The value of the experiment's preset, as text with unit.
    pub default: String,
    /// Whether the experiment is about it; the others are under "more".
    pub primary: bool,
}

/// A sentence as a function, so that it comes when it is asked for (`xtask/src/wasm/doors.rs`).
macro_rules! later {
    ($text:literal) => {{
        fn later() -> &'static str {
            $text
        }
        later
    }};
}

/// One that the first experiment of a page shows, or says.
macro_rules! shown {
    ($text:literal) => {{
        fn shown() -> &'static str {
            $text
        }
        shown
    }};
}

pub(super) use {later, shown};

/// What values a knob takes. A value is set as text: a number with its unit (durations `45m`, `1.5h`,
/// `250ms`), a choice's name, or `on` and `off`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum KnobKind {
    /// A duration, milliseconds. A slider should be logarithmic from 1 s on.
    Duration {
        /// Least, milliseconds.
        #[cfg_attr(test, ts(type = "number"))]
        min_ms: i64,
        /// Most, milliseconds.
        #[cfg_attr(test, ts(type = "number"))]
        max_ms: i64,
    },
    /// A number.
    Number {
        /// Least.
        min: f64,
        /// Most.
        max: f64,
        /// Whether only whole numbers make sense.
        whole: bool,
        /// The unit for people, as `events/s`; not part of the text.
        unit: String,
    },
    /// A share, set as `3%` or `0.03`.
    Share {
        /// Most, 0 to 1.
        max: f64,
    },
    /// One of some.
    Choice {
        /// They.
        choices: Vec<Choice>,
    },
    /// `on` or `off`.
    Switch,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What is set, as `by-offset`.
    pub name: String,
    /// What people read.
    pub label: String,
}

/// How a knob gets at its setting.
pub enum Slot {
    /// Milliseconds.
    Duration(fn(&Settings) -> i64, fn(&mut Settings, i64)),
    /// A number.
    Number(fn(&Settings) -> f64, fn(&mut Settings, f64)),
    /// A share.
    Share(fn(&Settings) -> f64, fn(&mut Settings, f64)),
    /// One of some, by name and label.
    Choice(
        &'static [(&'static str, &'static str)],
        fn(&Settings) -> usize,
        fn(&mut Settings, usize),
    ),
    /// On or off.
    Switch(fn(&Settings) -> bool, fn(&mut Settings, bool)),
}

/// A knob.
pub struct Knob {
    /// Its name.
    pub name: &'static str,
    label: &'static str,
    help: fn() -> &'static str,
    slot: Slot,
    range: (f64, f64),
    whole: bool,
    unit: &'static str,
}

impl Knob {
    /// A knob without bounds.
    #[must_use]
    pub const fn new(
        name: &'static str,
        label: &'static str,
        help: fn() -> &'static str,
        slot: Slot,
    ) -> Self {
        Self { name, label, help, slot, range: (0.0, 1.0), whole: false, unit: "" }
    }

    /// With bounds.
    #[must_use]
    pub const fn within(mut self, low: f64, high: f64) -> Self {
        self.range = (low, high);
        self
    }

    /// For whole numbers only.
    #[must_use]
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// With a unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// The knob as a page shows it; with its help where that is wanted.
    #[must_use]
    pub fn info(&self, defaults: &Settings, primary: bool, help: bool) -> KnobInfo {
        let (low, high) = self.range;
        KnobInfo {
            name: self.name.to_owned(),
            label: self.label.to_owned(),
            help: if help { (self.help)().to_owned() } else { String::new() },
            default: self.show(defaults),
            primary,
            kind: match &self.slot {
                Slot::Duration(..) => {
                    KnobKind::Duration { min_ms: low as i64, max_ms: high as i64 }
                }
                Slot::Number(..) => KnobKind::Number {
                    min: low,
                    max: high,
                    whole: self.whole,
                    unit: self.unit.to_owned(),
                },
                Slot::Share(..) => KnobKind::Share { max: high },
                Slot::Choice(all, ..) => KnobKind::Choice {
                    choices: all
                        .iter()
                        .map(|(name, label)| Choice {
                            name: (*name).to_owned(),
                            label: (*label).to_owned(),
                        })
                        .collect(),
                },
                Slot::Switch(..) => KnobKind::Switch,
            },
        }
    }

    /// Its value with unit.
    #[must_use]
    pub fn show(&self, settings: &Settings) -> String {
        match &self.slot {
            Slot::Duration(get, _) => duration(get(settings)),
            Slot::Number(get, _) => get(settings).to_string(),
            Slot::Share(get, _) => format!("{}%", tidy(get(settings) * 100.0)),
            Slot::Choice(all, get, _) => all[get(settings)].0.to_owned(),
            Slot::Switch(get, _) => if get(settings) { "on" } else { "off" }.to_owned(),
        }
    }

    /// Sets it from text.
    ///
    /// # Errors
    /// What is wrong with the text, or the bound that it breaks.
    pub fn set(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        let text = text.trim();
        match &self.slot {
            Slot::Duration(_, set) => {
                let ms = duration_ms(text)?;
                let (low, high) = (self.range.0 as i64, self.range.1 as i64);
                if !(low..=high).contains(&ms) {
                    return Err(self.out_of_range(text, &duration(low), &duration(high)));
                }
                set(settings, ms);
            }
            Slot::Number(_, set) => {
                let value: f64 = text.parse().map_err(|_| format!("`{text}` is not a number"))?;
                let (low, high) = self.range;
                if !(low..=high).contains(&value) {
                    return Err(self.out_of_range(text, &low.to_string(), &high.to_string()));
                }
                if self.whole && value.trunc() != value {
                    return Err(format!("`{text}` is not a whole number"));
                }
                set(settings, value);
            }
            Slot::Share(_, set) => {
                let (number, factor) =
                    text.strip_suffix('%').map_or((text, 1.0), |text| (text, 0.01));
                let value: f64 = number
                    .trim()
                    .parse()
                    .map_err(|_| format!("`{text}` is not a share like 3%"))?;
                let value = value * factor;
                if !(0.0..=self.range.1).contains(&value) {
                    return Err(self.out_of_range(text, "0%", "100%"));
                }
                set(settings, value);
            }
            Slot::Choice(all, _, set) => {
                let Some(at) = all.iter().position(|(name, _)| *name == text) else {
                    let names: Vec<_> = all.iter().map(|(name, _)| format!("`{name}`")).collect();
                    return Err(format!("`{text}` is none of {}", names.join(", ")));
                };
                set(settings, at);
            }
            Slot::Switch(_, set) => match text {
                "on" | "true" => set(settings, true),
                "off" | "false" => set(settings, false),
                _ => return Err(format!("`{text}` is neither `on` nor `off`")),
            },
        }
        Ok(())
    }

    fn out_of_range(&self, text: &str, low: &str, high: &str) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!("`{text}` is not between {low} and {high}{unit}")
    }

    /// The range for people, as `1s to 7d`.
    #[must_use]
    pub fn range(&self) -> String {
        let (low, high) = self.range;
        match &self.slot {
            Slot::Duration(..) => format!("{} to {}", duration(low as i64), duration(high as i64)),
            Slot::Number(..) => format!("{low} to {high} {}", self.unit).trim_end().to_owned(),
            Slot::Share(..) => "0% to 100%".to_owned(),
            Slot::Choice(all, ..) => {
                all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
            }
            Slot::Switch(..) => "on, off".to_owned(),
        }
    }

    /// The label and the sentence for people.
    #[must_use]
    pub fn texts(&self) -> (&'static str, &'static str) {
        (self.label, (self.help)())
    }
}

/// A product such as 3.0000000000000004 without its last digits.
fn tidy(value: f64) -> f64 {
    libm::round(value * 1e9) / 1e9
}

/// A duration as text, in its largest unit that is whole: `45m`, `90s`, `250ms`.
#[must_use]
pub fn duration(ms: i64) -> String {
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if ms % size == 0 && (ms != 0 || unit == "s") {
            return format!("{}{unit}", ms / size);
        }
    }
    format!("{ms}ms")
}

/// Milliseconds of a duration such as `45m`, `1.5h` or `-250ms`.
///
/// # Errors
/// When there is no number or no unit.
pub fn duration_ms(text: &str) -> Result<i64, String> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 1.0,
        "s" => 1e3,
        "m" | "min" => 6e4,
        "h" => 3.6e6,
        "d" => 8.64e7,
        "" => return Err(format!("`{text}` has no unit: write ms, s, m, h or d behind it")),
        _ => return Err(format!("unknown unit `{unit}`: ms, s, m, h or d")),
    };
    let number: f64 = number.trim().parse().map_err(|_| format!("`{text}` is not a duration"))?;
    let ms = number * factor;
    if !ms.is_finite() || ms.abs() > 1e13 {
        return Err(format!("`{text}` is too long"));
    }
    Ok(libm::round(ms) as i64)
}

#[cfg(test)]
mod tests {
    use super::super::settings::KNOBS;
    use super::*;

    #[test]
    fn durations_read_and_write() {
        for (text, ms) in [("45m", 2_700_000), ("250ms", 250), ("0s", 0), ("2d", 172_800_000)] {
            assert_eq!(duration_ms(text), Ok(ms));
            assert_eq!(duration(ms), text);
        }
        assert_eq!(duration_ms("1.5h"), Ok(5_400_000));
        assert_eq!((duration_ms("-3s"), duration(-3_000)), (Ok(-3_000), "-3s".to_owned()));
        for text in ["", "5", "m", "1y", "1e99d", "NaNs"] {
            assert!(duration_ms(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_knob_reads_what_it_writes_and_refuses_what_is_no_value() {
        for knob in KNOBS {
            let mut settings = Settings::default();
            let text = knob.show(&settings);
            assert_eq!(knob.set(&mut settings, &text), Ok(()), "{}", knob.name);
            assert_eq!(settings, Settings::default(), "{}", knob.name);
            assert!(knob.set(&mut settings, "x").is_err(), "{}", knob.name);
            assert_eq!(settings, Settings::default(), "{}", knob.name);
        }
        let names: std::collections::BTreeSet<_> = KNOBS.iter().map(|knob| knob.name).collect();
        assert_eq!(names.len(), KNOBS.len());
    }
}
