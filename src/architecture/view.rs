//! A view: what a path says of each window and group, and of all together.

use std::sync::Arc;

use super::pages::Pages;
use super::question::{Question, Shape};
use super::sessions::{Session, Sessions};
use super::sketch::Sketch;
use crate::order;

/// One window and group: of clicks their number; of users theirs, and clicks; of conversion
/// subscriptions, and clicks; of sessions their lengths together, milliseconds, and their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The number that was asked for, or what is above the line.
    pub a: u64,
    /// Where `a` does not count clicks, their number; of sessions theirs.
    pub b: u64,
}

impl Cell {
    const fn of(session: Session) -> Self {
        Self { a: session.length(), b: 1 }
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { a: self.a + other.a, b: self.b + other.b }
    }

    const fn minus(self, other: Self) -> Self {
        Self { a: self.a - other.a, b: self.b - other.b }
    }
}

/// The users of one window.
#[derive(Clone, Debug)]
pub enum Users {
    /// All of them, one bit each.
    Exact(Vec<u64>),
    /// A sketch of them.
    Sketch(Box<Sketch>),
}

impl Users {
    /// Adds a user to an exact set; whether it is new.
    fn insert(words: &mut Vec<u64>, user: u32) -> bool {
        let (word, bit) = ((user / 64) as usize, 1 << (user % 64));
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        let new = words[word] & bit == 0;
        words[word] |= bit;
        new
    }

    #[inline(never)]
    fn count(&self) -> u64 {
        match self {
            Self::Exact(words) => words.iter().map(|word| u64::from(word.count_ones())).sum(),
            Self::Sketch(sketch) => libm::round(sketch.estimate()) as u64,
        }
    }

    /// How many users are in either of two sets.
    #[inline(never)]
    fn count_of_both(&self, other: &Self) -> u64 {
        let estimate = match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => {
                let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
                let short = short.iter().copied().chain(std::iter::repeat(0));
                let both = long.iter().zip(short).map(|(a, b)| a | b);
                return both.map(|word| u64::from(word.count_ones())).sum();
            }
            (Self::Sketch(a), Self::Sketch(b)) => a.estimate_with(b),
            (Self::Sketch(sketch), Self::Exact(words))
            | (Self::Exact(words), Self::Sketch(sketch)) => {
                let mut exact = Sketch::new(sketch.precision());
                members(words).for_each(|user| exact.insert(user));
                sketch.estimate_with(&exact)
            }
        };
        libm::round(estimate) as u64
    }

    const fn is_sketch(&self) -> bool {
        matches!(self, Self::Sketch(_))
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Exact(words) => 8 * words.len() as u64,
            Self::Sketch(sketch) => 1 << sketch.precision(),
        }
    }
}

fn members(words: &[u64]) -> impl Iterator<Item = u32> {
    words.iter().enumerate().flat_map(|(at, word)| {
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at as u32 * 64 + bit)
    })
}

/// Bytes of a session's row: user, start, end, clicks.
const SESSION_BYTES: u64 = 16;

/// What a path says.
#[derive(Clone, Debug)]
pub struct View {
    /// Of what.
    pub shape: Shape,
    /// Of users: the precision of sketches; `None` keeps sets.
    sketch: Option<u8>,
    /// By window and group. For sketches `a` is 0: the sketch is asked.
    cells: Pages<Cell>,
    /// Of users: by window.
    users: Vec<Option<Arc<Users>>>,
    sessions: Sessions,
    /// Events that could not be read, by window: as far as there are any.
    unread: Vec<u64>,
    total: Cell,
}

impl View {
    /// An empty view with exact cells.
    #[must_use]
    pub const fn new(shape: Shape) -> Self {
        Self::sketched(shape, None)
    }

    /// An empty view; users are sketched with 2^`sketch` registers.
    #[must_use]
    pub const fn sketched(shape: Shape, sketch: Option<u8>) -> Self {
        let total = Cell { a: 0, b: 0 };
        Self {
            shape,
            sketch,
            cells: Pages::new(),
            users: Vec::new(),
            sessions: Sessions::new(),
            unread: Vec::new(),
            total,
        }
    }

