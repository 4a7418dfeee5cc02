//! Table functions: one row to any number of rows.

use super::call::{Body, Fault, OfValues, Outcome};
use super::table::{Category, Function, Kind};
use crate::value::Value;

/// What makes the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TableFunction {
    /// `EXPLODE`: the items of an array.
    Explode,
    /// `CUBE_EXPLODE`: all combinations of an array's items and NULLs in their places.
    CubeExplode,
}

/// A table function as people see it.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// What people see.
    pub function: Function,
    /// What makes the rows.
    pub id: TableFunction,
}

/// The table functions. The declared result is one row's.
pub const FUNCTIONS: &[Table] = &[
    Table {
        function: Function {
            name: "EXPLODE",
            kind: Kind::Table,
            category: Category::Table,
            doc: "A row for each item of an array; none for an empty array or NULL.",
            examples: &["EXPLODE(ARRAY[1, NULL]) gives 1, NULL"],
            signatures: &["list ARRAY<T> -> T"],
        },
        id: TableFunction::Explode,
    },
    Table {
        function: Function {
            name: "CUBE_EXPLODE",
            kind: Kind::Table,
            category: Category::Table,
            doc: "A row for each way of putting NULLs in the places of an array's items, the whole \
                  array last.",
            examples: &[
                "CUBE_EXPLODE(ARRAY[1, 2]) gives ARRAY[NULL, NULL], ARRAY[NULL, 2], ARRAY[1, NULL], \
                 ARRAY[1, 2]",
            ],
            signatures: &["columns ARRAY<T> -> ARRAY<T>"],
        },
        id: TableFunction::CubeExplode,
    },
];

/// The most items that `CUBE_EXPLODE` takes: the rows are 2 to the power of them.
const MAX_CUBE: usize = 16;

impl TableFunction {
    /// What computes all rows of a value as an array.
    #[must_use]
    pub const fn body(self) -> Body {
        const fn of(function: TableFunction) -> OfValues {
            match function {
                TableFunction::Explode => |_, v| all(TableFunction::Explode, &v[0]),
                TableFunction::CubeExplode => |_, v| all(TableFunction::CubeExplode, &v[0]),
            }
        }
        fn all(function: TableFunction, value: &Value) -> Outcome {
            let mut rows = Vec::new();
            function.rows(value, &mut rows)?;
            Ok(Value::Array(rows.into()))
        }
        Body::Values(of(self))
    }

    /// Adds the rows for a value of the argument's type.
    ///
    /// # Errors
    /// When there would be too many.
    ///
    /// # Panics
    /// When the value is neither an array nor NULL.
    pub fn rows(self, value: &Value, out: &mut Vec<Value>) -> Result<(), Fault> {
        let items = match value {
            Value::Null => return Ok(()),
            Value::Array(items) => items,
            other => panic!("{other:?} is no array"),
        };
        match self {
            Self::Explode => out.extend_from_slice(items),
            Self::CubeExplode => {
                // A NULL is the same in both halves, so only other items double the rows.
                let free: Vec<usize> = (0..items.len()).filter(|i| !items[*i].is_null()).collect();
                if free.len() > MAX_CUBE {
                    return Err(Fault("CUBE_EXPLODE of more than 16 items"));
                }
                for mask in 0_u32..1 << free.len() {
                    let mut row = vec![Value::Null; items.len()];
                    for (bit, &place) in free.iter().enumerate() {
                        if mask >> (free.len() - 1 - bit) & 1 == 1 {
                            row[place] = items[place].clone();
                        }
                    }
                    out.push(Value::Array(row.into()));
                }
            }
        }
        Ok(())
    }
}
