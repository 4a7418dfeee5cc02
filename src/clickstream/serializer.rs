//! Events as JSON bytes, in the form of the imply-news generator (Python's `json.dumps`). Nothing is
//! allocated for a record.

use super::event::{Body, Click, Content, Order, Status, Traits, UserChange};
use super::fault::{Fault, FaultSet};
use super::session::Session;
use super::site::Site;
use super::words::WORDS;
use super::writer::Writer;
use crate::time::Micros;

/// What articles are about.
pub const SECTIONS: [&str; 7] = ["News", "Comment", "World", "Business", "Sport", "Puzzle", "Law"];
/// Who carries shipments.
pub(super) const CARRIERS: [&[u8]; 6] = [b"DHL", b"DPD", b"FedEx", b"GLS", b"Hermes", b"UPS"];

/// A record about to be written.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    /// As the record states it.
    pub time: Micros,
    pub body: &'a Body,
    /// The session that the body refers to, if it does.
    pub session: Option<&'a Session>,
    pub faults: FaultSet,
    /// Decides where JSON is cut.
    pub bits: u32,
}

/// Writes `item` and leaves its bytes in `out`.
pub(super) fn write(out: &mut Writer, site: &Site, item: Item<'_>) {
    let visited = item.session.map_or(0, |session| usize::from(session.path.len()));
    out.start(site.room + site.room_per_state * visited);
    let form = Form { site, faults: item.faults, time: item.time.0 };
    match (item.body, item.session) {
        (Body::Click(Click { visited, content, .. }), Some(session)) => {
            form.click(out, session, *visited, content);
        }
        (Body::Bot { content }, Some(session)) => form.click(out, session, 1, content),
        (Body::Session { .. }, Some(session)) => form.session(out, session),
        (Body::User(change), _) => form.user(out, change),
        (Body::Order(order), _) => form.order(out, order),
        (Body::Shipment { order, carrier }, _) => form.shipment(out, *order, *carrier),
        (Body::Click(_) | Body::Bot { .. } | Body::Session { .. }, None) => {
            unreachable!("a click or session record without its session")
        }
    }
    if item.faults.contains(Fault::Cut) {
        // At least one byte is left and one is missing.
        let most = out.len() as u64 - 1;
        out.truncate(1 + ((u64::from(item.bits) * most) >> 32) as usize);
    }
}

struct Form<'a> {
    site: &'a Site,
    faults: FaultSet,
    time: i64,
}

