//! Sessions of users, as far as views need them: spans of event time between whose events there is
//! never more than the gap. Both ends belong to a session, and an event exactly one gap away joins it,
//! as in Kafka Streams.

use super::pages::Pages;
use crate::order;

/// A session of one user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub user: u32,
    /// Its first click, milliseconds since the start of the run.
    pub start: u32,
    /// Its last click.
    pub end: u32,
    /// How many clicks it has.
    pub clicks: u32,
}

impl Session {
    /// A session of one click.
    #[must_use]
    pub const fn of(user: u32, event: u32) -> Self {
        Self { user, start: event, end: event, clicks: 1 }
    }

    /// Its length, milliseconds.
    #[must_use]
    pub const fn length(self) -> u64 {
        (self.end - self.start) as u64
    }

    /// Whether no more than the gap is between the two.
    const fn touches(self, other: Self, gap: u32) -> bool {
        self.start as u64 <= other.end as u64 + gap as u64
            && other.start as u64 <= self.end as u64 + gap as u64
    }

    fn absorb(&mut self, other: Self) {
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
        self.clicks += other.clicks;
    }
}

/// A session, and which of its user's is the next older one.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    session: Session,
    older: Link,
}

/// One more than the index of a slot; 0 leads nowhere.
type Link = u32;

/// The sessions of all users. A clone shares what neither changes.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    slots: Pages<Slot>,
    /// By user: the newest session.
    newest: Pages<Link>,
    /// Slots that are free again.
    free: Link,
    live: u64,
    clicks: u64,
}

impl Sessions {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { slots: Pages::new(), newest: Pages::new(), free: 0, live: 0, clicks: 0 }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.live
    }

    /// Clicks in all of them.
    #[must_use]
    pub const fn clicks(&self) -> u64 {
        self.clicks
    }

    /// Adds a session: those of its user that it touches become one with it, and are handed to `gone`
    /// as they were. Gives what it became.
    pub fn join(
        &mut self,
        mut session: Session,
        gap: u32,
        mut gone: impl FnMut(Session),
    ) -> Session {
        self.clicks += u64::from(session.clicks);
        let (mut newer, mut at) = (0, self.head(session.user));
        while at != 0 {
            let Slot { session: found, older } = self.slots.get(at as usize - 1);
            if session.touches(found, gap) {
                gone(found);
                session.absorb(found);
                self.unlink(session.user, newer, at, older);
            } else if found.end < session.start {
                break;
            } else {
                newer = at;
            }
            at = older;
        }
        self.link(session, newer, at);
        session
    }

    /// Puts a row of a table of sessions, whose key is user, start and end: its number of clicks, or
    /// none to delete it. Gives the row that was there.
    pub fn put(&mut self, session: Session, clicks: Option<u32>) -> Option<Session> {
        let (mut newer, mut at) = (0, self.head(session.user));
        while at != 0 {
            let Slot { session: found, older } = self.slots.get(at as usize - 1);
            if (found.start, found.end) == (session.start, session.end) {
                self.clicks -= u64::from(found.clicks);
                match clicks {
                    None => self.unlink(session.user, newer, at, older),
                    Some(clicks) => {
                        self.clicks += u64::from(clicks);
                        self.slots.get_mut(at as usize - 1).session.clicks = clicks;
                    }
                }
                return Some(found);
            }
            if found.start < session.start {
                break;
            }
            (newer, at) = (at, older);
        }
        if let Some(clicks) = clicks {
            self.clicks += u64::from(clicks);
            self.link(Session { clicks, ..session }, newer, at);
        }
        None
    }

    /// What changes when the sessions of `later` become one with those that they touch here: `gone`
    /// gets each that is no more, from either side, and `new` what takes its place.
    pub fn unite(
        &self,
        later: &Self,
        gap: u32,
        mut gone: impl FnMut(Session),
        mut new: impl FnMut(Session),
    ) {
        let mut all = Vec::new();
        for at in 0..later.slots.len() {
            let session = later.slots.get(at).session;
            // Each user once: at the newest of the sessions.
            if session.clicks == 0 || later.head(session.user) as usize != at + 1 {
                continue;
            }
            all.clear();
            all.extend(later.of(session.user));
            let first = all.last().map_or(0, |session| session.start);
            let near =
                |session: &Session| u64::from(session.end) + u64::from(gap) >= u64::from(first);
            all.extend(self.of(session.user).take_while(near));
            order::sort_by_key(&mut all, |session| (session.start, session.end));
            let mut from = 0;
            while from < all.len() {
                let (mut whole, mut to) = (all[from], from + 1);
                while to < all.len() && whole.touches(all[to], gap) {
                    whole.absorb(all[to]);
                    to += 1;
                }
                if to - from > 1 {
                    all[from..to].iter().copied().for_each(&mut gone);
                    new(whole);
                }
                from = to;
            }
        }
    }

    /// The sessions of a user, the newest first.
    fn of(&self, user: u32) -> impl Iterator<Item = Session> {
        let mut at = self.head(user);
        std::iter::from_fn(move || {
            let Slot { session, older } = self.slots.get((at as usize).checked_sub(1)?);
            at = older;
            Some(session)
        })
    }

    fn head(&self, user: u32) -> Link {
        self.newest.get(user as usize)
    }

    fn unlink(&mut self, user: u32, newer: Link, at: Link, older: Link) {
        self.point(user, newer, older);
        *self.slots.get_mut(at as usize - 1) =
            Slot { session: Session::default(), older: self.free };
        self.free = at;
        self.live -= 1;
    }

    fn link(&mut self, session: Session, newer: Link, older: Link) {
        let mut at = self.free;
        if at == 0 {
            self.slots.grow(self.slots.len() + 1);
            at = self.slots.len() as Link;
        } else {
            self.free = self.slots.get(at as usize - 1).older;
        }
        *self.slots.get_mut(at as usize - 1) = Slot { session, older };
        self.point(session.user, newer, at);
        self.live += 1;
    }

    /// Has what is newer, or the user, lead to `to`.
    fn point(&mut self, user: u32, newer: Link, to: Link) {
        if newer == 0 {
            self.newest.grow(user as usize + 1);
            *self.newest.get_mut(user as usize) = to;
        } else {
            self.slots.get_mut(newer as usize - 1).older = to;
        }
    }
}