    /// How many windows it reaches.
    #[must_use]
    pub fn windows(&self) -> usize {
        self.cells.len() / self.shape.groups()
    }

    /// Makes room for windows up to one.
    pub fn reach(&mut self, window: u32) {
        let cells = (window as usize + 1) * self.shape.groups();
        if self.cells.len() < cells {
            self.cells.grow(cells);
            if self.shape.question == Question::Users {
                self.users.resize(window as usize + 1, None);
            }
        }
    }

    /// Counts one event.
    pub fn add(&mut self, event: u32, user: u32, content: u8, channel: u8, subscribes: bool) {
        let window = self.shape.window(event);
        self.reach(window);
        let (a, b, group) = match self.shape.question {
            Question::Clicks => (1, 0, content),
            Question::Conversion => (u64::from(subscribes), 1, channel),
            Question::Users => return self.add_user(window, user),
            Question::Sessions => return self.add_session(Session::of(user, event)),
        };
        let at = window as usize * self.shape.groups() + usize::from(group);
        let cell = self.cells.get_mut(at);
        cell.a += a;
        cell.b += b;
        self.total.a += a;
        self.total.b += b;
    }

    /// Adds a session to those that it touches.
    #[inline(never)]
    pub fn add_session(&mut self, session: Session) {
        let shape = self.shape;
        self.reach(shape.window(session.start));
        let Self { sessions, cells, total, .. } = self;
        let whole = sessions.join(session, shape.gap_ms, |gone| {
            let cell = cells.get_mut(shape.window(gone.start) as usize);
            *cell = cell.minus(Cell::of(gone));
            *total = total.minus(Cell::of(gone));
        });
        let cell = cells.get_mut(shape.window(whole.start) as usize);
        *cell = cell.plus(Cell::of(whole));
        *total = total.plus(Cell::of(whole));
    }

    /// Puts a row of a table of sessions, or (`None`) deletes it.
    #[inline(never)]
    pub fn put_session(&mut self, row: Session, clicks: Option<u32>) {
        let window = self.shape.window(row.start);
        self.reach(window);
        let was = self.sessions.put(row, clicks).map_or(Cell::default(), Cell::of);
        let is = clicks.map_or(Cell::default(), |_| Cell::of(row));
        let cell = self.cells.get_mut(window as usize);
        *cell = cell.minus(was).plus(is);
        self.total = self.total.minus(was).plus(is);
    }

    /// An event of a window could not be read.
    #[inline(never)]
    pub fn add_unread(&mut self, event: u32) {
        let window = self.shape.window(event) as usize;
        if self.unread.len() <= window {
            self.unread.resize(window + 1, 0);
        }
        self.unread[window] += 1;
    }

