//! Approximate number of distinct values: Apache DataSketches' HyperLogLog.
//!
//! The estimate is DataSketches' HIP while a sketch has only been updated, and its composite
//! estimate once sketches were merged. HIP depends on the order of the updates, so windows do not
//! share slices. The estimate passes through interpolation and, when merged, a logarithm; it is
//! rounded to a whole number before it leaves, so that targets whose `ln` differs in the last bit
//! agree.

use datasketches::hash::value::raw_bytes;
use datasketches::hll::{Coupon, HllSketch, HllType, HllUnion};
use serde::{Deserialize, Serialize};

use super::count::push_bigint;
use super::distinct::encode;
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};

/// `APPROX_COUNT_DISTINCT`.
#[derive(Debug)]
pub struct ApproxCountDistinct {
    lg_k: u8,
    groups: Vec<Option<HllSketch>>,
    scratch: Vec<u8>,
}

impl ApproxCountDistinct {
    /// Sketches with 2^`lg_k` registers; the plan has checked that it is 4 to 21.
    pub const fn new(lg_k: u8) -> Self {
        Self { lg_k, groups: Vec::new(), scratch: Vec::new() }
    }

    fn add(&mut self, group: u32, coupon: Coupon) {
        let lg_k = self.lg_k;
        self.groups[group as usize].get_or_insert_with(|| empty(lg_k)).update_with_coupon(coupon);
    }
}

fn empty(lg_k: u8) -> HllSketch {
    HllSketch::new(lg_k, HllType::Hll8).expect("lg_k was checked with the plan")
}

/// The nearest whole number; halves away from zero. The cast saturates.
fn whole(estimate: f64) -> i64 {
    libm::round(estimate) as i64
}

impl Accumulator for ApproxCountDistinct {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, None);
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        let column = argument.expect("the function has an argument");
        if let ColumnData::Varchar(texts) = &column.data {
            for update in updates {
                let row = update.row as usize;
                if column.valid[row] {
                    let text = raw_bytes::from_str(texts.get(row));
                    self.add(update.group, Coupon::from_value(text));
                }
            }
            return;
        }
        for update in updates {
            let row = update.row as usize;
            if column.valid[row] {
                self.scratch.clear();
                encode(column, row, &mut self.scratch);
                let coupon = Coupon::from_value(raw_bytes::from_slice(&self.scratch));
                self.add(update.group, coupon);
            }
        }
    }

    fn merge(&mut self, into: u32, from: u32) {
        let Some(other) = &self.groups[from as usize] else { return };
        let merged = match &self.groups[into as usize] {
            None => other.clone(),
            Some(sketch) => {
                let mut union = HllUnion::new(self.lg_k).expect("lg_k was checked with the plan");
                union.update(sketch);
                union.update(other);
                union.to_sketch(HllType::Hll8)
            }
        };
        self.groups[into as usize] = Some(merged);
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let estimate = self.groups[group as usize].as_ref().map_or(0.0, HllSketch::estimate);
        push_bigint(out, whole(estimate));
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize] = None;
    }

    fn size_bytes(&self) -> usize {
        let sketches: usize = self.groups.iter().flatten().map(HllSketch::estimated_size).sum();
        sketches + self.groups.len() * size_of::<Option<HllSketch>>()
    }

    fn shares_slices(&self) -> bool {
        false
    }

    fn checkpoint(&self) -> Vec<u8> {
        let sketches: Vec<Option<Vec<u8>>> =
            self.groups.iter().map(|s| s.as_ref().map(HllSketch::serialize)).collect();
        write(&Saved { lg_k: self.lg_k, sketches })
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        let saved: Saved = read(bytes)?;
        if saved.lg_k != self.lg_k {
            return Err(RestoreError(format!("lg_k is {}, not {}", saved.lg_k, self.lg_k)));
        }
        let restore = |bytes: &Option<Vec<u8>>| match bytes {
            None => Ok(None),
            Some(bytes) => HllSketch::deserialize(bytes)
                .map(Some)
                .map_err(|error| RestoreError(error.to_string())),
        };
        self.groups = saved.sketches.iter().map(restore).collect::<Result<_, _>>()?;
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Saved {
    lg_k: u8,
    sketches: Vec<Option<Vec<u8>>>,
}