/// The sessions of many clicks at once: sorted by user and time, then cut where the gap is. Clicks are
/// (user, event time); they are left sorted.
pub fn sessionize(clicks: &mut [(u32, u32)], gap: u32, mut each: impl FnMut(Session)) {
    clicks.sort_unstable();
    let follows = |a: &(u32, u32), b: &(u32, u32)| a.0 == b.0 && b.1 - a.1 <= gap;
    for visit in clicks.chunk_by(follows) {
        let [(user, start), .., (_, end)] = *visit else {
            visit.iter().for_each(|(user, event)| each(Session::of(*user, *event)));
            continue;
        };
        each(Session { user, start, end, clicks: visit.len() as u32 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    const GAP: u32 = 30;

    fn whole(clicks: &[(u32, u32)]) -> Vec<Session> {
        let mut all = Vec::new();
        sessionize(&mut clicks.to_vec(), GAP, |session| all.push(session));
        all
    }

    fn listed(sessions: &Sessions) -> Vec<Session> {
        let mut all: Vec<_> = (0..20).flat_map(|user| sessions.of(user)).collect();
        all.sort_by_key(|session| (session.user, session.start));
        assert_eq!(all.len() as u64, sessions.count());
        assert_eq!(all.iter().map(|s| u64::from(s.clicks)).sum::<u64>(), sessions.clicks());
        all
    }

    fn random(number: u64) -> Vec<(u32, u32)> {
        let mut draws = Seed(3).stream_of("clicks", number);
        (0..200).map(|_| (draws.below(5), draws.below(2_000))).collect()
    }

    #[test]
    fn an_event_one_gap_away_joins_and_one_more_does_not() {
        let session = |start, end, clicks| Session { user: 1, start, end, clicks };
        assert_eq!(whole(&[(1, 10), (1, 40)]), [session(10, 40, 2)]);
        assert_eq!(whole(&[(1, 10), (1, 41)]), [session(10, 10, 1), session(41, 41, 1)]);
        let mut sessions = Sessions::new();
        for event in [10, 71, 41] {
            sessions.join(Session::of(1, event), GAP, |_| {});
        }
        assert_eq!(listed(&sessions), [session(10, 10, 1), session(41, 71, 2)]);
        sessions.join(Session::of(1, 40), GAP, |_| {});
        assert_eq!(listed(&sessions), [session(10, 71, 4)]);
    }

    #[test]
    fn one_after_the_other_in_any_order_gives_what_all_at_once_does() {
        for number in 0..50 {
            let clicks = random(number);
            let (mut sessions, mut kept) = (Sessions::new(), Vec::new());
            for (user, event) in &clicks {
                let session = sessions
                    .join(Session::of(*user, *event), GAP, |gone| kept.retain(|s| *s != gone));
                kept.push(session);
            }
            kept.sort_by_key(|session| (session.user, session.start));
            assert_eq!(kept, whole(&clicks));
            assert_eq!(listed(&sessions), kept);
        }
    }

    #[test]
    fn two_halves_united_are_the_whole() {
        for number in 0..50 {
            let clicks = random(number);
            let half = |of: &[(u32, u32)]| {
                let mut sessions = Sessions::new();
                sessionize(&mut of.to_vec(), GAP, |session| {
                    sessions.join(session, GAP, |_| {});
                });
                sessions
            };
            let (first, second) = clicks.split_at(150 - number as usize);
            let (first, second) = (half(first), half(second));
            let mut all = [listed(&first), listed(&second)].concat();
            let (mut gone, mut new) = (Vec::new(), Vec::new());
            first.unite(&second, GAP, |session| gone.push(session), |session| new.push(session));
            for session in gone {
                let at = all.iter().position(|other| *other == session).expect("it was there");
                all.swap_remove(at);
            }
            all.extend(new);
            all.sort_by_key(|session| (session.user, session.start));
            assert_eq!(all, whole(&clicks));
        }
    }

    #[test]
    fn rows_of_a_table_are_put_and_deleted_by_their_key() {
        let row = |start, end| Session { user: 4, start, end, clicks: 0 };
        let mut table = Sessions::new();
        assert_eq!(table.put(row(5, 9), Some(3)), None);
        assert_eq!(table.put(row(50, 50), Some(1)), None);
        let before = table.clone();
        assert_eq!(table.put(row(5, 9), Some(4)).map(|row| row.clicks), Some(3));
        assert_eq!(table.put(row(5, 8), None), None);
        assert_eq!(table.put(row(50, 50), None).map(|row| row.clicks), Some(1));
        assert_eq!(table.put(row(5, 12), Some(6)), None);
        assert_eq!((table.count(), table.clicks()), (2, 10));
        assert_eq!((before.count(), before.clicks(), listed(&before).len()), (2, 4, 2));
    }
}
