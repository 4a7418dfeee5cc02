//! Functions of times. Zones are UTC and fixed offsets.

use super::call::{Body, Context, Fault, Outcome, integer, text};
use super::table::{Category, Scalar, scalar};
use super::time_format::zone_offset;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::value::Value;

const TIME: Category = Category::Time;

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[
    scalar(
        "CONVERT_TZ",
        TIME,
        &["time TIMESTAMP, from VARCHAR, to VARCHAR -> TIMESTAMP"],
        Body::Strict(|_, v| {
            let shift = zone(&v[2])? - zone(&v[1])?;
            Ok(Value::Timestamp(millis(&v[0]).saturating_add(shift)))
        }),
        "A time of one zone as the time on the clocks of another. Zones: UTC and offsets like +01:00.",
        &[
            "CONVERT_TZ(CAST('2024-01-01T10:00' AS TIMESTAMP), '+01:00', 'UTC') = CAST('2024-01-01T09:00' AS TIMESTAMP)",
        ],
    ),
    scalar(
        "DATETOSTRING",
        TIME,
        &["days INT, format VARCHAR -> VARCHAR"],
        Body::Strict(|context, v| format(context, integer(&v[0]) * DAY_MS, v)),
        "Days since the epoch as text in a format of Java's DateTimeFormatter.",
        &["DATETOSTRING(17662, 'yyyy-MM-dd') = '2018-05-11'"],
    ),
    scalar(
        "FORMAT_TIMESTAMP",
        TIME,
        &[
            "time TIMESTAMP, format VARCHAR -> VARCHAR",
            "time TIMESTAMP, format VARCHAR, zone VARCHAR -> VARCHAR",
        ],
        Body::Strict(|context, v| format(context, millis(&v[0]), v)),
        "A time as text in a format of Java's DateTimeFormatter, at UTC or an offset from it.",
        &[
            "FORMAT_TIMESTAMP(CAST('2024-02-29T13:05:07.089' AS TIMESTAMP), 'yyyy-MM-dd HH:mm:ss.SSS') = '2024-02-29 13:05:07.089'",
            "FORMAT_TIMESTAMP(CAST('2024-02-29T23:05' AS TIMESTAMP), 'EEE d MMM h:mm a X', '+01:00') = 'Fri 1 Mar 12:05 AM +01'",
        ],
    ),
    scalar(
        "FROM_UNIXTIME",
        TIME,
        &["millis BIGINT -> TIMESTAMP"],
        Body::Strict(|_, v| Ok(Value::Timestamp(integer(&v[0])))),
        "The time of so many milliseconds since the epoch.",
        &["FROM_UNIXTIME(86400000) = CAST('1970-01-02' AS TIMESTAMP)"],
    ),
    scalar(
        "PARSE_TIMESTAMP",
        TIME,
        &[
            "text VARCHAR, format VARCHAR -> TIMESTAMP",
            "text VARCHAR, format VARCHAR, zone VARCHAR -> TIMESTAMP",
        ],
        Body::Strict(|context, v| parse(context, v).map(Value::Timestamp)),
        "The time in a text of a format of Java's DateTimeFormatter.",
        &[
            "PARSE_TIMESTAMP('29/02/2024 13h', 'dd/MM/yyyy HH''h''') = CAST('2024-02-29T13:00' AS TIMESTAMP)",
        ],
    ),
    scalar(
        "STRINGTODATE",
        TIME,
        &["text VARCHAR, format VARCHAR -> INT"],
        Body::Strict(|context, v| {
            let days = parse(context, v)?.div_euclid(DAY_MS);
            i32::try_from(days).map(Value::Int).map_err(|_| Fault("the date is out of range"))
        }),
        "The days since the epoch of a date in a text of a format of Java's DateTimeFormatter.",
        &["STRINGTODATE('11/05/2018', 'dd/MM/yyyy') = 17662"],
    ),
    scalar(
        "STRINGTOTIMESTAMP",
        TIME,
        &[
            "text VARCHAR, format VARCHAR -> BIGINT",
            "text VARCHAR, format VARCHAR, zone VARCHAR -> BIGINT",
        ],
        Body::Strict(|context, v| parse(context, v).map(Value::BigInt)),
        "As PARSE_TIMESTAMP, in milliseconds since the epoch.",
        &[
            "STRINGTOTIMESTAMP('2018-05-11T21:58:33Z', 'yyyy-MM-dd''T''HH:mm:ssX') = 1526075913000",
            "STRINGTOTIMESTAMP('2019-08-27T13:31:09.2+0000', 'yyyy-MM-dd''T''HH:mm:ss.SX') = 1566912669200",
            "STRINGTOTIMESTAMP('1970-01-01 01', 'yyyy-MM-dd HH', '+01:00') = 0",
        ],
    ),
    scalar(
        "TIMESTAMPADD",
        TIME,
        &["unit VARCHAR, amount INT, time TIMESTAMP -> TIMESTAMP"],
        Body::Strict(|_, v| shift(v, 1)),
        "A time so many units later: MILLISECONDS, SECONDS, MINUTES, HOURS or DAYS.",
        &[
            "TIMESTAMPADD('DAYS', 1, CAST('2024-02-28' AS TIMESTAMP)) = CAST('2024-02-29' AS TIMESTAMP)",
        ],
    ),
    scalar(
        "TIMESTAMPSUB",
        TIME,
        &["unit VARCHAR, amount INT, time TIMESTAMP -> TIMESTAMP"],
        Body::Strict(|_, v| shift(v, -1)),
        "A time so many units earlier: MILLISECONDS, SECONDS, MINUTES, HOURS or DAYS.",
        &[
            "TIMESTAMPSUB('HOURS', 1, CAST('2024-01-01' AS TIMESTAMP)) = CAST('2023-12-31T23:00' AS TIMESTAMP)",
        ],
    ),
    scalar(
        "TIMESTAMPTOSTRING",
        TIME,
        &[
            "millis BIGINT, format VARCHAR -> VARCHAR",
            "millis BIGINT, format VARCHAR, zone VARCHAR -> VARCHAR",
        ],
        Body::Strict(|context, v| format(context, integer(&v[0]), v)),
        "As FORMAT_TIMESTAMP, of milliseconds since the epoch.",
        &[
            "TIMESTAMPTOSTRING(0, 'yyyy-MM-dd''T''HH:mm:ss.SSSX') = '1970-01-01T00:00:00.000Z'",
            "TIMESTAMPTOSTRING(1526075913000, 'yyyy-MM-dd HH:mm', 'UTC') = '2018-05-11 21:58'",
        ],
    ),
    scalar(
        "UNIX_TIMESTAMP",
        TIME,
        &["time TIMESTAMP -> BIGINT"],
        Body::Strict(|_, v| Ok(Value::BigInt(millis(&v[0])))),
        "Milliseconds since the epoch. Without an argument ksqlDB reads the clock, which is not \
         supported.",
        &["UNIX_TIMESTAMP(CAST('1970-01-01T00:00:01' AS TIMESTAMP)) = 1000"],
    ),
];