    /// Events that belong here and could not be read.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread.iter().sum()
    }

    #[inline(never)]
    fn add_user(&mut self, window: u32, user: u32) {
        let new = || match self.sketch {
            None => Users::Exact(Vec::new()),
            Some(precision) => Users::Sketch(Box::new(Sketch::new(precision))),
        };
        self.cells.get_mut(window as usize).b += 1;
        self.total.b += 1;
        let users = self.users[window as usize].get_or_insert_with(|| Arc::new(new()));
        match Arc::make_mut(users) {
            Users::Exact(words) => {
                let new = u64::from(Users::insert(words, user));
                self.cells.get_mut(window as usize).a += new;
                self.total.a += new;
            }
            Users::Sketch(sketch) => sketch.insert(user),
        }
    }

    /// Adds counted cells: what a vectorised fold found.
    pub fn add_cells(&mut self, counts: &[u64], below: &[u64]) {
        debug_assert!(self.shape.question != Question::Users, "users are no sums");
        if let Some(last) = counts.len().max(below.len()).checked_sub(1) {
            self.reach((last / self.shape.groups()) as u32);
        }
        for (at, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            self.cells.get_mut(at).a += n;
            self.total.a += n;
        }
        for (at, n) in below.iter().enumerate().filter(|(_, n)| **n > 0) {
            self.cells.get_mut(at).b += n;
            self.total.b += n;
        }
    }

    /// Takes out an event that a vectorised fold has counted, and that cannot be read.
    pub fn take_out(&mut self, event: u32, content: u8, channel: u8, subscribes: bool) {
        let (a, b, group) = match self.shape.question {
            Question::Conversion => (u64::from(subscribes), 1, channel),
            _ => (1, 0, content),
        };
        let window = self.shape.window(event) as usize;
        let cell = self.cells.get_mut(window * self.shape.groups() + usize::from(group));
        cell.a -= a;
        cell.b -= b;
        self.total.a -= a;
        self.total.b -= b;
    }

    /// Puts a value in the place of what is there: a row of a table of results.
    pub fn put(&mut self, window: u32, group: usize, value: Cell) {
        self.reach(window);
        let cell = self.cells.get_mut(window as usize * self.shape.groups() + group);
        self.total.a = self.total.a - cell.a + value.a;
        self.total.b = self.total.b - cell.b + value.b;
        *cell = value;
    }

    /// Forgets what is in windows from one up to before another: they are computed again.
    pub fn clear(&mut self, windows: std::ops::Range<u32>) {
        let unread = self.unread.len();
        self.unread[(windows.start as usize).min(unread)..(windows.end as usize).min(unread)]
            .fill(0);
        let groups = self.shape.groups();
        let end = (windows.end as usize).min(self.windows());
        for window in (windows.start as usize).min(end)..end {
            for at in window * groups..(window + 1) * groups {
                let Cell { a, b } = std::mem::take(self.cells.get_mut(at));
                self.total.a -= a;
                self.total.b -= b;
            }
            if let Some(users) = self.users.get_mut(window) {
                *users = None;
            }
        }
    }

    /// Takes over the cells of another view where it has any. Sessions go over windows: those are taken
    /// as a whole only.
    #[inline(never)]
    pub fn take_windows(&mut self, other: &Self, windows: std::ops::Range<u32>) {
        self.clear(windows.clone());
        let groups = self.shape.groups();
        if self.unread.len() < other.unread.len() {
            self.unread.resize(other.unread.len(), 0);
        }
        for window in windows.start as usize..(windows.end as usize).min(other.unread.len()) {
            self.unread[window] = other.unread[window];
        }
        for window in windows.start..windows.end.min(other.windows() as u32) {
            for group in 0..groups {
                self.put(window, group, other.cells.get(window as usize * groups + group));
            }
            if let Some(users) = other.users.get(window as usize) {
                self.users[window as usize].clone_from(users);
            }
        }
    }

    /// A window and group.
    #[must_use]
    pub fn cell(&self, window: usize, group: usize) -> Cell {
        self.cells.get(window * self.shape.groups() + group)
    }

    /// A window with all its groups; sketches are asked.
    #[must_use]
    pub fn window(&self, window: usize) -> Cell {
        if let Some(Some(users)) = self.users.get(window)
            && users.is_sketch()
        {
            return Cell { a: users.count(), b: self.cells.get(window).b };
        }
        let groups = self.shape.groups();
        let cells = (window * groups..(window + 1) * groups).map(|at| self.cells.get(at));
        cells.fold(Cell::default(), Cell::plus)
    }

    /// All windows together; sketches are asked.
    #[must_use]
    pub fn total(&self) -> Cell {
        let sketches = self.users.iter().flatten().filter(|users| users.is_sketch());
        Cell { a: self.total.a + sketches.map(|users| users.count()).sum::<u64>(), b: self.total.b }
    }

    /// The answer in one number; `None` when there is nothing to divide by.
    #[must_use]
    pub fn answer(&self) -> Option<f64> {
        answer(self.shape, self.total())
    }

    /// How many events are counted in it.
    #[must_use]
    pub const fn events(&self) -> u64 {
        match self.shape.question {
            Question::Clicks => self.total.a,
            Question::Users | Question::Conversion => self.total.b,
            Question::Sessions => self.sessions.clicks(),
        }
    }

    /// Bytes, as the cost model charges them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let users: u64 = self.users.iter().flatten().map(|users| users.bytes()).sum();
        let cell = if self.shape.question == Question::Clicks { 8 } else { 16 };
        cell * self.cells.len() as u64 + users + SESSION_BYTES * self.sessions.count()
    }
}

