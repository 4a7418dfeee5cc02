//! How new keys become partitions of a repartitioned input.

use std::sync::Arc;

use crate::chunk::Column;
use crate::format::{json, kafka};
use crate::murmur2::partition_for_key;
use crate::plan::Output;

/// Kafka's default partitioner over the key as a sink writes it.
#[derive(Debug)]
pub struct Partitioner {
    partitions: u32,
    names: Vec<Arc<str>>,
    bytes: Vec<u8>,
}

impl Partitioner {
    /// For keys of these columns.
    pub fn new<'a>(partitions: u32, keys: impl Iterator<Item = &'a Output>) -> Self {
        let names = keys.map(|output| output.field.name.clone()).collect();
        Self { partitions, names, bytes: Vec::new() }
    }

    /// The partition of the key in `row`, which is in the KAFKA format for one column and JSON
    /// otherwise.
    pub fn partition_of(&mut self, keys: &[&Column], row: usize) -> u32 {
        let Self { partitions, names, bytes } = self;
        bytes.clear();
        let bare = match keys {
            [key] => kafka::write(bytes, key, row).is_ok(),
            _ => false,
        };
        if !bare {
            for (i, (name, key)) in names.iter().zip(keys).enumerate() {
                bytes.push(if i == 0 { b'{' } else { b',' });
                json::write_string(bytes, name);
                bytes.push(b':');
                json::write_value(bytes, key, row);
            }
            bytes.push(b'}');
        }
        partition_for_key(bytes, *partitions).0
    }
}
