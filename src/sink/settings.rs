//! Settings that were checked: what a [`Target`] says can be sent to. Not here: whether anything
//! answers there, which the shells find out.

use super::protocol::{
    Api, AuthKind, ConnectSettings, Credentials, Field, FieldError, KeyForm, RateSetting, ValueForm,
};

/// The most records in a request.
pub const MOST_RECORDS: u32 = 500;
/// The most bytes in a request's body: under Karapace's limit of 1 MiB.
pub const MOST_BYTES: u32 = 900_000;
/// The most bytes of key and value together: in base64, with what is around it, they fit a body.
pub const MOST_RECORD_BYTES: usize = 600_000;
/// The longest name of a topic that Kafka allows.
const MOST_NAME: usize = 249;

/// Settings that are valid, in the form in which the sink uses them.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The settings.
    pub settings: ConnectSettings,
    /// The address without a slash at its end.
    pub base: String,
}

impl Target {
    /// Checks settings.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn new(settings: &ConnectSettings) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong =
            |field, row, message: String| errors.push(FieldError { field, row, message });
        let base = match address(&settings.url) {
            Ok(base) => base,
            Err(message) => {
                wrong(Field::Url, None, message);
                String::new()
            }
        };
        if let Some(cluster) = &settings.cluster
            && (cluster.is_empty() || !cluster.bytes().all(is_plain))
        {
            let message = "a cluster's id has letters, digits, `-`, `_` and `.` only; leave it empty \
                           to have the server asked";
            wrong(Field::Cluster, None, message.to_owned());
        }
        if settings.topics.is_empty() {
            wrong(Field::Topics, None, "name at least one topic to send".to_owned());
        }
        for (row, mapping) in settings.topics.iter().enumerate() {
            let row = Some(row as u32);
            if let Err(message) = topic_name(&mapping.to) {
                wrong(Field::Topics, row, message);
            }
            if mapping.from.is_empty() {
                wrong(Field::Topics, row, "choose a topic of the run".to_owned());
            }
            if settings.topics.iter().filter(|other| other.from == mapping.from).count() > 1 {
                let message = format!("`{}` is mapped twice", mapping.from);
                wrong(Field::Topics, row, message);
            }
        }
        let number = match settings.rate {
            RateSetting::AsFastAsPossible => 1.0,
            RateSetting::Constant { per_second } | RateSetting::Envelope { per_second } => {
                per_second
            }
            RateSetting::Replay { speed } => speed,
        };
        if !(number > 0.0 && number <= 1e7) {
            wrong(Field::Rate, None, "the rate must be over 0 and at most 10,000,000".to_owned());
        }
        let mut range = |field, value: u32, low: u32, high: u32| {
            if !(low..=high).contains(&value) {
                wrong(field, None, format!("{value} is not from {low} to {high}"));
            }
        };
        range(Field::Connections, settings.connections, 1, 16);
        range(Field::BatchRecords, settings.batch_records, 1, MOST_RECORDS);
        range(Field::BatchBytes, settings.batch_bytes, 1_000, MOST_BYTES);
        range(Field::LingerMs, settings.linger_ms, 0, 60_000);
        range(Field::TimeoutMs, settings.timeout_ms, 1_000, 600_000);
        range(Field::Retries, settings.retries, 0, 1_000);
        if errors.is_empty() { Ok(Self { settings: settings.clone(), base }) } else { Err(errors) }
    }

    /// Whether records go in base64.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.settings.values == ValueForm::Bytes
            || self.settings.api == Api::V2 && self.settings.keys == KeyForm::String
    }

    /// Where records of the topic `to` are posted. `cluster` is needed for v3.
    #[must_use]
    pub fn produce_url(&self, to: &str, cluster: &str) -> String {
        match self.settings.api {
            Api::V2 => format!("{}/topics/{to}", self.base),
            Api::V3 => format!("{}/v3/clusters/{cluster}/topics/{to}/records", self.base),
        }
    }
}

/// What is wrong with credentials for a way to authenticate.
#[must_use]
pub fn credential_errors(kind: AuthKind, credentials: Option<&Credentials>) -> Vec<FieldError> {
    let error = |field, message: &str| FieldError { field, row: None, message: message.to_owned() };
    let (user, password) = credentials.map_or(("", ""), |c| (c.user.as_str(), c.password.as_str()));
    let mut errors = Vec::new();
    match kind {
        AuthKind::None => return errors,
        AuthKind::Basic if user.is_empty() => {
            errors.push(error(Field::User, "a user or API key is needed"));
        }
        AuthKind::Basic if user.contains(':') => {
            errors.push(error(Field::User, "HTTP Basic allows no colon in a user's name"));
        }
        AuthKind::Basic | AuthKind::Bearer => {}
    }
    if password.is_empty() {
        errors.push(error(Field::Password, "a password, secret or token is needed"));
    } else if password.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        errors.push(error(Field::Password, "it has a control character, such as a line break"));
    }
    errors
}

