//! Charts of a simulation, as SVG and in a page.

use streamglass::architecture::report::Report;
use streamglass::experiment::{Experiment, Simulation};

/// PLACEHOLDER
pub fn svg(_simulation: &mut Simulation) -> String {
    String::new()
}
/// PLACEHOLDER
pub fn html(_simulation: &mut Simulation) -> String {
    String::new()
}
/// PLACEHOLDER
pub fn sweep_svg(_knob: &str, _runs: &[(String, Report)]) -> String {
    String::new()
}
/// PLACEHOLDER
pub fn sweep_html(_e: &Experiment, _knob: &str, _runs: &[(String, Report)]) -> String {
    String::new()
}
