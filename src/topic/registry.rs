//! All topics of an engine, by number and by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{ConfigError, Topic, TopicConfig};

/// The number of a topic in its [`Topics`], from 0 in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TopicId(pub u32);

/// Why a topic was not created.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TopicError {
    /// Its name is taken.
    #[error("there is a topic {0} already")]
    Exists(String),
    /// Its configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Topics in the order of their creation.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    /// `None` while [`Topics::with`] holds the topic, and for ever where one was removed.
    topics: Vec<Option<Topic>>,
    names: BTreeMap<String, TopicId>,
}

impl Topics {
    /// Adds an empty topic.
    ///
    /// # Errors
    /// When the name is taken or the configuration makes no sense.
    pub fn create(&mut self, config: TopicConfig) -> Result<TopicId, TopicError> {
        if self.names.contains_key(&config.name) {
            return Err(TopicError::Exists(config.name));
        }
        let id = TopicId(self.topics.len() as u32);
        let topic = Topic::new(config)?;
        self.names.insert(topic.name().into(), id);
        self.topics.push(Some(topic));
        Ok(id)
    }

    /// The topic called `config.name`, created if it is not there. One that is there keeps its own
    /// settings.
    ///
    /// # Errors
    /// When the configuration makes no sense.
    pub fn get_or_create(&mut self, config: TopicConfig) -> Result<TopicId, TopicError> {
        match self.id(&config.name) {
            Some(id) => Ok(id),
            None => self.create(config),
        }
    }

    /// Removes a topic and its records. Its number is never used again.
    pub fn remove(&mut self, id: TopicId) -> Option<Topic> {
        let topic = self.topics.get_mut(id.0 as usize)?.take()?;
        self.names.remove(topic.name());
        Some(topic)
    }

    /// The number of the topic called `name`.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<TopicId> {
        self.names.get(name).copied()
    }

    /// The topic with a number.
    #[must_use]
    pub fn get(&self, id: TopicId) -> Option<&Topic> {
        self.topics.get(id.0 as usize)?.as_ref()
    }

    /// The topic with a number, to append to.
    pub fn get_mut(&mut self, id: TopicId) -> Option<&mut Topic> {
        self.topics.get_mut(id.0 as usize)?.as_mut()
    }

    /// The topic called `name`.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Topic> {
        self.get(self.id(name)?)
    }

    /// Number of topics.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// All topics in the order of their creation.
    pub fn iter(&self) -> impl Iterator<Item = (TopicId, &Topic)> {
        let numbered = self.topics.iter().enumerate();
        numbered.filter_map(|(id, topic)| Some((TopicId(id as u32), topic.as_ref()?)))
    }

    /// Runs `f` with one topic to read and the others to append to; `None` when there is no such
    /// topic. For `f` the others lack this one.
    pub fn with<R>(&mut self, id: TopicId, f: impl FnOnce(&Topic, &mut Self) -> R) -> Option<R> {
        let topic = self.topics.get_mut(id.0 as usize)?.take()?;
        let result = f(&topic, self);
        self.topics[id.0 as usize] = Some(topic);
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Offset, PartitionId};
    use crate::time::Timestamp;

    #[test]
    fn topics_are_found_by_name_and_number_in_order() {
        let mut topics = Topics::default();
        let b = topics.create(TopicConfig::new("b", 1)).expect("new");
        let a = topics.create(TopicConfig::new("a", 2)).expect("new");
        assert_eq!(topics.iter().map(|(_, t)| t.name()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!((topics.id("a"), topics.id("c")), (Some(a), None));
        assert_eq!(topics.by_name("b").map(Topic::partitions), Some(1));
        let taken = topics.create(TopicConfig::new("a", 1));
        assert_eq!(taken, Err(TopicError::Exists("a".into())));
        assert_eq!(topics.get_or_create(TopicConfig::new("b", 9)), Ok(b));
        assert!(matches!(topics.create(TopicConfig::new("", 1)), Err(TopicError::Config(_))));
        assert_eq!(topics.len(), 2, "a topic that was refused is not there");
    }

    #[test]
    fn the_number_of_a_removed_topic_is_not_used_again() {
        let mut topics = Topics::default();
        let a = topics.create(TopicConfig::new("a", 1)).expect("new");
        assert_eq!(topics.remove(a).map(|topic| topic.name().to_owned()), Some("a".into()));
        assert!(topics.remove(a).is_none() && topics.is_empty() && topics.get(a).is_none());
        let again = topics.create(TopicConfig::new("a", 2)).expect("the name is free");
        assert_ne!(again, a);
    }

    #[test]
    fn one_topic_is_read_while_others_are_written() {
        let mut topics = Topics::default();
        let from = topics.create(TopicConfig::new("from", 1)).expect("new");
        let to = topics.create(TopicConfig::new("to", 1)).expect("new");
        let value = |topics: &Topics, id| {
            let record = topics.get(id)?.read_at(PartitionId(0), Offset(0))?;
            record.value.map(<[u8]>::to_vec)
        };
        let source = topics.get_mut(from).expect("there");
        source.append(PartitionId(0), None, Some(b"x"), &[], Timestamp(1)).expect("fits");
        let done = topics.with(from, |from_topic, others| {
            assert!(others.get(from).is_none());
            let record = from_topic.read_at(PartitionId(0), Offset(0)).expect("there");
            let to = others.get_mut(to).expect("there");
            to.append(record.partition, record.key, record.value, &[], record.timestamp)
        });
        assert_eq!(done, Some(Ok(Offset(0))));
        assert_eq!(value(&topics, to), Some(b"x".to_vec()));
        assert_eq!(value(&topics, from), value(&topics, to), "the source is back");
        assert_eq!(topics.with(TopicId(9), |_, _| ()), None);
    }
}
