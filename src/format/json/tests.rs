//! The reader against serde_json on random documents, and the rules case by case.

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::chunk::Column;
use crate::schema::{Field, Schema};
use crate::value::{DataType, Value};

fn read(wanted: &[(&str, DataType)], record: &[u8]) -> Result<Vec<Value>, ReadError> {
    let mut reader = JsonReader::new(wanted.iter().map(|(name, _)| *name));
    read_with(&mut reader, wanted, record)
}

fn read_with(
    reader: &mut JsonReader,
    wanted: &[(&str, DataType)],
    record: &[u8],
) -> Result<Vec<Value>, ReadError> {
    let mut columns: Vec<Column> = wanted.iter().map(|(_, t)| Column::new(t)).collect();
    let empty = columns.clone();
    match reader.read(record, &mut columns) {
        Ok(()) => Ok(columns.iter().map(|column| column.value(0)).collect()),
        Err(error) => {
            assert_eq!(columns, empty, "a record that is refused leaves nothing");
            Err(error)
        }
    }
}

fn one(data_type: DataType, value: &str) -> Result<Value, (ErrorKind, usize)> {
    let record = format!(r#"{{"v": {value}}}"#);
    match read(&[("v", data_type)], record.as_bytes()) {
        Ok(mut row) => Ok(row.remove(0)),
        Err(error) => {
            assert_eq!(error.member.as_deref(), Some("v"));
            Err((error.kind, error.position))
        }
    }
}

fn wrong(expected: &'static str, found: &'static str) -> Result<Value, (ErrorKind, usize)> {
    // The position of the value; of a string, that of its text.
    Err((ErrorKind::WrongType { expected, found }, if found == "a string" { 7 } else { 6 }))
}

#[test]
fn values_are_coerced_as_ksqldb_does() {
    let text = |text: &str| Ok(Value::varchar(text));
    for (value, expect) in [
        (r#""a""#, text("a")),
        (r#""a\n\u00e9\ud83d\ude00\/""#, text("a\né😀/")),
        ("1.50", text("1.50")),
        ("-7", text("-7")),
        ("true", text("true")),
        ("null", Ok(Value::Null)),
        (r#"["a", 1, null, [true], {"b" : 2}]"#, text(r#"[a, 1, null, [true], {"b":2}]"#)),
        ("[ ]", text("[]")),
        (r#"{ "a" : [ 1 , "x\u0041\"" ] , "b" : { } }"#, text(r#"{"a":[1,"xA\""],"b":{}}"#)),
    ] {
        assert_eq!(one(DataType::Varchar, value), expect, "{value}");
    }
    for (value, expect) in [
        ("12", Ok(Value::BigInt(12))),
        ("-9223372036854775808", Ok(Value::BigInt(i64::MIN))),
        ("1.99", Ok(Value::BigInt(1))),
        ("12e2", Ok(Value::BigInt(1_200))),
        (r#""42""#, Ok(Value::BigInt(42))),
        (r#""4\u0032""#, Ok(Value::BigInt(42))),
        (r#""4.2""#, wrong("BIGINT", "a string")),
        (r#""""#, wrong("BIGINT", "a string")),
        ("true", wrong("BIGINT", "a boolean")),
        ("[1]", wrong("BIGINT", "an array")),
        ("9223372036854775808", Err((ErrorKind::OutOfRange("BIGINT"), 6))),
    ] {
        assert_eq!(one(DataType::BigInt, value), expect, "{value}");
    }
    assert_eq!(one(DataType::Int, "2147483648"), Err((ErrorKind::OutOfRange("INT"), 6)));
    assert_eq!(one(DataType::Int, "-2147483648"), Ok(Value::Int(i32::MIN)));
    assert_eq!(one(DataType::Timestamp, "5"), Ok(Value::Timestamp(5)));
    for (value, expect) in [
        ("1673512817.517501", Ok(Value::Double(1_673_512_817.517_501))),
        ("1673512817.5246856", Ok(Value::Double(1_673_512_817.524_685_6))),
        ("3", Ok(Value::Double(3.0))),
        ("1e400", Ok(Value::Double(f64::INFINITY))),
        (r#"" 2.5 ""#, Ok(Value::Double(2.5))),
        (r#""Infinity""#, Ok(Value::Double(f64::INFINITY))),
        (r#""inf""#, wrong("DOUBLE", "a string")),
        ("{}", wrong("DOUBLE", "an object")),
    ] {
        assert_eq!(one(DataType::Double, value), expect, "{value}");
    }
    assert_eq!(one(DataType::Boolean, "false"), Ok(Value::Boolean(false)));
    assert_eq!(one(DataType::Boolean, r#""true""#), wrong("BOOLEAN", "a string"));
    assert_eq!(one(DataType::Boolean, "1"), wrong("BOOLEAN", "a number"));
}

#[test]
fn nested_values_are_coerced_item_by_item() {
    let array = DataType::Array(Box::new(DataType::BigInt));
    let items: Arc<[Value]> = Arc::new([Value::BigInt(1), Value::Null, Value::BigInt(3)]);
    assert_eq!(one(array.clone(), r#"[1 , null,"3"]"#), Ok(Value::Array(items)));
    let kind = |expected, found| ErrorKind::WrongType { expected, found };
    let inner = Err((kind("BIGINT", "an array"), 10));
    assert_eq!(one(array.clone(), "[1, []]"), inner);
    assert_eq!(one(array, "{}"), wrong("ARRAY", "an object"));
    let map = DataType::Map(Box::new(DataType::Varchar), Box::new(DataType::Double));
    let entries: Arc<[_]> = Arc::new([
        (Value::varchar("a"), Value::Double(3.0)),
        (Value::varchar("b"), Value::Double(2.0)),
    ]);
    assert_eq!(one(map, r#"{"a":1,"b":2,"\u0061":3}"#), Ok(Value::Map(entries)));
    let fields: Arc<[(Arc<str>, DataType)]> =
        Arc::new([(Arc::from("A"), DataType::Int), (Arc::from("B"), DataType::Varchar)]);
    let row: Arc<[Value]> = Arc::new([Value::Int(2), Value::Null]);
    let structure = DataType::Struct(fields);
    assert_eq!(one(structure.clone(), r#"{"A":2,"a":1,"c":0}"#), Ok(Value::Struct(row)));
    assert_eq!(one(structure, r#"{"a":"x"}"#), Err((kind("INT", "a string"), 12)));
}

#[test]
fn names_match_exactly_first_then_upper_cased() {
    let big = DataType::BigInt;
    for (wanted, record, expect) in [
        ("SID", r#"{"sid": 1}"#, Value::BigInt(1)),
        ("SID", r#"{"SID": 2, "sid": 1}"#, Value::BigInt(2)),
        ("SID", r#"{"sid": 1, "Sid": 3}"#, Value::BigInt(3)),
        ("sid", r#"{"SID": 1}"#, Value::Null),
        ("sid", r#"{"sid": 1, "sid": 2}"#, Value::BigInt(2)),
        ("sid", r#"{"s\u0069d": 4}"#, Value::BigInt(4)),
        ("É", r#"{"é": 5}"#, Value::BigInt(5)),
        ("sid", "{}", Value::Null),
    ] {
        let row = read(&[(wanted, big.clone())], record.as_bytes());
        assert_eq!(row, Ok(vec![expect]), "{record}");
    }
    let both = read(&[("SID", big.clone()), ("sid", big)], br#"{"sid": 6}"#);
    assert_eq!(both, Ok(vec![Value::BigInt(6), Value::BigInt(6)]), "one member, two columns");
}

#[test]
fn an_error_says_what_where_and_in_which_member() {
    use ErrorKind::{
        BadEscape, BadNumber, ControlCharacter, Empty, Expected, NotAnObject, NotUtf8, TooDeep,
        TrailingBytes, Truncated,
    };
    let deep = |levels| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    for (record, kind, position, member) in [
        (&b""[..], Empty, 0, None),
        (b"  ", Empty, 2, None),
        (b"[1]", NotAnObject, 0, None),
        (b"null", NotAnObject, 0, None),
        (b"{", Truncated, 1, None),
        (br#"{"a"#, Truncated, 3, Some("a")),
        (br#"{"a""#, Truncated, 4, Some("a")),
        (br#"{"a":"#, Truncated, 5, Some("a")),
        (br#"{"a":tr"#, Truncated, 7, Some("a")),
        (br#"{"a":"x\u00"#, Truncated, 11, Some("a")),
        (br#"{"a":1"#, Truncated, 6, None),
        (br#"{"a":1,"#, Truncated, 7, None),
        (br#"{"a":[1"#, Truncated, 7, Some("a")),
        (b"{\"a\":\"\xc3", Truncated, 7, None),
        (br#"{"a":1,}"#, Expected("a member's name"), 7, None),
        (br#"{"a" 1}"#, Expected("':'"), 5, Some("a")),
        (br#"{"a":1 "b":2}"#, Expected("',' or '}'"), 7, None),
        (br#"{"a":[1}"#, Expected("',' or ']'"), 7, Some("a")),
        (br#"{"a":[1,]}"#, Expected("a value"), 8, Some("a")),
        (br#"{"a":{"b":1]}"#, Expected("',' or '}'"), 11, Some("a")),
        (br#"{"a":truE}"#, Expected("a value"), 5, Some("a")),
        (br#"{a:1}"#, Expected("a member's name or '}'"), 1, None),
        (br#"{"a":1}x"#, TrailingBytes, 7, None),
        (br#"{"a":1}{}"#, TrailingBytes, 7, None),
        (b"{\"a\":\"\n\"}", ControlCharacter, 6, Some("a")),
        (br#"{"a":"\x"}"#, BadEscape, 6, Some("a")),
        (br#"{"a":"\ud800"}"#, BadEscape, 6, Some("a")),
        (br#"{"a":"\udc00"}"#, BadEscape, 6, Some("a")),
        (br#"{"a":01}"#, BadNumber, 6, Some("a")),
        (b"{\"a\":\"\xff\"}", NotUtf8, 6, None),
        (deep(64).as_bytes(), TooDeep, 68, Some("a")),
    ] {
        // Whether the member is wanted or not.
        for wanted in ["a", "z"] {
            let error = read(&[(wanted, DataType::Varchar)], record).expect_err("not well-formed");
            let shown = String::from_utf8_lossy(record);
            assert_eq!((error.kind, error.position), (kind, position), "{shown}");
            assert_eq!(error.member.as_deref(), member, "{shown}");
        }
    }
    assert!(read(&[("a", DataType::Varchar)], deep(63).as_bytes()).is_ok());
    let error = read(&[("sid", DataType::BigInt)], br#"{"sid": "x"}"#).expect_err("no number");
    assert_eq!(error.to_string(), "cannot become BIGINT: a string at byte 9 in member \"sid\"");
}

#[test]
fn what_was_learned_changes_no_verdict() {
    let long = "n".repeat(300);
    let wanted = [("a", DataType::BigInt), (&*long, DataType::BigInt), ("z299", DataType::BigInt)];
    let mut reader = JsonReader::new(wanted.iter().map(|(name, _)| *name));
    let mut check = |record: &str| {
        let learned = read_with(&mut reader, &wanted, record.as_bytes());
        assert_eq!(learned, read(&wanted, record.as_bytes()), "{record}");
        learned.is_ok()
    };
    // A name too long to be remembered; then more names than are remembered.
    let unknown = format!(r#"{{"{long}":1,"a":2,"{long}":3}}"#);
    let members: Vec<String> = (0..300).map(|i| format!(r#""z{i}":{i}"#)).collect();
    let many = format!("{{{}}}", members.join(","));
    for _ in 0..2 {
        for (record, good) in [
            (&*unknown, true),
            (&*many, true),
            (r#"{"a":1}"#, true),
            (r#"{"a":1,"b":2,"a":3}"#, true),
            (r#"{ "b" : 2 , "a" : 3 }"#, true),
            (r#"{,"a":1}"#, false),
            (r#"{"a":1"b":2}"#, false),
            (r#"{"a":1,,"b":2}"#, false),
            (r#"{"b":2,}"#, false),
            (r#"{"a":1,"b":"#, false),
            (r#"{"a":"#, false),
        ] {
            assert_eq!(check(record), good, "{record}");
        }
    }
}

#[test]
fn a_refused_record_leaves_the_columns_as_they_were() {
    let wanted = [("a", DataType::Varchar), ("b", DataType::BigInt), ("c", DataType::Double)];
    let mut reader = JsonReader::new(wanted.iter().map(|(name, _)| *name));
    let mut columns: Vec<Column> = wanted.iter().map(|(_, t)| Column::new(t)).collect();
    reader.read(br#"{"a":"x","b":1,"c":2}"#, &mut columns).expect("valid");
    let before = columns.clone();
    for bad in [&br#"{"a":"y","b":1,"c":"?"}"#[..], br#"{"a":"y","b":[]}"#, br#"{"a":"y"#] {
        reader.read(bad, &mut columns).expect_err("wrong");
        assert_eq!(columns, before);
    }
    reader.read(br#"{"c":3,"a":["z"]}"#, &mut columns).expect("valid");
    let row: Vec<Value> = columns.iter().map(|column| column.value(1)).collect();
    assert_eq!(row, [Value::varchar("[z]"), Value::Null, Value::Double(3.0)]);
}

#[test]
fn a_peek_sees_one_member_and_nothing_behind_it() {
    let peek = |record: &'static [u8]| peek_string_member(record, "recordType");
    assert_eq!(peek(br#"{"t":1.5,"recordType":"click", broken"#), Ok(Some(&b"click"[..])));
    assert_eq!(peek(br#"{"x":{"recordType":"no"},"recordType":"a"}"#), Ok(Some(&b"a"[..])));
    assert_eq!(peek(br#"{"record\u0054ype":"a\n"}"#), Ok(Some(&br"a\n"[..])));
    assert_eq!(peek(br#"{"recordtype":"a"}"#), Ok(None));
    assert_eq!(peek(b"{}"), Ok(None));
    let error = peek(br#"{"recordType":7}"#).expect_err("a number");
    assert_eq!(error.kind, ErrorKind::WrongType { expected: "VARCHAR", found: "a number" });
    assert_eq!(peek(br#"{"t":"#).expect_err("cut").kind, ErrorKind::Truncated);
}

#[test]
fn a_check_wants_members_once_with_their_types() {
    let array = DataType::Array(Box::new(DataType::Varchar));
    let map = DataType::Map(Box::new(DataType::Varchar), Box::new(DataType::Int));
    let fields: Arc<[(Arc<str>, DataType)]> = Arc::new([(Arc::from("x"), DataType::BigInt)]);
    let mut checker = Checker::new(&Schema::new(vec![
        Field::value("n", DataType::BigInt),
        Field::value("a", array),
        Field::value("m", map),
        Field::value("s", DataType::Struct(fields)),
    ]));
    let mut check = |record: &str| {
        checker.check(record.as_bytes()).map_err(|e| (e.kind, e.member.unwrap_or_default().into()))
    };
    let member = |name: &str| String::from(name);
    assert_eq!(check(r#"{"n":1,"a":["x"],"m":{"k":1},"s":{"x":"2"}}"#), Ok(()));
    for (record, kind, name) in [
        (r#"{"n":1,"a":[],"m":{}}"#, ErrorKind::MissingMember, "s"),
        (r#"{"n":null,"a":[],"m":{},"s":{}}"#, ErrorKind::MissingMember, "n"),
        (r#"{"n":1,"n":1,"a":[],"m":{},"s":{}}"#, ErrorKind::DuplicateMember, "n"),
        (
            r#"{"n":1,"a":{},"m":{},"s":{}}"#,
            ErrorKind::WrongType { expected: "ARRAY", found: "an object" },
            "a",
        ),
        (
            r#"{"n":1,"a":[],"m":{"k":"x"},"s":{}}"#,
            ErrorKind::WrongType { expected: "INT", found: "a string" },
            "m",
        ),
        (
            r#"{"n":1,"a":[],"m":{},"s":{"x":true}}"#,
            ErrorKind::WrongType { expected: "BIGINT", found: "a boolean" },
            "s",
        ),
    ] {
        assert_eq!(check(record), Err((kind, member(name))), "{record}");
    }
    assert_eq!(check(r#"{"s":{},"m":{},"a":[],"n":"1","other":1,"other":2}"#), Ok(()));
}

#[test]
fn rows_are_written_compactly_and_read_back() {
    let fields: Arc<[(Arc<str>, DataType)]> =
        Arc::new([(Arc::from("x y"), DataType::Double), (Arc::from("z"), DataType::Boolean)]);
    let types = [
        DataType::Varchar,
        DataType::BigInt,
        DataType::Double,
        DataType::Boolean,
        DataType::Array(Box::new(DataType::Varchar)),
        DataType::Map(Box::new(DataType::Varchar), Box::new(DataType::Int)),
        DataType::Struct(fields),
    ];
    let values = [
        Value::varchar("a\"\\\n\u{1}\u{1f}é/"),
        Value::BigInt(-5),
        Value::Double(1e10),
        Value::Boolean(true),
        Value::Array(Arc::new([Value::varchar("p"), Value::Null])),
        Value::Map(Arc::new([(Value::varchar("k"), Value::Int(1))])),
        Value::Struct(Arc::new([Value::Double(10.0), Value::Boolean(false)])),
    ];
    let names = ["S", "B", "D", "T", "A", "M", "R"];
    let mut columns: Vec<Column> = types.iter().map(Column::new).collect();
    for (column, value) in columns.iter_mut().zip(&values) {
        column.push(value);
        column.push_null();
    }
    let mut out = Vec::new();
    write_row(&mut out, &names, &columns, 0);
    let expected = concat!(
        r#"{"S":"a\"\\\n\u0001\u001Fé/","B":-5,"D":1.0E10,"T":true,"A":["p",null],"M":{"k":1},"#,
        r#""R":{"x y":10.0,"z":false}}"#
    );
    assert_eq!(str::from_utf8(&out), Ok(expected));
    let wanted: Vec<_> = names.iter().copied().zip(types).collect();
    assert_eq!(read(&wanted, &out), Ok(values.to_vec()));
    out.clear();
    write_row(&mut out, &names[..2], &columns[..2], 1);
    assert_eq!(out, br#"{"S":null,"B":null}"#);
}

fn json() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        Just(String::new()),
        "[a-c]{1,3}",
        any::<String>(),
        "[a-z ]{20,90}",
        prop::sample::select(vec!["\"", "\\", "é", "\u{1F600}", "\u{7f}"]).prop_map(String::from),
    ];
    let leaf =
        prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-100_i64..100).prop_map(Json::from),
            // serde_json does not read all doubles exactly without its feature for it.
            any::<f64>().prop_map(Json::from).prop_filter(
                "exact",
                |x| serde_json::from_str::<Json>(&x.to_string()).ok().as_ref() == Some(x)
            ),
            text.prop_map(Json::from),
        ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec(("[a-d]{1,2}", inner), 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Json> {
    prop::collection::vec(("[a-d]|[a-z]{30,40}|\\PC{1,3}", json()), 0..12)
        .prop_map(|members| Json::Object(members.into_iter().collect()))
}

/// The same document in one of the ways to write it.
fn written(value: &Json, style: u8) -> String {
    match style % 3 {
        0 => value.to_string(),
        1 => serde_json::to_string_pretty(value).expect("a document"),
        _ => ascii_only(&value.to_string()),
    }
}

/// As Python writes by default: nothing but ASCII.
fn ascii_only(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("a string");
            }
        }
    }
    out
}

/// What ksqlDB makes of a member as VARCHAR, from serde_json's tree: of strings, booleans and
/// integers, whose text is not lost there.
fn simple_text(value: &Json) -> Option<Value> {
    match value {
        Json::Null => Some(Value::Null),
        Json::String(text) => Some(Value::varchar(text)),
        Json::Bool(b) => Some(Value::varchar(&b.to_string())),
        Json::Number(n) if n.is_i64() => Some(Value::varchar(&n.to_string())),
        _ => None,
    }
}

fn depth(value: &Json) -> u32 {
    match value {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// One reader for several documents, so that what it learned from one meets the next.
    #[test]
    fn what_serde_json_reads_is_read_the_same(
        documents in prop::collection::vec((object(), any::<u8>()), 1..6),
    ) {
        let names = ["a", "b", "cc", "missing"];
        let mut reader = JsonReader::new(names);
        let mut checker = Checker::new(&Schema::default());
        for (document, style) in &documents {
            let text = written(document, *style);
            let mut columns = vec![Column::new(&DataType::Varchar); names.len()];
            prop_assert_eq!(reader.read(text.as_bytes(), &mut columns), Ok(()), "{}", &text);
            prop_assert_eq!(checker.check(text.as_bytes()), Ok(()));
            for (name, column) in names.iter().zip(&columns) {
                let expected = document.get(name).map_or(Some(Value::Null), simple_text);
                if let Some(expected) = expected {
                    prop_assert_eq!(column.value(0), expected, "{} in {}", name, &text);
                } else if document[*name].is_object() {
                    let Value::Varchar(inner) = column.value(0) else { panic!("an object") };
                    let again: Json = serde_json::from_str(&inner).expect("JSON text");
                    prop_assert_eq!(&again, &document[*name]);
                }
            }
            let kind = document.get("a").and_then(Json::as_str);
            let peeked = peek_string_member(text.as_bytes(), "a");
            if document.get("a").is_none_or(Json::is_string) {
                let peeked = peeked.expect("well-formed").map(|raw| {
                    let mut decoded = String::new();
                    decode_text(str::from_utf8(raw).expect("UTF-8"), &mut decoded);
                    decoded
                });
                prop_assert_eq!(peeked.as_deref(), kind);
            } else {
                prop_assert!(peeked.is_err());
            }
        }
    }

    /// Random damage. Where the verdicts may differ: serde_json refuses numbers that no double
    /// holds, we refuse nesting below its limit.
    #[test]
    fn what_serde_json_refuses_is_refused(
        document in object(),
        style in any::<u8>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, any::<u8>()), 1..4),
    ) {
        let mut bytes = written(&document, style).into_bytes();
        // What was learned from the document must not hide the damage.
        let wanted = [("a", DataType::Varchar)];
        let mut reader = JsonReader::new(["a"]);
        prop_assert!(read_with(&mut reader, &wanted, &bytes).is_ok());
        for (at, what, byte) in damage {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            let likely = b"\"\\{}[]:, \n01.eE-+tfnu";
            let byte = if byte < 128 { likely[usize::from(byte) % likely.len()] } else { byte };
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => _ = bytes.remove(at),
                _ => bytes.truncate(at),
            }
        }
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let ours = read_with(&mut reader, &wanted, &bytes);
        prop_assert_eq!(&ours, &read(&wanted, &bytes));
        match serde_json::from_slice::<Json>(&bytes) {
            Ok(theirs) if theirs.is_object() && depth(&theirs) <= MAX_DEPTH => {
                prop_assert!(ours.is_ok(), "{:?} {}", ours, shown);
            }
            Ok(_) => prop_assert!(ours.is_err(), "{}", shown),
            Err(error) if error.to_string().contains("number out of range") => {}
            Err(error) => prop_assert!(ours.is_err(), "{} {}", error, shown),
        }
    }

    /// Bytes that are no JSON at all: no panic, and the cheap look never fails where the whole
    /// reading does not.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let ours = read(&[("a", DataType::BigInt)], &bytes);
        prop_assert!(ours.is_err() || serde_json::from_slice::<Json>(&bytes).is_ok());
        let _ = peek_string_member(&bytes, "a");
    }

    #[test]
    fn strings_survive_writing_and_reading(text in any::<String>()) {
        let mut out = b"{\"v\":".to_vec();
        write_string(&mut out, &text);
        out.push(b'}');
        let theirs: Json = serde_json::from_slice(&out).expect("valid");
        prop_assert_eq!(theirs["v"].as_str(), Some(&*text));
        prop_assert_eq!(read(&[("v", DataType::Varchar)], &out), Ok(vec![Value::varchar(&text)]));
    }
}