fn millis(value: &Value) -> i64 {
    match value {
        Value::Timestamp(millis) => *millis,
        _ => unreachable!("the argument is a TIMESTAMP and not NULL"),
    }
}

fn zone(value: &Value) -> Result<i64, Fault> {
    zone_offset(text(value)).ok_or(Fault("named time zones are not supported"))
}

/// The offset of the zone that may be the third argument.
fn third_zone(values: &[Value]) -> Result<i64, Fault> {
    values.get(2).map_or(Ok(0), zone)
}

fn format(context: &mut Context, millis: i64, values: &[Value]) -> Outcome {
    let offset = third_zone(values)?;
    let mut out = String::new();
    context.patterns.format(text(&values[1]))?.write(millis, offset, &mut out);
    Ok(Value::Varchar(out.into()))
}

fn parse(context: &mut Context, values: &[Value]) -> Result<i64, Fault> {
    let offset = third_zone(values)?;
    let format = context.patterns.format(text(&values[1]))?;
    format.parse(text(&values[0]), offset).ok_or(Fault("the text is not in the format"))
}

fn shift(values: &[Value], sign: i64) -> Outcome {
    let unit = match text(&values[0]).to_ascii_uppercase().trim_end_matches('S') {
        "MILLISECOND" => 1,
        "SECOND" => SECOND_MS,
        "MINUTE" => MINUTE_MS,
        "HOUR" => HOUR_MS,
        "DAY" => DAY_MS,
        _ => return Err(Fault("the unit is not supported")),
    };
    let shift = sign * integer(&values[1]) * unit;
    let time = millis(&values[2]).checked_add(shift).ok_or(Fault("the time is out of range"))?;
    Ok(Value::Timestamp(time))
}
