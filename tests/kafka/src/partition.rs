//! Which partition a key goes to: Java's murmur2, and librdkafka's CRC32.

use std::sync::atomic::{AtomicU32, Ordering};

/// How a producer chooses a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partitioner {
    /// Kafka's Java producer: Confluent and Strimzi.
    Murmur2,
    /// librdkafka's default: Karapace.
    Crc32,
}

impl Partitioner {
    /// Its name in librdkafka's configuration; records without a key go anywhere.
    pub fn librdkafka(self) -> &'static str {
        match self {
            Self::Murmur2 => "murmur2_random",
            Self::Crc32 => "consistent_random",
        }
    }

    /// The partition of `key` among `partitions`.
    pub fn partition(self, key: Option<&[u8]>, partitions: i32) -> i32 {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let hash = match (self, key) {
            (Self::Murmur2, Some(key)) => murmur2(key) & 0x7fff_ffff,
            (Self::Crc32, Some(key)) if !key.is_empty() => crc32(key),
            _ => NEXT.fetch_add(1, Ordering::Relaxed),
        };
        (hash % partitions as u32) as i32
    }
}

/// `org.apache.kafka.common.utils.Utils.murmur2`.
fn murmur2(key: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = 0x9747_b28c ^ key.len() as u32;
    let mut words = key.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        let last = rest.iter().rev().fold(0, |last, byte| last << 8 | u32::from(*byte));
        hash = (hash ^ last).wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 15
}

/// The CRC of IEEE 802.3.
fn crc32(key: &[u8]) -> u32 {
    !key.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of Kafka's own `UtilsTest.testMurmur2`.
    #[test]
    fn murmur2_is_that_of_java() {
        for (key, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()) as i32, hash, "{key}");
        }
    }

    /// The check value of the CRC's definition.
    #[test]
    fn crc32_is_that_of_the_definition() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
