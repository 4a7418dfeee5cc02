//! What happens on the site: events as compact values. Not here: their JSON (`serializer.rs`), and
//! what befalls them on their way (`channel.rs`).

use crate::time::Micros;

/// Something that happened, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Event {
    /// When it happened, by the true clock.
    pub time: Micros,
    /// What the record's key says: a session, user or order.
    pub key: u64,
    /// Where the client stands among all clients (a uniform draw): its clock is skewed if below the
    /// share of skewed clients. [`SERVER`] for what a server says.
    pub client: u32,
    pub body: Body,
}

/// The [`Event::client`] of servers, whose clocks are right.
pub(super) const SERVER: u32 = u32::MAX;

/// What happened. Content is drawn when the event happens, and becomes text only when it is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Body {
    /// A page was opened.
    Click(Click),
    /// A session ended; `time` is its start.
    Session { slot: u32 },
    /// A user is new, or moved.
    User(UserChange),
    /// Something was bought.
    Order(Order),
    /// An order left the house.
    Shipment { order: u64, carrier: u8 },
    /// The bot's request.
    Bot { content: Content },
}

/// A click: the session it belongs to, and how far its path had come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Click {
    pub slot: u32,
    /// How many states of the path were visited, this one included.
    pub visited: u16,
    pub content: Content,
}

/// An article and how it was served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Content {
    /// One word of the title in each byte.
    pub words: u64,
    /// How many of them: 4 to 8.
    pub len: u8,
    /// Index in `SECTIONS`.
    pub section: u8,
    pub status: Status,
}

/// An HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    NotFound,
    ServerError,
}

/// A user as of a change. Everything else about a user never changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct UserChange {
    pub uid: u32,
    pub version: u32,
    pub user: Traits,
}

/// What is known of a user; a session keeps a copy of its start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Traits {
    /// In units of 10⁻⁵ degrees.
    pub latitude: i32,
    pub longitude: i32,
    pub place: u16,
    /// Indices of names in the site's table.
    pub gender: u16,
    pub age: u16,
    pub subscriber: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Order {
    pub order: u64,
    pub sid: u64,
    pub uid: u32,
    /// Cents.
    pub amount: u32,
}
