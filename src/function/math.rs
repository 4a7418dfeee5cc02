//! Functions of numbers. Transcendental ones are libm's, so that every target gives the same bits.

use super::call::{Body, Context, Outcome, integer};
use super::table::{Category, Scalar, scalar};
use crate::value::Value;

const MATH: Category = Category::Mathematical;

const fn double(
    name: &'static str,
    f: fn(f64) -> f64,
    doc: &'static str,
    examples: &'static [&'static str],
) -> Scalar {
    scalar(name, MATH, &["value N -> DOUBLE"], Body::Double(f), doc, examples)
}

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[
    scalar(
        "ABS",
        MATH,
        &["value N -> N"],
        Body::Strict(abs),
        "The number without its sign.",
        &["ABS(-3) = 3", "ABS(-2.5) = 2.5", "ABS(CAST(NULL AS INT)) = NULL"],
    ),
    scalar(
        "CEIL",
        MATH,
        &["value N -> N"],
        Body::Strict(|_, v| Ok(round_with(&v[0], f64::ceil))),
        "The smallest whole number that is not below the number; of its type.",
        &["CEIL(1.2) = 2.0", "CEIL(-1.2) = -1.0", "CEIL(3) = 3"],
    ),
    scalar(
        "FLOOR",
        MATH,
        &["value N -> N"],
        Body::Strict(|_, v| Ok(round_with(&v[0], f64::floor))),
        "The largest whole number that is not above the number; of its type.",
        &["FLOOR(1.7) = 1.0", "FLOOR(-1.2) = -2.0", "FLOOR(3) = 3"],
    ),
    scalar(
        "ROUND",
        MATH,
        &[
            "value INT -> INT",
            "value BIGINT -> BIGINT",
            "value DOUBLE -> BIGINT",
            "value DOUBLE, places INT -> DOUBLE",
        ],
        Body::Strict(round),
        "The number rounded to so many places behind the point, half up (towards positive \
         infinity); without places a whole number.",
        &[
            "ROUND(1.5) = 2",
            "ROUND(-1.5) = -1",
            "ROUND(12345.678, 1) = 12345.7",
            "ROUND(12345.678, -1) = 12350.0",
            "ROUND(1.5, 0) = 2.0",
        ],
    ),
    scalar(
        "TRUNC",
        MATH,
        &[
            "value INT -> INT",
            "value BIGINT -> BIGINT",
            "value DOUBLE -> BIGINT",
            "value DOUBLE, places INT -> DOUBLE",
        ],
        Body::Strict(trunc),
        "The number cut off behind so many places; without places a whole number.",
        &["TRUNC(1.7) = 1", "TRUNC(-1.7) = -1", "TRUNC(12.349, 2) = 12.34", "TRUNC(7) = 7"],
    ),
    scalar(
        "SIGN",
        MATH,
        &["value N -> INT"],
        Body::Strict(|_, v| Ok(Value::Int(sign(&v[0])))),
        "-1, 0 or 1 for a negative number, zero and a positive one.",
        &["SIGN(-3) = -1", "SIGN(0.0) = 0", "SIGN(9.5) = 1"],
    ),
    double("SQRT", libm::sqrt, "The square root.", &["SQRT(9) = 3.0", "SQRT(2.25) = 1.5"]),
    double("CBRT", libm::cbrt, "The cube root.", &["CBRT(27) = 3.0"]),
    double("EXP", libm::exp, "e to the power of the number.", &["EXP(0) = 1.0"]),
    double("LN", libm::log, "The natural logarithm.", &["LN(1) = 0.0"]),
    scalar(
        "LOG",
        MATH,
        &["value N -> DOUBLE", "base N, value U -> DOUBLE"],
        Body::Strict(log),
        "The logarithm: the natural one, or to a base that goes first.",
        &["LOG(1) = 0.0", "LOG(13) = 2.5649493574615367", "LOG(2, 8) = 3.0"],
    ),
    scalar(
        "POWER",
        MATH,
        &["base N, exponent N -> DOUBLE", "base DOUBLE, exponent DOUBLE -> DOUBLE"],
        Body::Strict(|_, v| binary(v, libm::pow)),
        "The base to the power of the exponent.",
        &["POWER(2, 10) = 1024.0", "POWER(15.0, -1.0) = 0.06666666666666667"],
    ),
    double("SIN", libm::sin, "The sine of an angle in radians.", &["SIN(0) = 0.0"]),
    double("COS", libm::cos, "The cosine of an angle in radians.", &["COS(0) = 1.0"]),
    double("TAN", libm::tan, "The tangent of an angle in radians.", &["TAN(0) = 0.0"]),
    double(
        "COT",
        |x| 1.0 / libm::tan(x),
        "The cotangent of an angle in radians.",
        &["COT(1) = 0.6420926159343306"],
    ),
    double("ASIN", libm::asin, "The arc sine, in radians.", &["ASIN(0) = 0.0"]),
    double("ACOS", libm::acos, "The arc cosine, in radians.", &["ACOS(1) = 0.0"]),
    double("ATAN", libm::atan, "The arc tangent, in radians.", &["ATAN(0) = 0.0"]),
    scalar(
        "ATAN2",
        MATH,
        &["y N, x U -> DOUBLE"],
        Body::Strict(|_, v| binary(v, libm::atan2)),
        "The angle of the point (x, y), in radians.",
        &["ATAN2(0.0, 1.0) = 0.0"],
    ),
    double("SINH", libm::sinh, "The hyperbolic sine.", &["SINH(0) = 0.0"]),
    double("COSH", libm::cosh, "The hyperbolic cosine.", &["COSH(0) = 1.0"]),
    double("TANH", libm::tanh, "The hyperbolic tangent.", &["TANH(0) = 0.0"]),
    double("DEGREES", f64::to_degrees, "Radians in degrees.", &["DEGREES(0) = 0.0"]),
    double("RADIANS", f64::to_radians, "Degrees in radians.", &["RADIANS(0) = 0.0"]),
    scalar(
        "PI",
        MATH,
        &["-> DOUBLE"],
        Body::Values(|_, _| Ok(Value::Double(std::f64::consts::PI))),
        "The ratio of a circle's circumference to its diameter.",
        &["PI() = 3.141592653589793"],
    ),
    scalar(
        "GEO_DISTANCE",
        MATH,
        &[
            "lat1 DOUBLE, lon1 DOUBLE, lat2 DOUBLE, lon2 DOUBLE -> DOUBLE",
            "lat1 DOUBLE, lon1 DOUBLE, lat2 DOUBLE, lon2 DOUBLE, unit VARCHAR -> DOUBLE",
        ],
        Body::Strict(geo_distance),
        "The great-circle distance of two points in degrees, in kilometres (KM, the default) or \
         miles (MI).",
        &[
            "GEO_DISTANCE(0.0, 0.0, 0.0, 0.0) = 0.0",
            "GEO_DISTANCE(0.0, 0.0, 0.0, 180.0, 'KM') = 20015.086796020572",
        ],
    ),
];

