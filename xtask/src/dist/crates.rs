//! Which crate the code of a WebAssembly module came from, by the names of its functions.
//!
//! It looks at the module before wasm-opt drops the names, so the sums say where the weight is, not
//! what the published file has to the byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload};

use crate::Outcome;

/// Crates with less than this share of the code are summed as one.
const LEAST_SHARE: f64 = 0.01;

/// Prints the code of `module` by crate, the largest first.
pub fn print(module: &Path) -> Outcome {
    if !module.is_file() {
        return Ok(());
    }
    let bytes = fs::read(module)?;
    let sizes = by_crate(&bytes).map_err(|error| format!("{}: {error}", module.display()))?;
    let all: usize = sizes.values().sum();
    let mut rows: Vec<_> = sizes.into_iter().collect();
    rows.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let large = |size: usize| size as f64 >= all as f64 * LEAST_SHARE;
    println!("\n{:44} {:>10}", "WebAssembly code by crate, before wasm-opt", "raw");
    for (name, size) in rows.iter().filter(|(_, size)| large(*size)) {
        println!("  {name:42} {size:10}");
    }
    let rest: usize = rows.iter().map(|(_, size)| *size).filter(|size| !large(*size)).sum();
    println!("  {:42} {rest:10}", "all other");
    Ok(())
}

fn by_crate(module: &[u8]) -> Result<BTreeMap<String, usize>, wasmparser::BinaryReaderError> {
    let (mut imported, mut bodies, mut names) = (0_u32, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    for name in section {
                        if let Name::Function(functions) = name? {
                            for naming in functions {
                                let naming = naming?;
                                names.insert(naming.index, naming.name);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut sizes = BTreeMap::new();
    for (index, size) in (imported..).zip(bodies) {
        let owner = names.get(&index).map_or("(unnamed)".to_owned(), |name| crate_of(name));
        *sizes.entry(owner).or_default() += size;
    }
    Ok(sizes)
}

/// `serde_json` for `<serde_json::value::Value as core::fmt::Display>::fmt`.
fn crate_of(name: &str) -> String {
    let path = format!("{:#}", demangle(name));
    let path = path.trim_start_matches(['<', '&', '(', '[', '*']);
    let path =
        ["mut ", "const ", "dyn "].iter().fold(path, |path, word| path.trim_start_matches(word));
    let (first, rest) =
        path.split_at(path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len()));
    // Symbols of the v0 scheme carry the crate's hash: `core[c5930c85a12de822]::fmt`.
    let is_path = rest.starts_with("::") || rest.starts_with('[') && rest.contains("]::");
    if is_path && !first.is_empty() { first.to_owned() } else { "(runtime)".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_its_path_begins_with() {
        assert_eq!(crate_of("serde_json::de::from_str"), "serde_json");
        assert_eq!(crate_of("<alloc::vec::Vec<u8> as core::fmt::Debug>::fmt"), "alloc");
        assert_eq!(crate_of("<&mut streamglass::rng::Stream as X>::y"), "streamglass");
        assert_eq!(crate_of("<core[c5930c85a12de822]::fmt::Formatter>::pad"), "core");
        assert_eq!(crate_of("dlmalloc"), "(runtime)");
        assert_eq!(crate_of("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE"), "core");
    }
}
