//! The limits of queries that `SET` sets.

use crate::exec::Limits;
use crate::sql::settings::Settings;
use crate::sql::settings::properties::{MOST_OUTPUT_BYTES, MOST_ROWS_OF_ROW, MOST_STATE_BYTES};

/// The limits of a query that begins under these settings; those that are not set are of `base`.
#[must_use]
pub fn of(settings: &Settings, base: Limits) -> Limits {
    let rows = settings.number(MOST_ROWS_OF_ROW).and_then(|rows| usize::try_from(rows).ok());
    Limits {
        rows_of_row: rows.unwrap_or(base.rows_of_row),
        output_bytes: settings.number(MOST_OUTPUT_BYTES).unwrap_or(base.output_bytes),
        state_bytes: settings.number(MOST_STATE_BYTES).unwrap_or(base.state_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::settings::properties::{ALL, check};

    #[test]
    fn the_defaults_that_are_shown_are_those_that_hold() {
        let mut settings = Settings::default();
        for property in ALL {
            if !property.default.is_empty() {
                check(property.name, property.default).expect("a default may be set");
            }
            settings.set(property.name, property.default);
        }
        let none = Limits { rows_of_row: 0, output_bytes: 0, state_bytes: 0 };
        assert_eq!(of(&settings, none), Limits::default());
        assert_eq!(of(&Settings::default(), none), none);
    }
}
