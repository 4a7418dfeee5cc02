//! Names and types of the columns of a stream or table.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::DataType;

/// Where a column comes from and goes to: the record's key or its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Part of the record's key.
    Key,
    /// A member of the record's value.
    Value,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name, case as it is in the records.
    pub name: Arc<str>,
    /// The type.
    pub data_type: DataType,
    /// Key or value.
    pub role: Role,
}

impl Field {
    /// A key column.
    #[must_use]
    pub fn key(name: &str, data_type: DataType) -> Self {
        Self { name: Arc::from(name), data_type, role: Role::Key }
    }

    /// A value column.
    #[must_use]
    pub fn value(name: &str, data_type: DataType) -> Self {
        Self { name: Arc::from(name), data_type, role: Role::Value }
    }
}

/// The columns of a stream, in order; expressions refer to them by index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The columns.
    pub fields: Vec<Field>,
}

impl Schema {
    /// A schema of these columns.
    #[must_use]
    pub const fn new(fields: Vec<Field>) -> Self {
        Self { fields }
    }

    /// The index of the column called `name`, case-sensitive.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| &*field.name == name)
    }

    /// The key columns with their indices.
    pub fn keys(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.role == Role::Key)
    }

    /// The value columns with their indices.
    pub fn values(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.role == Role::Value)
    }
}
