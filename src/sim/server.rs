//! A server that takes one thing after the other, in the order in which they come.

/// A queue with one server. Times are nanoseconds since the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Server {
    free_at: i64,
    /// Time that it worked, nanoseconds.
    pub busy: i64,
}

impl Server {
    /// A server that takes nothing before `at`.
    #[must_use]
    pub const fn from(at: i64) -> Self {
        Self { free_at: at, busy: 0 }
    }

    /// When something that came at `arrival` and takes `service` is done, if it is next.
    #[must_use]
    pub fn done(&self, arrival: i64, service: i64) -> i64 {
        arrival.max(self.free_at).saturating_add(service)
    }

    /// Takes it. Gives how long it waited.
    pub fn take(&mut self, arrival: i64, service: i64) -> i64 {
        let start = arrival.max(self.free_at);
        self.free_at = start.saturating_add(service);
        self.busy += service;
        start - arrival
    }

    /// Takes nothing before `at` (a crash, a start).
    pub fn block_until(&mut self, at: i64) {
        self.free_at = self.free_at.max(at);
    }

    /// When it is free.
    #[must_use]
    pub const fn free_at(&self) -> i64 {
        self.free_at
    }
}

#[cfg(test)]
mod tests {
    use super::Server;

    #[test]
    fn what_comes_while_it_works_waits() {
        let mut server = Server::default();
        assert_eq!(server.take(10, 5), 0);
        assert_eq!((server.done(12, 5), server.take(12, 5)), (20, 3));
        assert_eq!((server.take(30, 1), server.free_at(), server.busy), (0, 31, 11));
    }
}
