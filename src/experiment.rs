//! The experiments: knobs, presets, texts and expectations, one file each, and the simulation that
//! runs them.
//!
//! [`Simulation`] is what both shells drive: the page's worker and `streamglass simulate`. Not here:
//! the architectures (`architecture`), wall time and drawing.

pub mod knob;
pub mod protocol;
