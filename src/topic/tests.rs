//! Topics and consumers against a naive model, and the rules that the model does not show.

#[path = "../../tests/support/soak.rs"]
mod soak;

use proptest::prelude::*;

use super::*;

type Bytes = Option<Vec<u8>>;

#[derive(Clone, Debug, PartialEq)]
struct Row {
    sequence: usize,
    partition: u32,
    offset: i64,
    key: Bytes,
    value: Bytes,
    headers: Vec<Header>,
    timestamp: i64,
}

impl Row {
    fn size(&self) -> u64 {
        let headers: usize = self.headers.iter().map(|h| h.name.len() + h.value.len()).sum();
        let payload =
            self.key.as_ref().map_or(0, Vec::len) + self.value.as_ref().map_or(0, Vec::len);
        (32 + headers + payload) as u64
    }
}

/// Everything as plain lists: segments of rows by partition.
#[derive(Clone, Debug, Default)]
struct Model {
    segments: Vec<Vec<Vec<Row>>>,
    ends: Vec<i64>,
    appended: usize,
    largest: i64,
    removed: u64,
}

impl Model {
    fn append(&mut self, mut row: Row, config: &TopicConfig) {
        let p = row.partition as usize;
        row.sequence = self.appended;
        row.offset = self.ends[p];
        self.appended += 1;
        self.ends[p] += 1;
        self.largest = self.largest.max(row.timestamp);
        let active = self.segments[p].last().expect("always one");
        let size: u64 = active.iter().map(Row::size).sum();
        let wait = active.first().map_or(0, |first| row.timestamp - first.timestamp);
        let full = size + row.size() > u64::from(config.segment_bytes)
            || config.retention_ms.is_some_and(|ms| wait > (ms / 8).max(1));
        if full && !active.is_empty() {
            self.segments[p].push(vec![row]);
            self.retain(config);
        } else {
            self.segments[p].last_mut().expect("always one").push(row);
        }
    }

    fn retain(&mut self, config: &TopicConfig) {
        for segments in &mut self.segments {
            while segments.len() > 1 {
                let rest: u64 = segments[1..].iter().flatten().map(Row::size).sum();
                let newest = segments[0].iter().map(|row| row.timestamp).max().unwrap_or(0);
                let old = config.retention_ms.is_some_and(|ms| newest < self.largest - ms);
                if config.retention_bytes.is_none_or(|keep| rest < keep) && !old {
                    break;
                }
                self.removed += segments.remove(0).len() as u64;
            }
        }
    }

    fn start(&self, p: usize) -> i64 {
        self.segments[p].iter().flatten().next().map_or(self.ends[p], |row| row.offset)
    }

    fn poll(&self, positions: &mut [(u32, i64)], lost: &mut u64, n: usize) -> Vec<Row> {
        for (p, next) in positions.iter_mut() {
            let skipped = (self.start(*p as usize) - *next).max(0);
            *lost += skipped as u64;
            *next += skipped;
        }
        let mut rows: Vec<Row> = Vec::new();
        for (p, next) in positions.iter() {
            let unread = self.segments[*p as usize].iter().flatten().filter(|r| r.offset >= *next);
            rows.extend(unread.cloned());
        }
        rows.sort_by_key(|row| row.sequence);
        rows.truncate(n);
        for row in &rows {
            for (p, next) in positions.iter_mut() {
                if *p == row.partition {
                    *next = row.offset + 1;
                }
            }
        }
        rows
    }
}

fn row_of(record: &Record<'_>) -> Row {
    Row {
        sequence: 0,
        partition: record.partition.0,
        offset: record.offset.0,
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: record.headers.to_vec(),
        timestamp: record.timestamp.0,
    }
}

fn unsequenced(mut row: Row) -> Row {
    row.sequence = 0;
    row
}

#[derive(Clone, Debug)]
enum Step {
    Append(Row),
    Poll { consumer: usize, n: usize },
    Seek { partition: u32, offset: i64 },
    CloneTopic,
    CloneConsumers,
}

