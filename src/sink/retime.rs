//! Event timestamps in the generator's JSON, moved. Not here: the timestamp of the record in Kafka,
//! which the broker sets.

use super::protocol::Timestamps;
use crate::time::Micros;

/// What every record with an event time has: seconds since 1970.
const MEMBER: &[u8] = b"\"timestamp\": ";
/// Where it is looked for.
const NEAR: usize = 96;

/// The event time of a record after it is moved: as the run has it, `event`; it arrives at `arrival` of
/// virtual time, and at `now` by the clock.
#[must_use]
pub fn moved(timestamps: Timestamps, event: Micros, arrival: Micros, now: Micros) -> Micros {
    match timestamps {
        Timestamps::Simulated => event,
        Timestamps::Shifted { by_ms } => event.plus(by_ms.saturating_mul(1_000)),
        Timestamps::Current => now.plus(event.0.saturating_sub(arrival.0)),
    }
}

/// Writes `value` to `out` with the event time `from` replaced by `to`. What does not state `from`, such
/// as a record that a fault made wrong, stays as it is.
pub fn rewrite(value: &[u8], from: Micros, to: Micros, out: &mut Vec<u8>) {
    out.clear();
    let found = if from == to { None } else { place(value, from) };
    let Some((start, end)) = found else {
        out.extend_from_slice(value);
        return;
    };
    out.extend_from_slice(&value[..start]);
    seconds(to.0, out);
    out.extend_from_slice(&value[end..]);
}

/// Where the number of the timestamp is, if it states `time`.
fn place(value: &[u8], time: Micros) -> Option<(usize, usize)> {
    let near = &value[..value.len().min(NEAR)];
    let start = memchr::memmem::find(near, MEMBER)? + MEMBER.len();
    let digits = value[start..].iter().position(|b| !matches!(b, b'0'..=b'9' | b'.' | b'-'))?;
    let end = start + digits;
    let mut expected = Vec::with_capacity(20);
    seconds(time.0, &mut expected);
    (value[start..end] == expected).then_some((start, end))
}

/// Seconds with at least one digit after the point and no more zeros than that, as the generator
/// writes them.
fn seconds(micros: i64, out: &mut Vec<u8>) {
    if micros < 0 {
        out.push(b'-');
    }
    let magnitude = micros.unsigned_abs();
    out.extend_from_slice(itoa::Buffer::new().format(magnitude / 1_000_000).as_bytes());
    out.push(b'.');
    let mut rest = magnitude % 1_000_000;
    let mut scale = 100_000;
    loop {
        out.push(b'0' + (rest / scale) as u8);
        rest %= scale;
        scale /= 10;
        if rest == 0 || scale == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, from: i64, to: i64, expect: &str) {
        let mut out = Vec::new();
        rewrite(value.as_bytes(), Micros(from), Micros(to), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expect);
    }

    #[test]
    fn only_the_stated_time_is_moved() {
        let (a, b) = (1_673_512_817_517_501, 1_764_000_000_000_010);
        check(
            r#"{"timestamp": 1673512817.517501, "x": 1}"#,
            a,
            b,
            r#"{"timestamp": 1764000000.00001, "x": 1}"#,
        );
        check(
            r#"{"orderId": 7, "timestamp": 1673512817.0}"#,
            1_673_512_817_000_000,
            2_500_000,
            r#"{"orderId": 7, "timestamp": 2.5}"#,
        );
        for wrong in [
            r#"{"timestamp": -1.0}"#,
            r#"{"timestamp": "x"}"#,
            r#"{"timest"#,
            "",
            r#"{"timestamp": 1673512817.5"#,
        ] {
            check(wrong, a, b, wrong);
        }
    }

    #[test]
    fn a_late_record_stays_late() {
        let moved = moved(Timestamps::Current, Micros(40), Micros(100), Micros(9_000));
        assert_eq!(moved, Micros(8_940));
        let shifted = Timestamps::Shifted { by_ms: -1 };
        assert_eq!(super::moved(shifted, Micros(5_000), Micros(0), Micros(0)), Micros(4_000));
    }
}