impl Form<'_> {
    fn click(&self, out: &mut Writer, session: &Session, visited: u16, content: &Content) {
        let state = session.path.first(visited).next_back().unwrap_or(0);
        let state = self.site.states[usize::from(state)].as_bytes();
        let section = SECTIONS[usize::from(content.section)].as_bytes();
        out.put(b"{\"timestamp\": ");
        self.timestamp(out);
        out.put(b", \"recordType\": ");
        self.record_type(out, b"\"click\"");
        out.put(b", \"url\": \"https://imply-news.com/");
        out.put(&state[1..state.len() - 1]);
        out.byte(b'/');
        out.put(section);
        out.byte(b'/');
        title(out, content, b'-');
        out.put(b"\", \"useragent\": ");
        out.put(self.site.agents[usize::from(session.agent)].as_bytes());
        out.put(b", \"statuscode\": ");
        out.put(self.status(content.status));
        out.put(b", \"state\": ");
        out.put(state);
        self.visit(out, session, visited);
        out.put(b", \"contentId\": \"");
        out.put(section);
        out.put(b"\", \"subContentId\": \"");
        title(out, content, b' ');
        out.byte(b'"');
        self.traits(out, &session.user);
        out.byte(b'}');
    }

    fn session(&self, out: &mut Writer, session: &Session) {
        out.put(b"{\"timestamp\": ");
        self.timestamp(out);
        out.put(b", \"recordType\": ");
        self.record_type(out, b"\"session\"");
        out.put(b", \"useragent\": ");
        out.put(self.site.agents[usize::from(session.agent)].as_bytes());
        self.visit(out, session, session.path.len());
        self.traits(out, &session.user);
        let seen = session.path.first(session.path.len()).fold(0_u64, |seen, s| seen | (1 << s));
        for (i, state) in self.site.states.iter().enumerate() {
            out.put(b", ");
            out.put(state.as_bytes());
            out.put(if seen & (1 << i) == 0 { b": 0" } else { b": 1" });
        }
        out.byte(b'}');
    }

    fn user(&self, out: &mut Writer, change: &UserChange) {
        out.put(b"{\"timestamp\": ");
        self.timestamp(out);
        out.put(b", \"version\": ");
        out.integer(u64::from(change.version));
        out.put(b", \"recordType\": ");
        self.record_type(out, b"\"user\"");
        out.put(b", \"uid\": \"");
        out.integer(u64::from(change.uid));
        out.byte(b'"');
        subscriber(out, &change.user);
        self.traits(out, &change.user);
        out.byte(b'}');
    }

    fn order(&self, out: &mut Writer, order: &Order) {
        out.put(b"{\"order_id\": ");
        out.integer(order.order);
        out.put(b", \"uid\": \"");
        out.integer(u64::from(order.uid));
        out.put(b"\", \"sid\": ");
        out.integer(order.sid);
        out.put(b", \"amount\": ");
        let factor = if self.faults.contains(Fault::Poison) { -1_000 } else { 1 };
        if self.faults.contains(Fault::WrongType) {
            out.put(b"\"n/a\"");
        } else {
            out.hundredths(i64::from(order.amount) * factor);
        }
        out.put(b", \"timestamp\": ");
        out.seconds(self.time);
        out.byte(b'}');
    }

    fn shipment(&self, out: &mut Writer, order: u64, carrier: u8) {
        out.put(b"{\"order_id\": ");
        out.integer(order);
        out.put(b", \"shipped_at\": ");
        if self.faults.contains(Fault::Poison) {
            // Milliseconds where seconds belong.
            out.seconds(self.time.saturating_mul(1_000));
        } else {
            self.timestamp(out);
        }
        out.put(b", \"carrier\": \"");
        out.put(CARRIERS[usize::from(carrier)]);
        out.put(b"\"}");
    }

    fn timestamp(&self, out: &mut Writer) {
        if self.faults.contains(Fault::WrongType) {
            out.put(b"\"n/a\"");
        } else {
            out.seconds(self.time);
        }
    }

    fn record_type(&self, out: &mut Writer, name: &[u8]) {
        let unknown = self.faults.contains(Fault::UnknownType);
        out.put(if unknown { b"\"impression\"" } else { name });
    }

    fn status(&self, status: Status) -> &'static [u8] {
        match status {
            _ if self.faults.contains(Fault::Poison) => b"\"999\"",
            Status::Ok => b"\"200\"",
            Status::NotFound => b"\"404\"",
            Status::ServerError => b"\"500\"",
        }
    }

    /// The members from `statesVisited` to `channel`.
    fn visit(&self, out: &mut Writer, session: &Session, visited: u16) {
        out.put(b", \"statesVisited\": [");
        let mut separator: &[u8] = b"";
        for state in session.path.first(visited) {
            out.put(separator);
            out.put(self.site.states[usize::from(state)].as_bytes());
            separator = b", ";
        }
        out.put(b"], \"sid\": ");
        out.integer(session.sid);
        out.put(b", \"uid\": \"");
        out.integer(u64::from(session.uid));
        out.byte(b'"');
        subscriber(out, &session.user);
        out.put(b", \"campaign\": ");
        out.put(self.site.names[usize::from(session.campaign)].as_bytes());
        out.put(b", \"channel\": ");
        out.put(self.site.names[usize::from(session.channel)].as_bytes());
    }

    /// The members from `gender` to `timezone`.
    fn traits(&self, out: &mut Writer, user: &Traits) {
        out.put(b", \"gender\": ");
        out.put(self.site.names[usize::from(user.gender)].as_bytes());
        out.put(b", \"age\": ");
        out.put(self.site.names[usize::from(user.age)].as_bytes());
        // A lost decimal point: still numbers, but not on this planet.
        let factor = if self.faults.contains(Fault::Poison) { 100_000 } else { 1 };
        out.put(b", \"latitude\": \"");
        out.degrees(i64::from(user.latitude) * factor);
        out.put(b"\", \"longitude\": \"");
        out.degrees(i64::from(user.longitude) * factor);
        out.put(b"\", ");
        out.put(self.site.places[usize::from(user.place)].as_bytes());
    }
}

fn subscriber(out: &mut Writer, user: &Traits) {
    out.put(if user.subscriber { b", \"isSubscriber\": 1" } else { b", \"isSubscriber\": 0" });
}

/// The title: words with `between` them, the first with a capital.
fn title(out: &mut Writer, content: &Content, between: u8) {
    let start = out.len();
    let words = content.words.to_le_bytes();
    for (i, word) in words.iter().take(usize::from(content.len)).enumerate() {
        if i > 0 {
            out.byte(between);
        }
        out.word(&WORDS[usize::from(*word)]);
    }
    out.capitalize(start);
}
