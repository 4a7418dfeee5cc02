//! Runs the examples of the tables, and what does not fit into an example.

mod docs;

use super::registry::{all, names};
use super::table::SCALARS;
use super::*;
use crate::value::{DataType, Value};

/// A constant with its type; NULL has none.
type Constant = (Value, Option<DataType>);

/// Reads constants as SQL writes them.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.0.trim_start().strip_prefix(token);
        self.0 = rest.unwrap_or(self.0).trim_start();
        rest.is_some()
    }

    fn expect(&mut self, token: &str) {
        assert!(self.take(token), "{token} before {}", self.0);
    }

    fn word(&mut self) -> String {
        let end = self.0.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.0.len());
        let word = self.0[..end].to_owned();
        self.0 = self.0[end..].trim_start();
        word
    }

    fn list(&mut self, end: &str) -> Vec<Constant> {
        let mut list = Vec::new();
        while !self.take(end) {
            list.push(self.constant());
            self.take(",");
        }
        list
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        loop {
            let end = self.0.find('\'').expect("the text has an end");
            text.push_str(&self.0[..end]);
            self.0 = &self.0[end + 1..];
            if !self.0.starts_with('\'') {
                self.0 = self.0.trim_start();
                return text;
            }
            text.push('\'');
            self.0 = &self.0[1..];
        }
    }

    fn data_type(&mut self) -> DataType {
        match self.word().as_str() {
            "INT" => DataType::Int,
            "VARCHAR" => DataType::Varchar,
            "DOUBLE" => DataType::Double,
            "TIMESTAMP" => DataType::Timestamp,
            other => panic!("CAST to {other}"),
        }
    }

    fn constant(&mut self) -> Constant {
        if self.take("'") {
            return (Value::varchar(&self.text()), Some(DataType::Varchar));
        }
        if self.0.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let end = self.0.find(|c: char| !c.is_ascii_alphanumeric() && !"-+.".contains(c));
            let number = &self.0[..end.unwrap_or(self.0.len())];
            self.0 = self.0[number.len()..].trim_start();
            if let Ok(int) = number.parse() {
                return (Value::Int(int), Some(DataType::Int));
            }
            if let Ok(bigint) = number.parse() {
                return (Value::BigInt(bigint), Some(DataType::BigInt));
            }
            return (Value::Double(number.parse().expect("a number")), Some(DataType::Double));
        }
        match self.word().as_str() {
            "NULL" => (Value::Null, None),
            "TRUE" => (Value::Boolean(true), Some(DataType::Boolean)),
            "FALSE" => (Value::Boolean(false), Some(DataType::Boolean)),
            "ARRAY" => {
                self.expect("[");
                let items = self.list("]");
                let item = items.iter().find_map(|(_, t)| t.clone()).unwrap_or(DataType::Int);
                let values = items.into_iter().map(|(value, _)| value).collect();
                (Value::Array(values), Some(DataType::Array(Box::new(item))))
            }
            "MAP" => {
                self.expect("(");
                let (mut entries, mut types) = (Vec::new(), None);
                while !self.take(")") {
                    let (key, key_type) = self.constant();
                    self.expect(":=");
                    let (value, value_type) = self.constant();
                    entries.push((key, value));
                    types = types.or(key_type.zip(value_type));
                    self.take(",");
                }
                let (key, value) = types.expect("types");
                (Value::Map(entries.into()), Some(DataType::Map(Box::new(key), Box::new(value))))
            }
            "STRUCT" => {
                self.expect("(");
                let (mut fields, mut values) = (Vec::new(), Vec::new());
                while !self.take(")") {
                    let name = self.word();
                    self.expect(":=");
                    let (value, data_type) = self.constant();
                    fields.push((name.as_str().into(), data_type.expect("a type")));
                    values.push(value);
                    self.take(",");
                }
                (Value::Struct(values.into()), Some(DataType::Struct(fields.into())))
            }
            "CAST" => {
                self.expect("(");
                let (value, from) = self.constant();
                self.expect("AS");
                let to = self.data_type();
                self.expect(")");
                let from = from.unwrap_or_else(|| to.clone());
                (cast::cast(&value, &from, &to).expect("converts"), Some(to))
            }
            other => panic!("{other} before {}", self.0),
        }
    }
}