/// The address without a slash at its end.
fn address(url: &str) -> Result<String, String> {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
        .ok_or("the address begins with http:// or https://")?;
    if url.bytes().any(|byte| byte <= b' ' || byte >= 0x7f) {
        return Err("the address has a space or a character that is not ASCII".to_owned());
    }
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if host.contains('@') {
        // Credentials in an address end up in logs: they have fields of their own. Not repeated here.
        return Err("the address holds a user or password: give them apart from it".to_owned());
    }
    if path.contains(['?', '#']) {
        return Err("the address ends before `?` or `#`".to_owned());
    }
    let (name, port) = match host.rfind(':') {
        Some(at) if !host[at..].contains(']') => (&host[..at], Some(&host[at + 1..])),
        _ => (host, None),
    };
    let is_name = if let Some(inner) = name.strip_prefix('[') {
        inner.strip_suffix(']').is_some_and(|inner| inner.parse::<core::net::Ipv6Addr>().is_ok())
    } else {
        !name.is_empty() && name.bytes().all(is_plain)
    };
    if !is_name {
        return Err(format!("`{name}` is not the name or address of a host"));
    }
    if let Some(port) = port
        && port.parse::<u16>().map_or(true, |port| port == 0)
    {
        return Err(format!("`{port}` is not a port, 1 to 65535"));
    }
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        return Err("the address has `.` or `..` in its path".to_owned());
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// Whether Kafka allows `name` (its `Topic.validate`).
fn topic_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > MOST_NAME {
        return Err(format!("a topic's name has 1 to {MOST_NAME} characters"));
    }
    if matches!(name, "." | "..") || !name.bytes().all(is_plain) {
        return Err(format!(
            "`{name}` is no name of a topic: letters, digits, `.`, `_` and `-` only"
        ));
    }
    Ok(())
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::super::protocol::TopicMapping;
    use super::*;

    fn settings(url: &str) -> ConnectSettings {
        let topic = TopicMapping { from: "mixed".to_owned(), to: "imply-news".to_owned() };
        ConnectSettings { url: url.to_owned(), topics: vec![topic], ..ConnectSettings::default() }
    }

    #[test]
    fn addresses() {
        for (url, base) in [
            ("http://localhost:8082", "http://localhost:8082"),
            (
                "https://pkc-1.eu.confluent.cloud:443/kafka/",
                "https://pkc-1.eu.confluent.cloud:443/kafka",
            ),
            ("http://[::1]:8082/", "http://[::1]:8082"),
        ] {
            assert_eq!(Target::new(&settings(url)).expect(url).base, base);
        }
        for url in [
            "",
            "localhost:8082",
            "ftp://x",
            "http://",
            "http://a b",
            "http://x:0",
            "http://x:99999",
            "http://user:secret@x",
            "http://x/?a",
            "http://x#a",
            "http://[::g]",
            "http://x/../y",
            "http://xé",
        ] {
            let errors = Target::new(&settings(url)).expect_err(url);
            assert_eq!(errors.len(), 1, "{url}");
            assert_eq!(errors[0].field, Field::Url, "{url}");
            assert!(!errors[0].message.contains("secret"), "{url}");
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let mut all = settings("http://x");
        all.topics[0].to = "a b".to_owned();
        all.rate = RateSetting::Constant { per_second: f64::NAN };
        all.connections = 0;
        all.batch_bytes = 1_000_000;
        let fields: Vec<_> =
            Target::new(&all).expect_err("invalid").iter().map(|error| error.field).collect();
        assert_eq!(fields, [Field::Topics, Field::Rate, Field::Connections, Field::BatchBytes]);
    }

    #[test]
    fn credentials_are_asked_for_by_kind() {
        let given = |user: &str, password: &str| {
            Some(Credentials { user: user.to_owned(), password: password.to_owned() })
        };
        let count = |kind, credentials: Option<Credentials>| {
            credential_errors(kind, credentials.as_ref()).len()
        };
        assert_eq!(count(AuthKind::None, None), 0);
        assert_eq!(count(AuthKind::Basic, None), 2);
        assert_eq!(count(AuthKind::Basic, given("a:b", "x")), 1);
        assert_eq!(count(AuthKind::Bearer, given("", "x\n")), 1);
        assert_eq!(count(AuthKind::Basic, given("a", "x")), 0);
    }
}
