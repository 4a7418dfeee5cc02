//! Invariants that are looked at all through a run.

/// One invariant: how often it was looked at, and the first time that it did not hold.
#[derive(Clone, Debug)]
pub struct Checker {
    /// What must hold.
    pub name: &'static str,
    looked: u64,
    failed: u64,
    first: Option<String>,
}

impl Checker {
    /// An invariant that has not been looked at.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, looked: 0, failed: 0, first: None }
    }

    /// Looks at it; `detail` is asked for when it does not hold.
    pub fn look(&mut self, holds: bool, detail: impl FnOnce() -> String) {
        self.looked += 1;
        if !holds {
            self.failed += 1;
            self.first.get_or_insert_with(detail);
        }
    }

    /// Whether it held whenever it was looked at.
    #[must_use]
    pub const fn held(&self) -> bool {
        self.failed == 0
    }

    /// The figures in words.
    #[must_use]
    pub fn detail(&self) -> String {
        match &self.first {
            None => format!("held {} times", self.looked),
            Some(first) => {
                format!("failed {} of {} times, first: {first}", self.failed, self.looked)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Checker;

    #[test]
    fn the_first_failure_is_told() {
        let mut checker = Checker::new("x");
        checker.look(true, || unreachable!("it holds"));
        assert!(checker.held());
        checker.look(false, || "one".into());
        checker.look(false, || "two".into());
        assert!(!checker.held());
        assert_eq!(checker.detail(), "failed 2 of 3 times, first: one");
    }
}
