//! What of a linked module only some of its exports lead to, or only some of its functions.
//!
//! The linker's relocations (`--emit-relocs`) say which function and which constant holds the address
//! of which other, so that nothing is guessed: what could be reached by any other way stays out.
//! Formats: <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>. Not here: the
//! cutting itself, which is `split`'s.

use std::collections::BTreeSet;
use std::ops::Range;

use wasmparser::{
    BinaryReaderError, DataKind, DefinedDataSymbol, ExternalKind, KnownCustom, Linking, Operator,
    Parser, Payload, RelocationType, SymbolInfo, TypeRef,
};

/// What only the chosen exports reach.
#[derive(Debug, Default)]
pub struct Part {
    /// The functions, by the linker's names.
    pub functions: BTreeSet<String>,
    /// The constants: addresses in memory, ascending and apart.
    pub data: Vec<Range<u32>>,
}

impl Part {
    /// This without what `other` has.
    pub fn without(self, other: &Self) -> Self {
        let mut data = Vec::new();
        for range in self.data {
            let mut start = range.start;
            for hole in other.data.iter().filter(|hole| hole.start < range.end) {
                if hole.end <= start {
                    continue;
                }
                if hole.start > start {
                    data.push(start..hole.start);
                }
                start = hole.end.min(range.end);
            }
            if start < range.end {
                data.push(start..range.end);
            }
        }
        Self { functions: self.functions.difference(&other.functions).cloned().collect(), data }
    }

    /// What this and `other` both have.
    pub fn within(self, other: &Self) -> Self {
        let rest = Self { functions: self.functions.clone(), data: self.data.clone() };
        self.without(&rest.without(other))
    }

    /// This and `other`.
    pub fn with(mut self, other: Self) -> Self {
        self.functions.extend(other.functions);
        self.data.extend(other.data);
        self.data.sort_by_key(|range| range.start);
        self
    }
}

/// Which part of `module` only those exports lead to whose names are `chosen`.
///
/// # Errors
/// The module was linked without relocations, or is none.
pub fn only_from(module: &[u8], chosen: impl Fn(&str) -> bool) -> Result<Part, String> {
    let graph = Graph::read(module)?;
    let others = graph.reached(&graph.roots(|name| !chosen(name), true), |_| false);
    let ours = graph.reached(&graph.roots(chosen, false), |_| false);
    Ok(graph.part(|node| ours[node] && !others[node]))
}

/// Which part of `module` those exports lead to whose names are `chosen`, but nothing leads to that does
/// not pass one of the functions that are `doors`, by the linker's names.
///
/// # Errors
/// As [`only_from`].
pub fn behind(
    module: &[u8],
    chosen: impl Fn(&str) -> bool,
    doors: impl Fn(&str) -> bool,
) -> Result<Part, String> {
    let graph = Graph::read(module)?;
    let mut shut = vec![false; graph.edges.len()];
    for symbol in &graph.linked.symbols {
        if let Symbol::Function { index, name: Some(name) } = symbol {
            shut[*index as usize] |= doors(name);
        }
    }
    let outside = graph.reached(&graph.roots(|_| true, true), |node| shut[node]);
    let ours = graph.reached(&graph.roots(chosen, false), |_| false);
    Ok(graph.part(|node| ours[node] && !outside[node]))
}

/// A linked module, and who leads to whom in it.
struct Graph {
    linked: Linked,
    edges: Vec<Vec<usize>>,
    /// What is led to from where no symbol is.
    loose: Vec<usize>,
}

impl Graph {
    fn read(module: &[u8]) -> Result<Self, String> {
        let linked = Linked::read(module).map_err(|error| error.to_string())?;
        if linked.in_code.is_empty() || linked.symbols.is_empty() {
            return Err("the module was linked without `--emit-relocs`".to_owned());
        }
        let (edges, loose) = linked.edges();
        Ok(Self { linked, edges, loose })
    }

    /// The exports with these names; `all`: with what is reached in other ways than by an export.
    fn roots(&self, chosen: impl Fn(&str) -> bool, all: bool) -> Vec<usize> {
        let exports = self.linked.exports.iter().filter(|(name, _)| chosen(name));
        let other = self.linked.start.map(|start| start as usize).into_iter();
        let other = other.chain(self.loose.iter().copied()).filter(|_| all);
        exports.map(|(_, function)| *function as usize).chain(other).collect()
    }

    fn reached(&self, roots: &[usize], shut: impl Fn(usize) -> bool) -> Vec<bool> {
        closure(&self.edges, roots.to_vec(), shut)
    }

    fn part(&self, ours: impl Fn(usize) -> bool) -> Part {
        let names = self.linked.symbols.iter().filter_map(|symbol| match symbol {
            Symbol::Function { index, name: Some(name) } if ours(*index as usize) => {
                Some(name.clone())
            }
            _ => None,
        });
        Part { functions: names.collect(), data: self.linked.data_of(&ours) }
    }
}

