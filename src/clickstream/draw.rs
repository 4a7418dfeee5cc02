//! Addresses, articles and durations, drawn from a given substream.

use super::config::LogNormal;
use super::event::{Content, Status, Traits};
use super::places::{JITTER, PLACES};
use super::serializer::SECTIONS;
use super::site::Site;
use crate::rng::Stream;

/// Shares of the HTTP statuses 404 and 500.
const NOT_FOUND: f64 = 0.05;
const SERVER_ERROR: f64 = 0.05;
/// Nothing takes longer than 30 days.
const LONGEST: f64 = 30.0 * 86_400e6;

/// Gives a user an address: a city, and a point near its centre.
pub(super) fn settle(site: &Site, draws: &mut Stream, traits: &mut Traits) {
    let at = site.place_weights.pick(draws);
    let place = &PLACES[at];
    let mut near = |degrees: f64| {
        let jitter = draws.below(2 * JITTER + 1).cast_signed() - JITTER.cast_signed();
        (degrees * 1e5).round() as i32 + jitter
    };
    traits.latitude = near(place.latitude);
    traits.longitude = near(place.longitude);
    traits.place = at as u16;
}

/// An article: two draws, whatever it is.
pub(super) fn content(draws: &mut Stream) -> Content {
    let words = draws.bits();
    let bits = draws.bits();
    let status = match (bits >> 32) as f64 / (1_u64 << 32) as f64 {
        u if u < NOT_FOUND => Status::NotFound,
        u if u < NOT_FOUND + SERVER_ERROR => Status::ServerError,
        _ => Status::Ok,
    };
    // Multiplying and shifting maps 16 bits to a small range; the bias is below 0.02 %.
    let small = |bits: u64, bound: u64| (((bits & 0xffff) * bound) >> 16) as u8;
    Content {
        words,
        len: 4 + small(bits, 5),
        section: small(bits >> 16, SECTIONS.len() as u64),
        status,
    }
}

/// A log-normal duration in microseconds.
pub(super) fn duration_micros(draws: &mut Stream, length: LogNormal) -> i64 {
    (draws.log_normal(length.median_seconds, length.sigma) * 1e6).clamp(0.0, LONGEST) as i64
}
