//! Checkpoints of a run, kept for going back: bounded in number and in bytes.

use crate::lab::log::Stamp;

/// The most checkpoints kept.
const MOST: usize = 24;
/// The most bytes they may hold together. Counted as if nothing were shared, so it is an upper
/// bound: sealed segments and pages of the clickstream are shared with the run.
const MOST_BYTES: u64 = 128 << 20;
/// Turns between the first checkpoints: 30 s of virtual time at a low rate.
const FIRST_SPACING: u64 = 60;

/// Checkpoints in the order of the run. The first is always the beginning. When there are too many,
/// every second one goes and the distance doubles, so they stay evenly spread over any length.
#[derive(Clone, Debug)]
pub struct Checkpoints<T> {
    kept: Vec<(Stamp, u64, T)>,
    spacing: u64,
    /// Bytes of the next one, for which there is room.
    room: u64,
}

impl<T> Checkpoints<T> {
    /// With the beginning of the run.
    pub fn new(at: Stamp, bytes: u64, beginning: T) -> Self {
        Self { kept: vec![(at, bytes, beginning)], spacing: FIRST_SPACING, room: 0 }
    }

    /// Whether a checkpoint should be taken after `turn` turns.
    #[must_use]
    pub fn wants(&self, turn: u64) -> bool {
        self.kept.last().is_none_or(|(last, ..)| turn >= last.turn.saturating_add(self.spacing))
    }

    /// Forgets what has to go for a checkpoint of about `bytes` bytes: before it is made.
    pub fn make_room(&mut self, bytes: u64) {
        self.room = bytes;
        let total = |kept: &[(Stamp, u64, T)]| kept.iter().map(|(_, bytes, _)| bytes).sum::<u64>();
        while self.kept.len() > 1
            && (self.kept.len() == MOST || total(&self.kept) + bytes > MOST_BYTES)
        {
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.spacing = self.spacing.saturating_mul(2);
        }
    }

    /// Keeps the checkpoint for which room was made; it lies after all others.
    pub fn keep(&mut self, at: Stamp, checkpoint: T) {
        self.kept.push((at, self.room, checkpoint));
    }

    /// The last checkpoint that satisfies `at`, which must hold for a prefix of the run; the
    /// beginning if none does.
    pub fn last_where(&self, at: impl Fn(Stamp) -> bool) -> (Stamp, &T) {
        let after = self.kept.partition_point(|(stamp, ..)| at(*stamp)).max(1);
        let (stamp, _, checkpoint) = &self.kept[after - 1];
        (*stamp, checkpoint)
    }

    /// Forgets what lies after `turn` turns: history was changed there.
    pub fn forget_after(&mut self, turn: u64) {
        let keep = self.kept.partition_point(|(stamp, ..)| stamp.turn <= turn).max(1);
        self.kept.truncate(keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Micros;

    fn at(turn: u64) -> Stamp {
        Stamp { turn, clock: Micros(turn as i64) }
    }

    #[test]
    fn number_and_bytes_are_bounded_at_any_length() {
        for bytes in [1, 50 << 20, 500 << 20] {
            let mut kept = Checkpoints::new(at(0), bytes, 0);
            for turn in 1..200_000 {
                if kept.wants(turn) {
                    kept.make_room(bytes);
                    kept.keep(at(turn), turn);
                }
                assert!(kept.kept.len() <= MOST);
                let total: u64 = kept.kept.iter().map(|k| k.1).sum();
                assert!(total <= MOST_BYTES.max(2 * bytes), "the beginning and one more");
            }
            assert_eq!(kept.last_where(|_| false).1, &0, "the beginning stays");
        }
    }

    #[test]
    fn finds_the_nearest_before() {
        let mut kept = Checkpoints::new(at(0), 1, 0);
        kept.keep(at(300), 300);
        kept.keep(at(600), 600);
        assert_eq!(kept.last_where(|s| s.turn <= 599).1, &300);
        assert_eq!(kept.last_where(|s| s.turn <= 600).1, &600);
        kept.forget_after(300);
        assert_eq!(kept.last_where(|s| s.turn <= 600).1, &300);
    }
}
