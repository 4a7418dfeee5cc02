//! Functions that ksqlDB has and Streamglass has not, with the reason.

/// Why what reads the clock is refused.
pub const CLOCK: &str = "it reads the wall clock, and the same input must give the same output";
const RANDOM: &str = "it is random, and the same input must give the same output";
const DECIMAL_TIME: &str = "DATE and TIME are not supported yet";
const BYTES: &str = "BYTES is not supported yet";
const LAMBDA: &str = "lambda functions are not supported yet";

/// The functions, with why.
pub const REFUSED: &[(&str, &str)] = &[
    ("UUID", RANDOM),
    ("RANDOM", RANDOM),
    ("DATEADD", DECIMAL_TIME),
    ("DATESUB", DECIMAL_TIME),
    ("FORMAT_DATE", DECIMAL_TIME),
    ("FORMAT_TIME", DECIMAL_TIME),
    ("PARSE_DATE", DECIMAL_TIME),
    ("PARSE_TIME", DECIMAL_TIME),
    ("FROM_DAYS", DECIMAL_TIME),
    ("UNIX_DATE", CLOCK),
    ("TIMEADD", DECIMAL_TIME),
    ("TIMESUB", DECIMAL_TIME),
    ("TO_BYTES", BYTES),
    ("FROM_BYTES", BYTES),
    ("INT_FROM_BYTES", BYTES),
    ("BIGINT_FROM_BYTES", BYTES),
    ("DOUBLE_FROM_BYTES", BYTES),
    ("TRANSFORM", LAMBDA),
    ("FILTER", LAMBDA),
    ("REDUCE", LAMBDA),
];

/// Why the function with this name, upper case, is not supported; `None` when ksqlDB has none.
pub fn reason(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(refused, _)| *refused == name).map(|(_, reason)| *reason)
}