/// Calls the function that is meant; a failing row is NULL.
fn call(name: &str, arguments: &[Constant]) -> Result<(Value, DataType), ResolveError> {
    let types: Vec<_> = arguments.iter().map(|(_, data_type)| data_type.clone()).collect();
    let resolved = resolve_scalar(name, &types)?;
    let values: Vec<_> = arguments
        .iter()
        .zip(&resolved.parameters)
        .map(|((value, from), to)| {
            cast::cast(value, from.as_ref().unwrap_or(to), to).expect("widens")
        })
        .collect();
    let mut callable = Callable::new(name, &resolved.parameters)?;
    assert_eq!(*callable.return_type(), resolved.return_type);
    Ok((callable.call(&values).unwrap_or_default(), resolved.return_type))
}

/// The call on the left of `=` and the result of it; and the constant on the right.
fn run(example: &str) -> (Value, Value) {
    let mut reader = Reader(example);
    let name = reader.word();
    reader.expect("(");
    let arguments = reader.list(")");
    reader.expect("=");
    let (expected, expected_type) = reader.constant();
    assert_eq!(reader.0, "", "the end of {example}");
    let (result, result_type) = call(&name, &arguments).expect(example);
    let from = expected_type.unwrap_or_else(|| result_type.clone());
    (result, cast::cast(&expected, &from, &result_type).expect(example))
}