enum Symbol {
    Function { index: u32, name: Option<String> },
    Data(DefinedDataSymbol),
    Other,
}

struct Segment {
    address: u32,
    /// Where its bytes are, from the beginning of the data section.
    bytes: Range<usize>,
    /// Whether nothing writes there.
    constant: bool,
}

/// An address that the linker wrote: where, from the beginning of its section, and of which symbol.
type Relocation = (usize, usize);

#[derive(Default)]
struct Linked {
    imported: u32,
    /// Where the bodies are, from the beginning of the code section.
    bodies: Vec<Range<usize>>,
    /// Who calls whom by name.
    calls: Vec<(usize, usize)>,
    exports: Vec<(String, u32)>,
    start: Option<u32>,
    segments: Vec<Segment>,
    symbols: Vec<Symbol>,
    in_code: Vec<Relocation>,
    in_data: Vec<Relocation>,
}

impl Linked {
    fn read(module: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut linked = Self::default();
        let mut code_at = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        linked.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            linked.exports.push((export.name.to_owned(), export.index));
                        }
                    }
                }
                Payload::StartSection { func, .. } => linked.start = Some(func),
                Payload::CodeSectionStart { range, .. } => code_at = range.start,
                Payload::CodeSectionEntry(body) => {
                    let caller = linked.imported as usize + linked.bodies.len();
                    let range = body.range();
                    linked.bodies.push(range.start - code_at..range.end - code_at);
                    for operator in body.get_operators_reader()? {
                        // The linker's own functions have calls, but no relocations.
                        if let Operator::Call { function_index }
                        | Operator::ReturnCall { function_index }
                        | Operator::RefFunc { function_index } = operator?
                        {
                            linked.calls.push((caller, function_index as usize));
                        }
                    }
                }
                Payload::DataSection(section) => {
                    let at = section.range().start;
                    for data in section {
                        let data = data?;
                        let (end, length) = (data.range.end - at, data.data.len());
                        let address = constant_offset(&data.kind)?;
                        let bytes = end - length..end;
                        linked.segments.push(Segment { address, bytes, constant: false });
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(reader) => {
                        for subsection in reader.subsections() {
                            linked.linking(subsection?)?;
                        }
                    }
                    KnownCustom::Reloc(reader) => {
                        let list = match section.name() {
                            "reloc.CODE" => &mut linked.in_code,
                            "reloc.DATA" => &mut linked.in_data,
                            _ => continue,
                        };
                        for entry in reader.entries() {
                            let entry = entry?;
                            if entry.ty != RelocationType::TypeIndexLeb {
                                list.push((entry.offset as usize, entry.index as usize));
                            }
                        }
                        list.sort_unstable();
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(linked)
    }

    fn linking(&mut self, subsection: Linking<'_>) -> Result<(), BinaryReaderError> {
        match subsection {
            Linking::SegmentInfo(segments) => {
                for (known, named) in self.segments.iter_mut().zip(segments) {
                    known.constant = named?.name.starts_with(".rodata");
                }
            }
            Linking::SymbolTable(symbols) => {
                for symbol in symbols {
                    self.symbols.push(match symbol? {
                        SymbolInfo::Func { index, name, .. } => {
                            Symbol::Function { index, name: name.map(ToOwned::to_owned) }
                        }
                        SymbolInfo::Data { symbol: Some(symbol), .. } => Symbol::Data(symbol),
                        _ => Symbol::Other,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The number of functions: a node of the graph is a function or, behind them, a symbol.
    fn functions(&self) -> usize {
        self.imported as usize + self.bodies.len()
    }

    /// What a symbol is as a node.
    fn node(&self, symbol: usize) -> Option<usize> {
        match self.symbols.get(symbol)? {
            Symbol::Function { index, .. } => Some(*index as usize),
            Symbol::Data(_) => Some(self.functions() + symbol),
            Symbol::Other => None,
        }
    }

    /// Who leads to whom, and what is led to from where no symbol is.
    fn edges(&self) -> (Vec<Vec<usize>>, Vec<usize>) {
        let mut edges = vec![Vec::new(); self.functions() + self.symbols.len()];
        let mut loose = Vec::new();
        for (caller, callee) in &self.calls {
            edges[*caller].push(*callee);
        }
        for (offset, symbol) in &self.in_code {
            let Some(node) = self.node(*symbol) else { continue };
            let body = self.bodies.partition_point(|body| body.end <= *offset);
            match self.bodies.get(body) {
                Some(range) if range.contains(offset) => {
                    edges[self.imported as usize + body].push(node);
                }
                _ => loose.push(node),
            }
        }
        let mut held = vec![false; self.in_data.len()];
        for (index, symbol) in self.symbols.iter().enumerate() {
            let Symbol::Data(symbol) = symbol else { continue };
            let Some(segment) = self.segments.get(symbol.index as usize) else { continue };
            let start = segment.bytes.start + symbol.offset as usize;
            let end = start + symbol.size as usize;
            let first = self.in_data.partition_point(|(offset, _)| *offset < start);
            let last = self.in_data.partition_point(|(offset, _)| *offset < end);
            held[first..last].fill(true);
            let targets = self.in_data[first..last].iter();
            edges[self.functions() + index]
                .extend(targets.filter_map(|(_, symbol)| self.node(*symbol)));
        }
        let free = self.in_data.iter().zip(held).filter(|(_, held)| !held);
        loose.extend(free.filter_map(|((_, symbol), _)| self.node(*symbol)));
        (edges, loose)
    }

    /// Where the constants are that are `ours` and that no other symbol shares.
    fn data_of(&self, ours: impl Fn(usize) -> bool) -> Vec<Range<u32>> {
        let range = |symbol: &DefinedDataSymbol| {
            let segment = self.segments.get(symbol.index as usize)?;
            let start = segment.address + symbol.offset;
            segment.constant.then_some(start..start + symbol.size)
        };
        let ranges = |wanted: bool| {
            let symbols =
                self.symbols.iter().enumerate().filter_map(|(index, symbol)| match symbol {
                    Symbol::Data(symbol) if ours(self.functions() + index) == wanted => {
                        range(symbol)
                    }
                    _ => None,
                });
            union(symbols.filter(|range| !range.is_empty()).collect())
        };
        without(ranges(true), &ranges(false))
    }
}

/// The address of an active segment; of others none is asked for.
fn constant_offset(kind: &DataKind<'_>) -> Result<u32, BinaryReaderError> {
    let DataKind::Active { offset_expr, .. } = kind else { return Ok(0) };
    match offset_expr.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        _ => Ok(0),
    }
}

/// What is reached from `waiting` without a node that is `shut`.
fn closure(
    edges: &[Vec<usize>],
    mut waiting: Vec<usize>,
    shut: impl Fn(usize) -> bool,
) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    while let Some(node) = waiting.pop() {
        if !shut(node) && !std::mem::replace(&mut reached[node], true) {
            waiting.extend(edges[node].iter().filter(|next| !reached[**next]));
        }
    }
    reached
}

/// The same addresses in ranges that are ascending and apart.
fn union(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut union: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match union.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => union.push(range),
        }
    }
    union
}

/// `ranges` but for what `holes` have; both are ascending and apart.
fn without(ranges: Vec<Range<u32>>, holes: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut rest = Vec::with_capacity(ranges.len());
    for range in ranges {
        let mut from = range.start;
        for hole in holes.iter().filter(|hole| hole.start < range.end && hole.end > range.start) {
            if from < hole.start {
                rest.push(from..hole.start);
            }
            from = hole.end;
        }
        if from < range.end {
            rest.push(from..range.end);
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_share_stays_with_them() {
        let ours = union(vec![8..12, 0..4, 10..20]);
        assert_eq!(ours, [0..4, 8..20]);
        assert_eq!(without(ours, &[2..9, 12..14]), [0..2, 9..12, 14..20]);
    }

    #[test]
    fn a_closure_follows_every_edge_once() {
        let edges = [vec![1], vec![2, 0], vec![], vec![2]];
        assert_eq!(closure(&edges, vec![0], |_| false), [true, true, true, false]);
        assert_eq!(closure(&edges, vec![0, 3], |node| node == 1), [true, false, true, true]);
    }

    #[test]
    fn a_module_without_relocations_is_refused() {
        let error = only_from(b"\0asm\x01\0\0\0", |_| true).expect_err("no relocations");
        assert!(error.contains("emit-relocs"), "{error}");
    }

    #[test]
    fn what_another_part_has_is_left_out_to_the_byte() {
        let part = |names: &[&str], data: &[Range<u32>]| Part {
            functions: names.iter().map(|name| (*name).to_owned()).collect(),
            data: data.to_vec(),
        };
        let left = part(&["a", "b"], &[0..10, 20..30, 40..41])
            .without(&part(&["b", "c"], &[0..2, 4..6, 9..21, 40..50]));
        assert_eq!(left.functions, ["a".to_owned()].into());
        assert_eq!(left.data, [2..4, 6..9, 21..30]);
        let common = part(&["a", "b"], &[0..10, 20..30]).within(&part(&["b"], &[5..22, 29..40]));
        assert_eq!(common.functions, ["b".to_owned()].into());
        assert_eq!(common.data, [5..10, 20..22, 29..30]);
        let both = left.with(part(&["z"], &[Range { start: 0, end: 2 }]));
        assert_eq!((both.functions.len(), &both.data[0]), (2, &(0..2)));
    }
}