const PARTITIONS: u32 = 3;

fn step() -> impl Strategy<Value = Step> {
    let bytes = |most| prop::option::of(prop::collection::vec(any::<u8>(), 0..most));
    let headers = prop_oneof![
        9 => Just(Vec::new()),
        1 => Just(vec![Header { name: "h".into(), value: vec![1, 2] }]),
    ];
    let append = (0..PARTITIONS, bytes(6), bytes(400), headers, 0_i64..3_000).prop_map(
        |(partition, key, value, headers, timestamp)| {
            Step::Append(Row { sequence: 0, partition, offset: 0, key, value, headers, timestamp })
        },
    );
    prop_oneof![
        30 => append,
        4 => (0_usize..3, 0_usize..30).prop_map(|(consumer, n)| Step::Poll { consumer, n }),
        1 => (0..PARTITIONS, 0_i64..60).prop_map(|(p, offset)| Step::Seek { partition: p, offset }),
        1 => Just(Step::CloneTopic),
        1 => Just(Step::CloneConsumers),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn topic_and_consumers_do_what_the_model_does(
        steps in prop::collection::vec(step(), 0..300),
        retention_bytes in prop::option::of(0_u64..5_000),
        retention_ms in prop::option::of(1_i64..2_000),
    ) {
        let config = TopicConfig {
            retention_bytes,
            retention_ms,
            segment_bytes: 1_024,
            ..TopicConfig::new("t", PARTITIONS)
        };
        let mut topic = Topic::new(config.clone()).expect("valid");
        let mut copies = Vec::new();
        let mut model = Model {
            segments: vec![vec![Vec::new()]; PARTITIONS as usize],
            ends: vec![0; PARTITIONS as usize],
            ..Model::default()
        };
        let mut consumers =
            [Consumer::from_start(&topic), Consumer::of([2, 0]), Consumer::of([1])];
        let mut expected =
            [vec![(0, 0), (1, 0), (2, 0)], vec![(0, 0), (2, 0)], vec![(1, 0)]];
        let mut lost = [0_u64; 3];
        for step in steps {
            match step {
                Step::Append(row) => {
                    let at = topic.append(
                        PartitionId(row.partition), row.key.as_deref(), row.value.as_deref(),
                        &row.headers, Timestamp(row.timestamp),
                    );
                    prop_assert_eq!(at, Ok(Offset(model.ends[row.partition as usize])));
                    model.append(row, &config);
                }
                Step::Poll { consumer, n } => {
                    let mut rows = Vec::new();
                    let polled = consumers[consumer]
                        .poll(&topic, n, usize::MAX, |record| rows.push(row_of(&record)));
                    let wanted = model.poll(&mut expected[consumer], &mut lost[consumer], n);
                    let wanted: Vec<_> = wanted.into_iter().map(unsequenced).collect();
                    prop_assert_eq!(polled, wanted.len());
                    prop_assert_eq!(rows, wanted);
                    prop_assert_eq!(consumers[consumer].lost_to_retention(), lost[consumer]);
                }
                Step::Seek { partition, offset } => {
                    prop_assert!(consumers[0].seek(PartitionId(partition), Offset(offset)));
                    expected[0][partition as usize].1 = offset;
                }
                Step::CloneTopic => copies.push((topic.clone(), model.clone())),
                Step::CloneConsumers => {
                    for consumer in &mut consumers {
                        let bytes = postcard::to_allocvec(consumer).expect("plain data");
                        *consumer = postcard::from_bytes(&bytes).expect("plain data");
                    }
                }
            }
        }
        copies.push((topic, model));
        for (topic, model) in &copies {
            same(topic, model)?;
        }
    }
}

fn same(topic: &Topic, model: &Model) -> Result<(), TestCaseError> {
    let mut rows: Vec<Row> = model.segments.iter().flatten().flatten().cloned().collect();
    rows.sort_by_key(|row| row.sequence);
    let stats = topic.stats();
    prop_assert_eq!(stats.records, rows.len() as u64);
    prop_assert_eq!(stats.bytes, rows.iter().map(Row::size).sum::<u64>());
    prop_assert_eq!(stats.removed_records, model.removed);
    prop_assert_eq!(topic.appended(), stats.records + stats.removed_records);
    for row in &rows {
        let record = topic.read_at(PartitionId(row.partition), Offset(row.offset));
        prop_assert_eq!(record.map(|r| row_of(&r)), Some(unsequenced(row.clone())));
    }
    for n in [0, 1, 7, usize::MAX] {
        let last: Vec<Row> = topic.last(n).iter().map(row_of).collect();
        let from = rows.len().saturating_sub(n);
        let wanted: Vec<Row> = rows[from..].iter().cloned().map(unsequenced).collect();
        prop_assert_eq!(last, wanted);
    }
    for (p, partition) in stats.partitions.iter().enumerate() {
        prop_assert_eq!(partition.log_start, Offset(model.start(p)));
        prop_assert_eq!(partition.log_end, Offset(model.ends[p]));
        let of: Vec<i64> =
            topic.last_of(PartitionId(p as u32), 5).iter().map(|r| r.offset.0).collect();
        let start = partition.log_start.0.max(partition.log_end.0 - 5);
        prop_assert_eq!(of, (start..partition.log_end.0).collect::<Vec<_>>());
    }
    Ok(())
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let config = TopicConfig { max_record_bytes: 100, ..TopicConfig::new("t", 2) };
    let mut topic = Topic::new(config).expect("valid");
    let mut append = |partition, value: &[u8]| {
        topic.append(PartitionId(partition), Some(b"key"), Some(value), &[], Timestamp(7))
    };
    assert_eq!(append(2, b""), Err(AppendError::UnknownPartition { partition: 2, partitions: 2 }));
    assert_eq!(append(0, &[0; 66]), Err(AppendError::TooLarge { bytes: 101, max_bytes: 100 }));
    assert_eq!(append(0, &[0; 65]), Ok(Offset(0)), "exactly the limit");
    assert_eq!((topic.appended(), topic.largest_timestamp()), (1, Timestamp(7)));
}

#[test]
fn a_key_decides_the_partition_and_the_caller_where_there_is_none() {
    let mut topic = Topic::new(TopicConfig::new("t", 4)).expect("valid");
    for key in [&b"14362070"[..], b"86525", b""] {
        let at = topic.append_keyed(Some(key), None, &[], Timestamp(0), |_| unreachable!());
        assert_eq!(at.expect("fits").0, partition_for_key(key, 4));
    }
    let at = topic.append_keyed(None, Some(b"v"), &[], Timestamp(0), |n| PartitionId(n - 1));
    assert_eq!(at.expect("fits").0, PartitionId(3));
}

#[test]
fn a_poll_stops_at_its_limits_and_lag_counts_what_is_left() {
    let mut topic = Topic::new(TopicConfig::new("t", 2)).expect("valid");
    let mut late = Consumer::from_end(&topic);
    for i in 0..10_u8 {
        let to = PartitionId(u32::from(i % 3 == 0));
        topic.append(to, None, Some(&[i; 10]), &[], Timestamp(0)).expect("fits");
    }
    let mut all = Consumer::from_start(&topic);
    assert_eq!(all.poll(&topic, 3, usize::MAX, |_| ()), 3);
    assert_eq!(all.poll(&topic, 99, 11, |_| ()), 2, "stops when the bytes are reached");
    assert_eq!(all.poll(&topic, 99, 0, |_| ()), 0);
    assert_eq!((all.lag(&topic, PartitionId(0)), all.lag(&topic, PartitionId(1))), (3, 2));
    assert_eq!((all.total_lag(&topic), late.total_lag(&topic)), (5, 10));
    assert_eq!(late.poll(&topic, 99, usize::MAX, |_| ()), 10);
    assert!(!all.seek(PartitionId(5), Offset(0)));
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_topic_and_consumers() {
    soak::soak("topics against a model", &[topic_and_consumers_do_what_the_model_does]);
}