#[test]
fn examples_hold() {
    let mut wrong = Vec::new();
    for scalar in SCALARS.iter().copied().flatten() {
        for example in scalar.function.examples {
            assert!(example.starts_with(scalar.function.name), "{example}");
            let (result, expected) = run(example);
            if result != expected {
                wrong.push(format!("{example}, not {result:?}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The rows of an example of a table function, and those that it says.
fn run_table(example: &str) -> (Vec<Value>, Vec<Value>) {
    let mut reader = Reader(example);
    let name = reader.word();
    reader.expect("(");
    let arguments = reader.list(")");
    reader.expect("gives");
    let expected = reader.list(";").into_iter().map(|(value, _)| value).collect();
    let table = tables::FUNCTIONS.iter().find(|table| table.function.name == name);
    let mut rows = Vec::new();
    table.expect(&name).id.rows(&arguments[0].0, &mut rows).expect("few rows");
    (rows, expected)
}

#[test]
fn examples_of_table_functions_hold() {
    for table in tables::FUNCTIONS {
        for example in table.function.examples {
            let (rows, expected) = run_table(&format!("{example};"));
            assert_eq!(rows, expected, "{example}");
        }
    }
}

/// The result of an example of an aggregate, and the one that it says.
fn run_aggregate(example: &str) -> (Value, Value) {
    use crate::aggregate::Update;
    use crate::chunk::Column;
    let (call, rest) = example.split_once(" of ").expect("the values");
    let mut reader = Reader(rest);
    let rows = reader.list("=");
    let (expected, _) = reader.constant();
    let data_type = rows.iter().find_map(|(_, data_type)| data_type.clone());
    let mut reader = Reader(call);
    let name = reader.word();
    reader.expect("(");
    let mut arguments = Vec::new();
    while !reader.take(")") {
        let data_type = data_type.clone();
        if reader.take("v") {
            arguments.push(AggregateArgument { data_type, constant: None });
        } else if !reader.take("*") {
            let (value, data_type) = reader.constant();
            arguments.push(AggregateArgument { data_type, constant: Some(value) });
        }
        reader.take(",");
    }
    let resolved = resolve_aggregate(&name, &arguments).expect(example);
    let argument = resolved.argument_type.as_ref().map(|data_type| {
        let mut column = Column::new(data_type);
        for (value, _) in &rows {
            match data_type {
                DataType::Struct(fields) => {
                    column.push(&Value::Struct(vec![value.clone(); fields.len()].into()));
                }
                _ => column.push(value),
            }
        }
        column
    });
    let mut accumulator =
        resolved.function.accumulator(resolved.argument_type.as_ref()).expect(example);
    accumulator.resize(1);
    let updates: Vec<_> = (0..rows.len() as u32).map(|row| Update { row, group: 0 }).collect();
    accumulator.update(&updates, argument.as_ref());
    let mut out = Column::new(&resolved.return_type);
    accumulator.evaluate_into(0, &mut out);
    (out.value(0), expected)
}

#[test]
fn examples_of_aggregates_hold() {
    for function in aggregates::FUNCTIONS {
        for example in function.examples {
            assert!(example.starts_with(function.name), "{example}");
            let (result, expected) = run_aggregate(example);
            // INT and BIGINT are one number here.
            let same = match (&result, &expected) {
                (Value::Map(a), Value::Map(b)) => {
                    let pairs = a.iter().zip(b.iter());
                    a.len() == b.len()
                        && pairs
                            .into_iter()
                            .all(|(a, b)| a.0 == b.0 && a.1.integer() == b.1.integer())
                }
                _ => result.total_cmp(&expected).is_eq(),
            };
            assert!(same, "{example}, not {result:?}");
        }
    }
}

#[test]
fn tables_are_in_order() {
    for function in all() {
        assert!(!function.signatures.is_empty(), "{}", function.name);
        assert!(function.doc.ends_with('.'), "{}", function.name);
        for text in function.signatures {
            // Those of aggregates with several values are for people alone.
            if function.name != "TOPK" {
                let _ = signature::Signature::parse(text);
            }
        }
    }
    let names = names();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "each name once: {names:?}");
    assert!(names.iter().all(|name| refused::reason(name).is_none()));
}

#[test]
fn rows_that_are_null_or_fail_are_null() {
    let mut wrong = Vec::new();
    for example in [
        "SUBSTRING(NULL, 1, 2) = NULL",
        "EXTRACTJSONFIELD('{}', 'no path') = NULL",
        "EXTRACTJSONFIELD('', '$.a') = NULL",
        "EXTRACTJSONFIELD('{\"a\": null}', '$.a') = 'null'",
        "EXTRACTJSONFIELD('{\"a\": true}', '$[\"a\"]') = 'true'",
        "EXTRACTJSONFIELD('{\"ä\\\"\": \"\\u00e9\"}', '$') = '{\"ä\\\"\":\"é\"}'",
        "EXTRACTJSONFIELD('{\"a\": 1, \"b\": }', '$.a') = NULL",
        "REGEXP_EXTRACT('(?=a)', 'a') = NULL",
        "REGEXP_EXTRACT('(', 'a') = NULL",
        "STRINGTOTIMESTAMP('2023-02-32', 'yyyy-MM-dd') = NULL",
        "STRINGTOTIMESTAMP('2023-02-29', 'yyyy-MM-dd') = 1677542400000",
        "STRINGTOTIMESTAMP('2023', 'bbbb') = NULL",
        "GENERATE_SERIES(1, 5, -1) = NULL",
        "GENERATE_SERIES(1, 2000000000) = NULL",
        "ROUND(CAST('NaN' AS DOUBLE)) = 0",
        "ROUND(2.675, 2) = 2.68",
        "ROUND(1E300, 3) = 1E300",
        "TIMESTAMPADD('WEEKS', 1, CAST('2024' AS TIMESTAMP)) = NULL",
        "FORMAT_TIMESTAMP(CAST('2024' AS TIMESTAMP), 'yyyy', 'Europe/Berlin') = NULL",
        "CHR('\\ud83d') = NULL",
        "CHR(55296) = NULL",
        "SLICE(ARRAY[1, 2], 0, 1) = NULL",
        "SPLIT('', ',') = ARRAY['']",
        "GREATEST(CAST(NULL AS INT), NULL) = NULL",
        "JSON_KEYS('{\"a\": 1, \"a\": 2}') = ARRAY['a']",
    ] {
        let (result, expected) = run(example);
        if result != expected {
            wrong.push(format!("{example}, not {result:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn calls_that_mean_nothing_say_why() {
    use DataType::{BigInt, Int, Varchar};
    let message = |name: &str, arguments: &[Option<DataType>]| {
        resolve_scalar(name, arguments).expect_err(name).to_string()
    };
    let null = None;
    assert_eq!(message("wont_find_me", &[]), "there is no function WONT_FIND_ME");
    assert!(message("uuid", &[]).contains("UUID is not supported: it is random"));
    assert!(message("transform", &[]).contains("lambda"));
    assert!(message("unix_timestamp", &[]).contains("wall clock"));
    let least = message("least", &[Some(Varchar), Some(Int)]);
    assert!(least.starts_with("LEAST does not accept (VARCHAR, INT); it has LEAST("), "{least}");
    assert!(message("least", &[]).contains("does not accept ()"));
    assert!(message("coalesce", &[]).contains("does not accept ()"));
    assert!(message("least", &[Some(Int), Some(BigInt)]).contains("does not accept"));
    assert!(message("greatest", &[null.clone(), null.clone()]).contains("ambiguous"));
    assert!(message("abs", &[null]).contains("ambiguous"));
    let map = DataType::Map(Box::new(Varchar), Box::new(Int));
    assert!(resolve_table_function("explode", &[Some(map)]).is_err());
}

#[test]
fn constants_that_are_not_supported_are_refused() {
    let check = |name: &str, constants: &[Option<&str>]| {
        let constants: Vec<_> = constants.iter().map(|c| c.map(Value::varchar)).collect();
        check_constants(name, &constants).map_err(|error| error.to_string())
    };
    let message = check("REGEXP_EXTRACT", &[Some("a(?=b)"), None]).expect_err("look-ahead");
    assert!(message.contains("REGEXP_EXTRACT is not supported: look-ahead"), "{message}");
    assert!(check("REGEXP_REPLACE", &[None, Some("(a)\\1"), None]).is_err());
    assert!(check("regexp_extract", &[Some("a++"), None]).is_err());
    assert_eq!(check("REGEXP_EXTRACT", &[Some("[(?=]\\(?=a+"), None]), Ok(()));
    assert_eq!(check("REGEXP_EXTRACT", &[None, Some("(?=a)")]), Ok(()));
    assert!(check("CONVERT_TZ", &[None, Some("UTC"), Some("Europe/Berlin")]).is_err());
    assert_eq!(check("CONVERT_TZ", &[None, Some("UTC"), Some("+02:00")]), Ok(()));
    assert!(check("STRINGTOTIMESTAMP", &[None, Some("GGGG")]).is_err());
    assert_eq!(check("TIMESTAMPTOSTRING", &[None, Some("yyyy"), Some("GMT")]), Ok(()));
}

#[test]
fn numbers_widen_where_no_overload_is_exact() {
    let int = || Some(DataType::Int);
    let distance = resolve_scalar("geo_distance", &[int(), int(), int(), int()]).expect("widens");
    assert_eq!(distance.parameters, vec![DataType::Double; 4]);
    let power = resolve_scalar("power", &[int(), Some(DataType::BigInt)]).expect("widens");
    assert_eq!(power.parameters, vec![DataType::Double; 2]);
    assert_eq!(resolve_scalar("Abs", &[int()]).expect("exact").return_type, DataType::Int);
}

#[test]
fn aggregates_are_found_with_their_parameters() {
    use crate::aggregate::AggregateFunction;
    let value = |data_type| AggregateArgument { data_type: Some(data_type), constant: None };
    let constant = |value: Value, data_type| AggregateArgument {
        data_type: Some(data_type),
        constant: Some(value),
    };
    let int = |v| constant(Value::Int(v), DataType::Int);
    let truth = |v| constant(Value::Boolean(v), DataType::Boolean);

    let count = resolve_aggregate("count", &[]).expect("COUNT(*)");
    assert_eq!((count.function, count.values), (AggregateFunction::Count, 0));
    let latest =
        resolve_aggregate("LATEST_BY_OFFSET", &[value(DataType::Int), int(2), truth(false)]);
    let latest = latest.expect("takes both");
    let expected = AggregateFunction::LatestByOffset { n: Some(2), ignore_nulls: false };
    assert_eq!((latest.function, latest.values), (expected, 1));
    assert_eq!(latest.return_type.to_string(), "ARRAY<INT>");
    let first = resolve_aggregate("EARLIEST_BY_OFFSET", &[value(DataType::Int)]).expect("one");
    let expected = AggregateFunction::EarliestByOffset { n: None, ignore_nulls: true };
    assert_eq!((first.function, first.return_type), (expected, DataType::Int));
    let top = resolve_aggregate("topk", &[value(DataType::Int), value(DataType::Varchar), int(3)]);
    let top = top.expect("structs");
    assert_eq!(top.return_type.to_string(), "ARRAY<STRUCT<sort_col INT, col0 VARCHAR>>");
    assert_eq!(top.values, 2);
    let pair = resolve_aggregate("correlation", &[value(DataType::Int), value(DataType::Double)]);
    assert_eq!(pair.expect("numbers").return_type, DataType::Double);

    let message = |name: &str, arguments: &[AggregateArgument]| {
        resolve_aggregate(name, arguments).expect_err(name).to_string()
    };
    let two = [value(DataType::Int), value(DataType::Int)];
    assert_eq!(
        message("EARLIEST_BY_OFFSET", &two),
        "argument 2 of EARLIEST_BY_OFFSET must be a constant"
    );
    assert!(message("topk", &[value(DataType::Int), int(0)]).contains("positive INT"));
    assert!(message("sum", &[value(DataType::Varchar)]).contains("SUM does not accept (VARCHAR)"));
    assert!(message("nothing", &[]).contains("there is no function NOTHING"));
}

#[test]
fn table_functions_make_rows() {
    let rows = |function: TableFunction, value: &Value| {
        let mut rows = Vec::new();
        function.rows(value, &mut rows).map(|()| rows)
    };
    let array = |items: &[Value]| Value::Array(items.into());
    let (one, two) = (Value::Int(1), Value::Int(2));
    let pair = array(&[one.clone(), two.clone()]);
    assert_eq!(rows(TableFunction::Explode, &pair), Ok(vec![one.clone(), two.clone()]));
    assert_eq!(rows(TableFunction::Explode, &Value::Null), Ok(vec![]));
    let cube = [
        array(&[Value::Null, Value::Null]),
        array(&[Value::Null, two.clone()]),
        array(&[one.clone(), Value::Null]),
        pair.clone(),
    ];
    assert_eq!(rows(TableFunction::CubeExplode, &pair), Ok(cube.to_vec()));
    assert!(rows(TableFunction::CubeExplode, &array(&vec![one; 17])).is_err());
}

#[test]
fn casts_are_ksqldbs() {
    let array = |item: DataType| DataType::Array(Box::new(item));
    let fields = |fields: &[(&str, DataType)]| {
        DataType::Struct(
            fields.iter().map(|(n, t)| (std::sync::Arc::from(*n), t.clone())).collect(),
        )
    };
    let bigints = Value::Array([1, 2_147_483_648].map(Value::BigInt).into());
    let ints = Value::Array([1, i32::MIN].map(Value::Int).into());
    let record = Value::Struct([Value::Int(1), Value::Int(3)].into());
    let record_type = fields(&[("F0", DataType::Int), ("f1", DataType::Int)]);
    let map_type = DataType::Map(Box::new(DataType::Varchar), Box::new(DataType::Int));
    let map = Value::Map(
        [(Value::varchar("a"), Value::Int(1)), (Value::varchar("b"), Value::Null)].into(),
    );
    let other = fields(&[("f1", DataType::Varchar), ("F3", DataType::Varchar)]);
    for (value, from, to, expected) in [
        (bigints.clone(), array(DataType::BigInt), array(DataType::Int), ints),
        (bigints, array(DataType::BigInt), DataType::Varchar, Value::varchar("[1, 2147483648]")),
        (
            record.clone(),
            record_type.clone(),
            DataType::Varchar,
            Value::varchar("Struct{F0=1,f1=3}"),
        ),
        (record, record_type, other, Value::Struct([Value::varchar("3"), Value::Null].into())),
        (map, map_type, DataType::Varchar, Value::varchar("{a=1, b=null}")),
        (Value::varchar(" 12 "), DataType::Varchar, DataType::Int, Value::Int(12)),
        (Value::varchar("TRUE"), DataType::Varchar, DataType::Boolean, Value::Boolean(true)),
        (Value::varchar("no"), DataType::Varchar, DataType::Boolean, Value::Boolean(false)),
        (Value::varchar("2e1"), DataType::Varchar, DataType::Double, Value::Double(20.0)),
        (Value::Double(1e10), DataType::Double, DataType::Varchar, Value::varchar("1.0E10")),
        (Value::Double(f64::NAN), DataType::Double, DataType::Varchar, Value::varchar("NaN")),
    ] {
        assert!(cast::is_possible(&from, &to), "{from} to {to}");
        assert_eq!(cast::cast(&value, &from, &to), Ok(expected), "{value:?} to {to}");
    }
    for (text, to) in [("x", DataType::Int), ("1.5", DataType::BigInt), ("", DataType::Double)] {
        assert!(cast::cast(&Value::varchar(text), &DataType::Varchar, &to).is_err(), "{text}");
    }
    assert!(!cast::is_possible(&DataType::Varchar, &array(DataType::Int)));
    assert!(!cast::is_possible(&DataType::BigInt, &DataType::Timestamp));
}

#[test]
fn times_may_end_early() {
    for (text, millis) in [
        ("1970", Some(0)),
        ("1970-01-02", Some(86_400_000)),
        ("1970-1-2", Some(86_400_000)),
        ("1970-01-01T", Some(0)),
        ("1970-01-01T01", Some(3_600_000)),
        ("1970-01-01 00:00:01.5", Some(1_500)),
        ("1970-01-01T00:00:00.001+0000", Some(1)),
        ("1970-01-01T00:00:00+0100", Some(-3_600_000)),
        ("1970-01-01T00:00:00Z", Some(0)),
        ("2019-01-01T00:00:00+0445", Some(1_546_283_700_000)),
        ("1970-13", None),
        ("1970-02-30", None),
        ("1970-01-01T25", None),
        ("soon", None),
        ("1970-01-01T00:00 Europe/Berlin", None),
    ] {
        assert_eq!(time_format::parse_partial(text), millis, "{text}");
    }
}

#[test]
fn time_formats_go_both_ways() {
    for (format, text, millis) in [
        ("yyyyMMddHHmmssSSS", "20240229130507089", 1_709_211_907_089),
        ("yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX", "2024-02-29T13:05:07.089Z", 1_709_211_907_089),
        ("d/M/yy h:mm:ss.SSS a", "29/2/24 1:05:07.089 PM", 1_709_211_907_089),
        (
            "EEEE, dd MMMM uuuu HH.mm.ss,SSS Z",
            "Thursday, 29 February 2024 13.05.07,089 +0000",
            1_709_211_907_089,
        ),
        ("yyyy DDD HH:mm:ss.SSSSSS z", "2024 060 13:05:07.089000 UTC", 1_709_211_907_089),
        ("''yyyy''", "'1970'", 0),
    ] {
        let compiled = time_format::TimeFormat::new(format).expect(format);
        let mut out = String::new();
        compiled.write(millis, 0, &mut out);
        assert_eq!(out, text);
        assert_eq!(compiled.parse(text, 0), Some(millis), "{format}");
    }
    let optional = time_format::TimeFormat::new("HH:mm[:ss]").expect("a format");
    assert_eq!(optional.parse("01:00", 3_600_000), Some(0));
    assert_eq!(optional.parse("01:00:0", 0), None);
    for bad in ["bb", "yyyy'T", "[yyyy"] {
        assert!(time_format::TimeFormat::new(bad).is_err(), "{bad}");
    }
}
