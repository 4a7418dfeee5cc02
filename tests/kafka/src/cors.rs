//! Cross-origin answers, as each proxy gives them.

use hyper::HeaderMap;
use hyper::header::{ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN};

use crate::dialect::Dialect;
use crate::http::Answer;

/// The headers that Confluent's proxy allows when it is configured as our pages say.
const CONFLUENT: &str = "content-type,accept,authorization,origin";
/// Strimzi's fixed list: no Authorization in it.
const STRIMZI: &str = "x-requested-with,x-forwarded-proto,x-forwarded-host,access-control-allow-origin,content-type,\
     content-length,accept,origin,x-pingother";
/// Karapace's.
const KARAPACE: &str = "Authorization, Content-Type";

/// Which origins may read a proxy's answers. Karapace has no such setting: always all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// As shipped.
    #[default]
    None,
    /// All.
    Any,
    /// This one.
    One(String),
}

impl Origins {
    fn allow(&self, dialect: Dialect, origin: &str) -> bool {
        match self {
            _ if dialect == Dialect::Karapace => true,
            Self::None => false,
            Self::Any => true,
            Self::One(one) => one == origin,
        }
    }
}

/// The answer to a preflight.
pub fn preflight(dialect: Dialect, origins: &Origins, headers: &HeaderMap) -> Answer {
    let origin = text(headers, ORIGIN.as_str());
    let allowed = origin.is_some_and(|origin| origins.allow(dialect, origin));
    let mut answer = match dialect {
        Dialect::Confluent | Dialect::Karapace => Answer::empty(200),
        Dialect::Strimzi if allowed => Answer::empty(204),
        Dialect::Strimzi if *origins == Origins::None => return dialect.status(405),
        Dialect::Strimzi => return Answer::empty(403),
    };
    if !allowed {
        return answer;
    }
    let (methods, list) = match dialect {
        Dialect::Confluent => ("GET,POST,OPTIONS", CONFLUENT),
        Dialect::Strimzi => ("GET,POST,PUT,DELETE,OPTIONS,PATCH", STRIMZI),
        Dialect::Karapace => ("DELETE, GET, OPTIONS, POST, PUT", KARAPACE),
    };
    // Jetty's filter says nothing at all when one of the headers is not on its list.
    let asked = text(headers, ACCESS_CONTROL_REQUEST_HEADERS.as_str()).unwrap_or_default();
    let known = |name: &str| CONFLUENT.split(',').any(|known| known.eq_ignore_ascii_case(name));
    let fits = asked.split(',').map(str::trim).filter(|name| !name.is_empty()).all(known);
    if dialect == Dialect::Confluent && !fits {
        return answer;
    }
    answer.headers.push(("access-control-allow-methods", methods.to_owned()));
    answer.headers.push(("access-control-allow-headers", list.to_owned()));
    answer
}

/// Adds what lets a page read the answer.
pub fn add(dialect: Dialect, origins: &Origins, request: &HeaderMap, answer: &mut Answer) {
    let Some(origin) = text(request, ORIGIN.as_str()) else { return };
    if !answer.cors || !origins.allow(dialect, origin) {
        return;
    }
    let value = if dialect == Dialect::Confluent { origin } else { "*" };
    answer.headers.push(("access-control-allow-origin", value.to_owned()));
    if dialect == Dialect::Confluent {
        answer.headers.push(("vary", "Origin".to_owned()));
    }
}

/// A header as text.
pub fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
