//! What `SET` and the command line set: ksqlDB's and Kafka's properties by name.

pub mod properties;

use std::collections::BTreeMap;

/// The properties that change what a statement means. Others are kept, shown and ignored: they
/// tune a cluster that is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Sets a property, to what [`properties::check`] lets it be.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// Forgets a property; whether it was set.
    pub fn unset(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    /// The value of a property. The prefix `ksql.streams.` is the same as none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).or_else(|| self.0.get(&format!("ksql.streams.{name}"))).map(String::as_str)
    }

    /// All that are set, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A property that is `true` or `false`, case aside.
    #[must_use]
    pub fn flag(&self, name: &str, default: bool) -> bool {
        match self.get(name) {
            Some(value) => value.eq_ignore_ascii_case("true"),
            None => default,
        }
    }

    /// A property that is a number in its bounds, as [`properties::check`] has seen.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.trim().parse().ok()
    }

    /// A property that is a positive number: a number below 1 or what is no number means none.
    #[must_use]
    pub fn positive(&self, name: &str) -> Option<u32> {
        self.get(name)?.trim().parse().ok().filter(|&value| value > 0)
    }

    /// The name of the key format of sources that name none (`ksql.persistence.default.format.key`).
    #[must_use]
    pub fn default_key_format(&self) -> &str {
        self.get("ksql.persistence.default.format.key").unwrap_or("KAFKA")
    }

    /// The name of the value format of sources that name none, if there is one
    /// (`ksql.persistence.default.format.value`).
    #[must_use]
    pub fn default_value_format(&self) -> Option<&str> {
        self.get("ksql.persistence.default.format.value")
    }

    /// Whether a single value column is a member of an object (`ksql.persistence.wrap.single.values`).
    #[must_use]
    pub fn wraps_single_values(&self) -> bool {
        self.flag("ksql.persistence.wrap.single.values", true)
    }

    /// What the topics of new sources begin with (`ksql.output.topic.name.prefix`).
    #[must_use]
    pub fn topic_prefix(&self) -> &str {
        self.get("ksql.output.topic.name.prefix").unwrap_or("")
    }

    /// Whether a record without a valid timestamp stops a query instead of being passed over
    /// (`ksql.timestamp.throw.on.invalid`).
    #[must_use]
    pub fn fails_on_invalid_timestamp(&self) -> bool {
        self.flag("ksql.timestamp.throw.on.invalid", false)
    }
}
