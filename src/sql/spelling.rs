//! "Did you mean …?": the known name that is nearest to one that is not known.

/// The one of `candidates` that `word` was probably meant to be, case aside; the first of equally
/// near ones. `None` when none is near, and for words of two letters or fewer, which are near to
/// everything.
#[must_use]
pub fn closest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = candidates.filter_map(|candidate| {
        let allowed = match candidate.len() {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        // Words of very different length cannot be near: this bounds the work on a long word.
        if word.len().abs_diff(candidate.len()) > allowed {
            return None;
        }
        let distance = distance(word.as_bytes(), candidate.as_bytes());
        (distance <= allowed).then_some((distance, candidate))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// The optimal string alignment distance of the upper-cased words: insertions, deletions,
/// substitutions and swaps of neighbours.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let width = b.len() + 1;
    let equal = |i: usize, j: usize| a[i].eq_ignore_ascii_case(&b[j]);
    // The row before the last one, the last one, and the one that is made.
    let mut rows = [vec![0; width], vec![0; width], (0..width).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        rows.rotate_left(1);
        rows[2][0] = i;
        for j in 1..width {
            let change = rows[1][j - 1] + usize::from(!equal(i - 1, j - 1));
            let mut best = change.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && equal(i - 1, j - 2) && equal(i - 2, j - 1) {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
        }
    }
    rows[2][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits_and_swaps() {
        for (a, b, expected) in [
            ("", "", 0),
            ("from", "FROM", 0),
            ("FORM", "FROM", 1),
            ("FRM", "FROM", 1),
            ("SELCT", "SELECT", 1),
            ("CRAETE", "CREATE", 1),
            ("WINDOWS", "WINDOW", 1),
            ("ABC", "CAB", 2),
            ("", "BY", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }

    #[test]
    fn the_nearest_is_suggested_and_nothing_far() {
        let names = ["contentId", "content", "sessionId", "id", "ts"];
        for (word, expected) in [
            ("contenId", Some("contentId")),
            ("CONTENT", Some("content")),
            ("sesionid", Some("sessionId")),
            ("tz", None),
            ("country", None),
        ] {
            assert_eq!(closest(word, names.into_iter()), expected, "{word}");
        }
    }
}