fn abs(_: &mut Context, values: &[Value]) -> Outcome {
    Ok(match values[0] {
        Value::Int(v) => Value::Int(v.wrapping_abs()),
        Value::BigInt(v) => Value::BigInt(v.wrapping_abs()),
        Value::Double(v) => Value::Double(v.abs()),
        _ => unreachable!("the argument is a number"),
    })
}

fn number(value: &Value) -> f64 {
    value.number().expect("the argument is a number and not NULL")
}

fn round_with(value: &Value, f: fn(f64) -> f64) -> Value {
    match value {
        Value::Double(v) => Value::Double(f(*v)),
        other => other.clone(),
    }
}

fn sign(value: &Value) -> i32 {
    match value {
        Value::Double(v) => i32::from(*v > 0.0) - i32::from(*v < 0.0),
        value => integer(value).signum() as i32,
    }
}

fn binary(values: &[Value], f: fn(f64, f64) -> f64) -> Outcome {
    match (values[0].number(), values[1].number()) {
        (Some(a), Some(b)) => Ok(Value::Double(f(a, b))),
        _ => Err(super::Fault("an argument is no number")),
    }
}

fn log(_: &mut Context, values: &[Value]) -> Outcome {
    match values {
        [value] => Ok(Value::Double(libm::log(number(value)))),
        values => binary(values, |base, value| {
            if base <= 0.0 || base == 1.0 { f64::NAN } else { libm::log(value) / libm::log(base) }
        }),
    }
}

