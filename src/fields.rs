//! The members of a command that a page sends as JSON, read one by one. What serde derives for an enum
//! with a tag is code for every pair of a variant and a way to read it: 40 KB for a dozen commands.

use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The members that have not been read, and the command's name.
#[derive(Debug)]
pub struct Fields {
    /// What `type` says.
    pub kind: String,
    rest: Map<String, Value>,
}

impl Fields {
    /// Reads an object with a member `type`.
    ///
    /// # Errors
    /// It is none.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Map<String, Value>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a command")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry()? {
                    members.insert(name, value);
                }
                Ok(members)
            }
        }
        let mut rest = deserializer.deserialize_map(Members)?;
        match rest.remove("type") {
            Some(Value::String(kind)) => Ok(Self { kind, rest }),
            _ => Err(D::Error::missing_field("type")),
        }
    }

    /// The member `name`; where it is missing, what `null` means.
    ///
    /// # Errors
    /// It is no `T`; the message names it.
    pub fn take<T: DeserializeOwned>(&mut self, name: &'static str) -> serde_json::Result<T> {
        let value = self.rest.remove(name).unwrap_or_default();
        serde_json::from_value(value).map_err(|error| of_member(name, &error))
    }

    /// The items of the member `name`, each read by `item`.
    ///
    /// # Errors
    /// It is no list, or one of them is refused; the message names the member.
    pub fn list<T>(
        &mut self,
        name: &'static str,
        item: fn(Value) -> serde_json::Result<T>,
    ) -> serde_json::Result<Vec<T>> {
        let Some(Value::Array(items)) = self.rest.remove(name) else {
            return Err(of_member(name, &"expected a list"));
        };
        let items: Result<_, _> = items.into_iter().map(item).collect();
        items.map_err(|error| of_member(name, &error))
    }

    /// There is no such command.
    #[must_use]
    pub fn unknown(&self) -> serde_json::Error {
        serde_json::Error::custom(format!("there is no command `{}`", self.kind))
    }
}

#[cold]
fn of_member(name: &str, error: &dyn std::fmt::Display) -> serde_json::Error {
    serde_json::Error::custom(format!("`{name}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> serde_json::Result<Fields> {
        Fields::read(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn members_are_read_by_name() {
        let mut read = fields(r#"{"ms":5,"type":"step","list":[1,2]}"#).expect("a command");
        assert_eq!(read.kind, "step");
        assert_eq!(read.take::<i64>("ms").ok(), Some(5));
        assert_eq!(read.list("list", serde_json::from_value::<u8>).ok(), Some(vec![1, 2]));
        assert_eq!(read.take::<Option<f64>>("factor").ok(), Some(None), "a member that is missing");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let mut read = fields(r#"{"type":"step","ms":"far","list":[true]}"#).expect("a command");
        let error = read.take::<i64>("ms").expect_err("a text").to_string();
        assert!(error.contains("`ms`") && error.contains("far"), "{error}");
        let error = read.list("list", serde_json::from_value::<u8>).expect_err("a truth value");
        assert!(error.to_string().contains("`list`"), "{error}");
        assert!(read.unknown().to_string().contains("`step`"));
        for none in ["5", "[]", "{}", r#"{"type":5}"#] {
            assert!(fields(none).is_err(), "{none}");
        }
    }
}
