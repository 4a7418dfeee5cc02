//! `STDDEV_SAMP` and `CORRELATION`: from sums of products, so that rows can be taken back.
//!
//! As ksqlDB computes them: the sample deviation is √((Σx² − (Σx)²/n) / (n − 1)), Pearson's
//! correlation (nΣxy − ΣxΣy) / √((nΣx² − (Σx)²)(nΣy² − (Σy)²)).

use serde::{Deserialize, Serialize};

use super::count::push_double;
use super::{Accumulator, RestoreError, Update, read, write};
use crate::chunk::{Column, ColumnData};
use crate::value::Value;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Sums {
    fn add(&mut self, x: f64, y: f64, sign: f64) {
        self.n += sign;
        self.x += sign * x;
        self.y += sign * y;
        self.xx += sign * x * x;
        self.yy += sign * y * y;
        self.xy += sign * x * y;
    }

    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.x += other.x;
        self.y += other.y;
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }

    fn deviation(&self) -> f64 {
        if self.n < 2.0 {
            return 0.0;
        }
        libm::sqrt((self.xx - self.x * self.x / self.n) / (self.n - 1.0))
    }

    fn correlation(&self) -> f64 {
        let spread = (self.n * self.xx - self.x * self.x) * (self.n * self.yy - self.y * self.y);
        (self.n * self.xy - self.x * self.y) / libm::sqrt(spread)
    }
}

/// Sums of one number, or of pairs of them, for each group.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Moments {
    pairs: bool,
    groups: Vec<Sums>,
}

impl Moments {
    /// The deviation of a number, or the correlation of a `STRUCT` of two when `pairs`.
    pub const fn new(pairs: bool) -> Self {
        Self { pairs, groups: Vec::new() }
    }

    fn add(&mut self, updates: &[Update], argument: Option<&Column>, sign: f64) {
        let column = argument.expect("the function has an argument");
        for update in updates.iter().filter(|update| column.valid[update.row as usize]) {
            let row = update.row as usize;
            let pair = match &column.data {
                ColumnData::Int(v) => Some((f64::from(v[row]), 0.0)),
                ColumnData::BigInt(v) => Some((v[row] as f64, 0.0)),
                ColumnData::Double(v) => Some((v[row], 0.0)),
                ColumnData::Nested(v) => match &v[row] {
                    Value::Struct(fields) => fields[0].number().zip(fields[1].number()),
                    _ => unreachable!("the argument is a STRUCT"),
                },
                _ => unreachable!("the argument is a number, or two"),
            };
            if let Some((x, y)) = pair {
                self.groups[update.group as usize].add(x, y, sign);
            }
        }
    }
}

impl Accumulator for Moments {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Sums::default());
    }

    fn update(&mut self, updates: &[Update], argument: Option<&Column>) {
        self.add(updates, argument, 1.0);
    }

    fn can_retract(&self) -> bool {
        true
    }

    fn retract(&mut self, updates: &[Update], argument: Option<&Column>) {
        self.add(updates, argument, -1.0);
    }

    fn merge(&mut self, into: u32, from: u32) {
        let other = self.groups[from as usize];
        self.groups[into as usize].merge(&other);
    }

    fn evaluate_into(&mut self, group: u32, out: &mut Column) {
        let sums = &self.groups[group as usize];
        push_double(out, if self.pairs { sums.correlation() } else { sums.deviation() });
    }

    fn reset(&mut self, group: u32) {
        self.groups[group as usize] = Sums::default();
    }

    fn size_bytes(&self) -> usize {
        self.groups.len() * size_of::<Sums>()
    }

    fn shares_slices(&self) -> bool {
        false
    }

    fn checkpoint(&self) -> Vec<u8> {
        write(self)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        *self = read(bytes)?;
        Ok(())
    }
}