/// Java's `Math.round`: half up.
fn round(_: &mut Context, values: &[Value]) -> Outcome {
    Ok(match values {
        [Value::Double(v)] => Value::BigInt((v + 0.5).floor() as i64),
        [whole] => whole.clone(),
        values => Value::Double(decimal(&values[0], &values[1], |digits| (digits + 0.5).floor())),
    })
}

fn trunc(_: &mut Context, values: &[Value]) -> Outcome {
    Ok(match values {
        [Value::Double(v)] => Value::BigInt(*v as i64),
        [whole] => whole.clone(),
        values => Value::Double(decimal(&values[0], &values[1], f64::trunc)),
    })
}

/// Rounds the decimal digits of a double, as `BigDecimal.valueOf` has them: `f` sees the number with
/// its point moved by so many places.
fn decimal(value: &Value, places: &Value, f: impl Fn(f64) -> f64) -> f64 {
    let (value, places) = (number(value), integer(places).clamp(-400, 400));
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    let moved = move_point(value, places);
    if !moved.is_finite() || moved.abs() >= 4_503_599_627_370_496.0 {
        return value;
    }
    let rounded = move_point(f(moved), -places);
    // There is no negative zero among decimals.
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Moves the decimal point, through the shortest digits of the number.
fn move_point(value: f64, places: i64) -> f64 {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').expect("has an exponent");
    let exponent: i64 = exponent.parse().expect("an exponent");
    format!("{mantissa}e{}", exponent + places).parse().expect("a number")
}

/// The haversine formula on a sphere of the Earth's mean radius.
fn geo_distance(_: &mut Context, values: &[Value]) -> Outcome {
    const RADIUS_KM: f64 = 6_371.0;
    const RADIUS_MILES: f64 = 3_959.0;
    let [lat1, lon1, lat2, lon2] = [0, 1, 2, 3].map(|i| number(&values[i]));
    let in_range = |lat: f64, lon: f64| lat.abs() <= 90.0 && lon.abs() <= 180.0;
    if !in_range(lat1, lon1) || !in_range(lat2, lon2) {
        return Err(super::Fault("a latitude or longitude is out of range"));
    }
    let radius = match values.get(4) {
        None => RADIUS_KM,
        Some(unit) => match super::call::text(unit).to_ascii_lowercase().as_str() {
            unit if unit.starts_with("km") || unit.starts_with("kilomet") => RADIUS_KM,
            unit if unit.starts_with("mi") => RADIUS_MILES,
            _ => return Err(super::Fault("the unit is neither KM nor MI")),
        },
    };
    let half_sine = |a: f64, b: f64| libm::sin((b - a).to_radians() / 2.0);
    let (lat, lon) = (half_sine(lat1, lat2), half_sine(lon1, lon2));
    let cosines = libm::cos(lat1.to_radians()) * libm::cos(lat2.to_radians());
    let a = lat * lat + lon * lon * cosines;
    let angle = 2.0 * libm::atan2(libm::sqrt(a), libm::sqrt(1.0 - a));
    Ok(Value::Double(radius * angle))
}
