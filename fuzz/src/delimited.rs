//! The reader of DELIMITED lines: all columns get a value or none does, and what was read is written
//! as a line that reads the same.

use streamglass::chunk::Column;
use streamglass::format::delimited::{DelimitedReader, write};
use streamglass::value::{DataType, Value};

/// What stands between values: the first byte of an input chooses.
const DELIMITERS: [char; 6] = [',', '|', '\t', ' ', ';', 'é'];

const TYPES: [DataType; 6] = [
    DataType::Varchar,
    DataType::BigInt,
    DataType::Int,
    DataType::Boolean,
    DataType::Double,
    DataType::Varchar,
];

/// Any bytes as a line, behind a first row that is there already.
pub fn fuzz(data: &[u8]) {
    let (choice, line) = data.split_first().unwrap_or((&0, &[]));
    let delimiter = DELIMITERS[usize::from(*choice) % DELIMITERS.len()];
    let Some(values) = read(delimiter, line) else { return };
    let mut again = Vec::new();
    write(&mut again, delimiter, &values, 1).expect("all types can be written");
    let back = read(delimiter, &again);
    let text = String::from_utf8_lossy(&again);
    let back = back.unwrap_or_else(|| panic!("{text:?} was written and cannot be read"));
    for (before, after) in values.iter().zip(&back) {
        assert!(same(&before.value(1), &after.value(1)), "{text:?}: {before:?} {after:?}");
    }
}

fn read(delimiter: char, line: &[u8]) -> Option<Vec<Column>> {
    let mut columns: Vec<Column> = TYPES.iter().map(Column::new).collect();
    columns.iter_mut().for_each(Column::push_null);
    let verdict = DelimitedReader::new(delimiter).read(line, &mut columns);
    let rows = if verdict.is_ok() { 2 } else { 1 };
    for column in &columns {
        assert_eq!((column.len(), column.valid.len()), (rows, rows), "all or none: {verdict:?}");
    }
    verdict.is_ok().then_some(columns)
}

/// Equality for which NaN is equal to itself.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Double(a), Value::Double(b)) => a == b || a.is_nan() && b.is_nan(),
        (a, b) => a == b,
    }
}

/// Lines of every sort, with each delimiter.
pub fn seeds() -> Vec<Vec<u8>> {
    let lines = [
        "a,1,-2,true,3.5,z",
        ",,,,,",
        "\"a,b\",9223372036854775807,-2147483648,FALSE,-1.0E-5,\"say \"\"it\"\"\"",
        "\"two\nlines\",0,0,false,NaN,é",
        "\n\n#x, 1,2,yes,Infinity,\" \"\r\nnext,1,1,true,1.0,line",
        "a,99999999999999999999,1,true,1d,b",
        "a,1,1,true,0.1,\"open",
        "a,1,1,true,0.1,\"b\" c",
        "a,1,1,true",
    ];
    let with = |(choice, delimiter): (usize, &char)| {
        lines.map(|line| {
            let mut input = vec![choice as u8];
            input.extend(line.replace(',', &delimiter.to_string()).into_bytes());
            input
        })
    };
    DELIMITERS.iter().enumerate().flat_map(with).collect()
}