/// The answer that a cell stands for.
#[must_use]
pub fn answer(shape: Shape, cell: Cell) -> Option<f64> {
    match shape.question {
        Question::Clicks | Question::Users => Some(cell.a as f64),
        Question::Conversion => (cell.b > 0).then(|| cell.a as f64 / cell.b as f64),
        Question::Sessions => (cell.b > 0).then(|| cell.a as f64 / cell.b as f64 / 1e3),
    }
}

/// How a serving layer puts two views of users, or of their sessions, together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Adds their counts: a user in both counts twice, and a session in both is two.
    Add,
    /// Unites their sets or sketches, and makes one of sessions that touch.
    Unite,
}

/// What uniting the sessions of two views changes, by the window in which each begins.
#[derive(Clone, Debug, Default)]
pub struct Seam {
    /// What goes and what comes, by window in ascending order.
    windows: Vec<(u32, [Cell; 2])>,
    total: [Cell; 2],
}

impl Seam {
    /// Of two views, the second of which has the later events.
    #[must_use]
    pub fn between(a: &View, b: &View, merge: Merge) -> Self {
        if merge == Merge::Unite && a.shape.question == Question::Sessions {
            Self::of_sessions(a, b)
        } else {
            Self::default()
        }
    }

    #[inline(never)]
    fn of_sessions(a: &View, b: &View) -> Self {
        let mut seam = Self::default();
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        let gap = a.shape.gap_ms;
        a.sessions.unite(&b.sessions, gap, |it| gone.push(it), |it| new.push(it));
        for (side, sessions) in [gone, new].into_iter().enumerate() {
            for session in sessions {
                let cell = Cell::of(session);
                let mut change = [Cell::default(); 2];
                change[side] = cell;
                seam.windows.push((a.shape.window(session.start), change));
                seam.total[side] = seam.total[side].plus(cell);
            }
        }
        order::sort_by_key(&mut seam.windows, |change| change.0);
        seam.windows.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 = [0, 1].map(|side| kept.1[side].plus(next.1[side]));
            }
            is_same
        });
        seam
    }

    /// What goes and what comes in a window.
    fn at(&self, window: usize) -> Option<[Cell; 2]> {
        let at = self.windows.binary_search_by_key(&window, |change| change.0 as usize).ok()?;
        Some(self.windows[at].1)
    }
}

/// A window of two views of disjoint events together.
#[must_use]
pub fn merged_window(a: &View, b: &View, seam: &Seam, window: usize, merge: Merge) -> Cell {
    if let (Merge::Unite, Some(Some(x)), Some(Some(y))) =
        (merge, a.users.get(window), b.users.get(window))
    {
        let clicks = a.cells.get(window).b + b.cells.get(window).b;
        return Cell { a: x.count_of_both(y), b: clicks };
    }
    let sum = a.window(window).plus(b.window(window));
    seam.at(window).map_or(sum, |[gone, new]| sum.plus(new).minus(gone))
}

/// All windows of two views together.
#[must_use]
pub fn merged_total(a: &View, b: &View, seam: &Seam, merge: Merge) -> Cell {
    let [gone, new] = seam.total;
    let mut total = a.total().plus(b.total()).plus(new).minus(gone);
    if merge == Merge::Unite && a.shape.question == Question::Users {
        // Only windows that both have are more than a sum.
        for window in 0..a.users.len().min(b.users.len()) {
            if let (Some(x), Some(y)) = (&a.users[window], &b.users[window]) {
                total.a = total.a + x.count_of_both(y) - x.count() - y.count();
            }
        }
    }
    total
}
