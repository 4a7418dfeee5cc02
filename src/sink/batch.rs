//! Records of one lane that are sent together: their bytes in one piece, and what is known of each.

/// What is known of a record that has no outcome yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Its place among the records taken.
    pub sequence: u64,
    start: u32,
    /// `None` without a key.
    key: Option<u32>,
    value: u32,
    /// How often it was sent, in all.
    pub tries: u32,
    /// How often it may still be sent after a failure.
    pub left: u32,
    /// Whether an earlier try may have written it.
    pub maybe_written: bool,
    /// Whether it was counted as a possible duplicate.
    pub duplicate: bool,
    /// Whether it was counted as reordered.
    pub reordered: bool,
}

impl Entry {
    /// A record that was never sent.
    pub(super) const fn new(sequence: u64, retries: u32) -> Self {
        Self {
            sequence,
            start: 0,
            key: None,
            value: 0,
            tries: 0,
            left: retries,
            maybe_written: false,
            duplicate: false,
            reordered: false,
        }
    }
}

/// Records that are sent together.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    pub entries: Vec<Entry>,
    /// A bound of the bytes of its body.
    pub encoded: usize,
    /// When its first record came, in milliseconds.
    pub opened: f64,
}

impl Batch {
    /// A batch whose first record comes at `now`.
    pub(super) fn open(now: f64) -> Self {
        Self { opened: now, ..Self::default() }
    }

    /// Adds a record, whose place in the bytes is set here.
    pub(super) fn push(&mut self, entry: Entry, key: Option<&[u8]>, value: &[u8], encoded: usize) {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(key.unwrap_or_default());
        self.bytes.extend_from_slice(value);
        let key = key.map(|key| key.len() as u32);
        self.entries.push(Entry { start, key, value: value.len() as u32, ..entry });
        self.encoded += encoded;
    }

    pub(super) fn key(&self, entry: &Entry) -> Option<&[u8]> {
        let start = entry.start as usize;
        entry.key.map(|len| &self.bytes[start..start + len as usize])
    }

    pub(super) fn value(&self, entry: &Entry) -> &[u8] {
        let start = (entry.start + entry.key.unwrap_or(0)) as usize;
        &self.bytes[start..start + entry.value as usize]
    }

    /// A batch of the entries that `chosen` gives back, in order.
    pub(super) fn select(
        &self,
        chosen: impl Iterator<Item = Entry>,
        size: impl Fn(usize, usize) -> usize,
    ) -> Self {
        let mut batch = Self { opened: self.opened, ..Self::default() };
        for entry in chosen {
            let (key, value) = (self.key(&entry), self.value(&entry));
            batch.push(entry, key, value, size(key.map_or(0, <[u8]>::len), value.len()));
        }
        batch
    }
}
