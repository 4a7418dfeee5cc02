//! Cuts a module in two that share memory, tables and globals: what the page needs at first, and a
//! part that is instantiated later, into the exports of the first.
//!
//! The first keeps every index. Of the part's functions it holds entries where it calls them, which
//! jump through the table; the part puts its functions into the slots of the table. Not here: which
//! functions those are, which is `reach`'s.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, Function, FunctionSection, ImportSection, Instruction, Module,
    NameMap, NameSection, RawSection, TableSection,
};
use wasmparser::{
    CompositeInnerType, DataKind, ElementItems, ElementKind, ExternalKind, FunctionBody, Global,
    KnownCustom, MemoryType, Name, Operator, Parser, Payload, TableType, TypeRef,
};

use super::reach::Part;

/// What the part calls the module that it is instantiated into.
const FIRST: &str = "first";

type Failure = Box<dyn std::error::Error>;

/// Who brings a part that is first called when it is not there yet.
#[derive(Clone, Copy)]
pub struct OnDemand<'a> {
    /// The export that is called with the part's number, and returns when the part is there.
    pub bring: &'a str,
    /// The part's number.
    pub number: i32,
}

/// The first module and the part. `module` must have the names of its functions. What the two share is
/// exported under names that begin with `prefix`, which sets parts of one module apart. A part that is
/// not `on_demand` must be there before it is called.
///
/// # Errors
/// The module is none, or has what `wasm-bindgen` does not make today.
pub fn cut(
    module: &[u8],
    part: &Part,
    prefix: &str,
    on_demand: Option<OnDemand<'_>>,
) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let whole = Whole::read(module)?;
    let moved = whole.moved(part);
    if moved.is_empty() {
        return Err("none of the part's functions is in the module".into());
    }
    let plan = Plan::new(&whole, moved, prefix, on_demand)?;
    Ok((plan.first(module, &whole, part)?, plan.part(&whole, part)?))
}

/// What is read of a module.
#[derive(Default)]
struct Whole<'a> {
    /// Parameters of each type of function.
    parameters: Vec<usize>,
    types: &'a [u8],
    imported: u32,
    /// The type of each function.
    functions: Vec<u32>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<Global<'a>>,
    exports: Vec<(&'a str, ExternalKind, u32)>,
    /// Which function is in a slot of the first table.
    slots: BTreeMap<u32, u32>,
    bodies: Vec<FunctionBody<'a>>,
    /// Address and bytes.
    data: Vec<(u32, &'a [u8])>,
    names: BTreeMap<u32, &'a str>,
}

impl<'a> Whole<'a> {
    fn read(module: &'a [u8]) -> Result<Self, Failure> {
        let mut whole = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    whole.types = &module[section.range()];
                    for group in section {
                        whole.parameters.extend(group?.types().map(|ty| {
                            match &ty.composite_type.inner {
                                CompositeInnerType::Func(ty) => ty.params().len(),
                                _ => 0,
                            }
                        }));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let TypeRef::Func(ty) = import?.ty else {
                            return Err("a module that imports more than functions".into());
                        };
                        whole.functions.push(ty);
                        whole.imported += 1;
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        whole.functions.push(ty?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        whole.tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    whole.memories = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::GlobalSection(section) => {
                    whole.globals = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        whole.exports.push((export.name, export.kind, export.index));
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        whole.element(&element.kind, element.items)?;
                    }
                }
                Payload::CodeSectionEntry(body) => whole.bodies.push(body),
                Payload::DataSection(section) => {
                    for data in section {
                        let data = data?;
                        let DataKind::Active { offset_expr, .. } = data.kind else {
                            return Err("a segment that is not active".into());
                        };
                        whole.data.push((offset(&offset_expr)?, data.data));
                    }
                }
                Payload::CustomSection(section) => {
                    let KnownCustom::Name(section) = section.as_known() else { continue };
                    for name in section {
                        let Name::Function(functions) = name? else { continue };
                        for naming in functions {
                            let naming = naming?;
                            whole.names.insert(naming.index, naming.name);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(whole)
    }

    fn element(&mut self, kind: &ElementKind<'_>, items: ElementItems<'_>) -> Result<(), Failure> {
        let ElementKind::Active { table_index: None | Some(0), offset_expr } = kind else {
            return Err("elements of another table than the first".into());
        };
        let ElementItems::Functions(functions) = items else {
            return Err("elements that are expressions".into());
        };
        for (slot, function) in (offset(offset_expr)?..).zip(functions) {
            self.slots.insert(slot, function?);
        }
        Ok(())
    }

    /// The functions of `part`. A name that two functions have says nothing of either.
    fn moved(&self, part: &Part) -> BTreeSet<u32> {
        let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for name in self.names.values() {
            if !seen.insert(*name) {
                twice.insert(*name);
            }
        }
        let is_moved = |(index, name): (&u32, &&str)| {
            let named = part.functions.contains(*name) && !twice.contains(*name);
            (named && *index >= self.imported).then_some(*index)
        };
        self.names.iter().filter_map(is_moved).collect()
    }

    fn defined(&self) -> impl Iterator<Item = (u32, &FunctionBody<'a>)> {
        (self.imported..).zip(&self.bodies)
    }

    /// The function that brings a part, and what it is told.
    fn bring(&self, on_demand: OnDemand<'_>) -> Result<(u32, i32), Failure> {
        let of_name = |(name, kind, _): &&(&str, ExternalKind, u32)| {
            *name == on_demand.bring && *kind == ExternalKind::Func
        };
        let export = self.exports.iter().find(of_name);
        let (.., function) = export.ok_or("the module has no export that brings a part")?;
        Ok((*function, on_demand.number))
    }

    /// The bytes in memory at `range`.
    fn bytes(&self, range: &Range<u32>) -> Option<&'a [u8]> {
        self.data.iter().find_map(|(address, bytes)| {
            let start = range.start.checked_sub(*address)? as usize;
            bytes.get(start..start + range.len())
        })
    }
}

/// Which function goes where.
struct Plan<'a> {
    prefix: &'a str,
    moved: BTreeSet<u32>,
    /// What the part calls of the first, by the number under which it is exported.
    shared: Vec<u32>,
    /// The slots of the table through which the first calls the part.
    entries: BTreeMap<u32, u32>,
    /// The first table, with slots for all entries.
    table: TableType,
    /// The function that brings the part when an entry finds its slot empty, and what it is told.
    bring: Option<(u32, i32)>,
}

impl<'a> Plan<'a> {
    fn new(
        whole: &Whole<'_>,
        moved: BTreeSet<u32>,
        prefix: &'a str,
        on_demand: Option<OnDemand<'_>>,
    ) -> Result<Self, Failure> {
        let bring = on_demand.map(|on_demand| whole.bring(on_demand)).transpose()?;
        let (mut by_part, mut by_first) = (Called::default(), Called::default());
        for (index, body) in whole.defined() {
            let seen = if moved.contains(&index) { &mut by_part } else { &mut by_first };
            seen.parse_function_body(&mut CodeSection::new(), body.clone())?;
        }
        let exported = whole.exports.iter().filter(|(_, kind, _)| *kind == ExternalKind::Func);
        by_first.0.extend(exported.map(|(_, _, index)| *index));
        let mut table = *whole.tables.first().ok_or("a module without a table")?;
        let mut entries: BTreeMap<u32, u32> = BTreeMap::new();
        if bring.is_some() {
            // Whoever has an address calls the entry until the part is there.
            by_first.0.extend(whole.slots.values());
        } else {
            for (slot, function) in &whole.slots {
                entries.entry(*function).or_insert(*slot);
            }
            entries.retain(|function, _| moved.contains(function) && by_first.0.contains(function));
        }
        for function in by_first.0.intersection(&moved) {
            entries.entry(*function).or_insert_with(|| {
                table.initial += 1;
                u32::try_from(table.initial - 1).expect("a table of 32-bit slots")
            });
        }
        table.maximum = table.maximum.map(|maximum| maximum.max(table.initial));
        let shared = by_part.0.difference(&moved).copied().collect();
        Ok(Self { prefix, moved, shared, entries, table, bring })
    }

    /// What the `number`th shared thing of a kind is called.
    fn name(&self, kind: char, number: impl std::fmt::Display) -> String {
        format!("{}{kind}{number}", self.prefix)
    }

    /// All slots that the part fills.
    fn slots_of_part(&self, whole: &Whole<'_>) -> BTreeMap<u32, u32> {
        let entries = self.entries.iter().map(|(function, slot)| (*slot, *function));
        let taken = whole.slots.iter().map(|(slot, function)| (*slot, *function));
        taken.filter(|(_, function)| self.moved.contains(function)).chain(entries).collect()
    }

    fn first(&self, module: &[u8], whole: &Whole<'_>, part: &Part) -> Result<Vec<u8>, Failure> {
        let mut first = Module::new();
        let mut code = CodeSection::new();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            match &payload {
                Payload::TableSection(_) => {
                    first.section(&self.tables(whole)?);
                }
                Payload::ExportSection(_) => {
                    first.section(&self.exports(whole));
                }
                Payload::ElementSection(_) => {
                    let kept = whole.slots.iter().filter(|(_, function)| {
                        self.bring.is_some() || !self.moved.contains(*function)
                    });
                    first.section(&elements(kept.map(|(slot, function)| (*slot, *function))));
                }
                Payload::CodeSectionStart { .. } => {
                    for (index, body) in whole.defined() {
                        if self.moved.contains(&index) {
                            code.function(&self.entry(whole, index));
                        } else {
                            code.raw(body.as_bytes());
                        }
                    }
                    first.section(&code);
                }
                Payload::DataSection(_) => {
                    let mut data = DataSection::new();
                    for (address, bytes) in &whole.data {
                        let at = ConstExpr::i32_const(address.cast_signed());
                        data.active(0, &at, blanked(*address, bytes, &part.data));
                    }
                    first.section(&data);
                }
                // The linker's notes, which are of another module by now.
                Payload::CustomSection(section)
                    if section.name() == "linking" || section.name().starts_with("reloc.") => {}
                other => {
                    if let Some((id, range)) = other.as_section() {
                        first.section(&RawSection { id, data: &module[range] });
                    }
                }
            }
        }
        Ok(first.finish())
    }

    fn part(&self, whole: &Whole<'_>, part: &Part) -> Result<Vec<u8>, Failure> {
        let mut imports = ImportSection::new();
        let mut encoder = RoundtripReencoder;
        for (number, memory) in whole.memories.iter().enumerate() {
            imports.import(FIRST, &self.name('m', number), encoder.memory_type(*memory)?);
        }
        for (number, table) in whole.tables.iter().enumerate() {
            let table = if number == 0 { &self.table } else { table };
            // A later cut gives the table more slots than this part knows of.
            let table = TableType { maximum: None, ..*table };
            imports.import(FIRST, &self.name('t', number), encoder.table_type(table)?);
        }
        for (number, global) in whole.globals.iter().enumerate() {
            imports.import(FIRST, &self.name('g', number), encoder.global_type(global.ty)?);
        }
        for (number, function) in self.shared.iter().enumerate() {
            let ty = EntityType::Function(whole.functions[*function as usize]);
            imports.import(FIRST, &self.name('f', number), ty);
        }
        let order = self.shared.iter().chain(&self.moved);
        let mut renumber = Renumber(order.copied().zip(0..).collect());
        let (mut functions, mut code, mut names) =
            (FunctionSection::new(), CodeSection::new(), NameMap::new());
        for (index, body) in whole.defined().filter(|(index, _)| self.moved.contains(index)) {
            functions.function(whole.functions[index as usize]);
            renumber.parse_function_body(&mut code, body.clone())?;
            names.append(renumber.0[&index], whole.names.get(&index).copied().unwrap_or_default());
        }
        let slots = self.slots_of_part(whole);
        let mut data = DataSection::new();
        for range in joined(&part.data) {
            let bytes = whole.bytes(&range).ok_or("a constant of the part is in no segment")?;
            data.active(0, &ConstExpr::i32_const(range.start.cast_signed()), bytes.to_vec());
        }
        let mut all = NameSection::new();
        all.functions(&names);
        let mut module = Module::new();
        module
            .section(&RawSection { id: wasm_encoder::SectionId::Type as u8, data: whole.types })
            .section(&imports)
            .section(&functions)
            .section(&elements(slots.into_iter().map(|(slot, f)| (slot, renumber.0[&f]))))
            .section(&code)
            .section(&data)
            .section(&all);
        Ok(module.finish())
    }

    fn tables(&self, whole: &Whole<'_>) -> Result<TableSection, Failure> {
        let mut tables = TableSection::new();
        for (number, table) in whole.tables.iter().enumerate() {
            let table = if number == 0 { &self.table } else { table };
            tables.table(RoundtripReencoder.table_type(*table)?);
        }
        Ok(tables)
    }

    fn exports(&self, whole: &Whole<'_>) -> ExportSection {
        let mut exports = ExportSection::new();
        for (name, kind, index) in &whole.exports {
            exports.export(name, (*kind).into(), *index);
        }
        let shared = |count: usize| (0..).take(count);
        for number in shared(whole.memories.len()) {
            exports.export(&self.name('m', number), ExportKind::Memory, number);
        }
        for number in shared(whole.tables.len()) {
            exports.export(&self.name('t', number), ExportKind::Table, number);
        }
        for number in shared(whole.globals.len()) {
            exports.export(&self.name('g', number), ExportKind::Global, number);
        }
        for (number, function) in self.shared.iter().enumerate() {
            exports.export(&self.name('f', number), ExportKind::Func, *function);
        }
        exports
    }

    /// What the first has of a function of the part: the way to it, or nothing, where nobody asks.
    fn entry(&self, whole: &Whole<'_>, index: u32) -> Function {
        let mut function = Function::new([]);
        match self.entries.get(&index) {
            Some(slot) => {
                if let Some((bring, number)) = self.bring {
                    function.instruction(&Instruction::I32Const(slot.cast_signed()));
                    function.instruction(&Instruction::TableGet(0));
                    function.instruction(&Instruction::RefIsNull);
                    function.instruction(&Instruction::If(BlockType::Empty));
                    function.instruction(&Instruction::I32Const(number));
                    function.instruction(&Instruction::Call(bring));
                    function.instruction(&Instruction::End);
                }
                let ty = whole.functions[index as usize];
                for parameter in (0..).take(whole.parameters[ty as usize]) {
                    function.instruction(&Instruction::LocalGet(parameter));
                }
                function.instruction(&Instruction::I32Const(slot.cast_signed()));
                function.instruction(&Instruction::CallIndirect { type_index: ty, table_index: 0 });
            }
            None => {
                function.instruction(&Instruction::Unreachable);
            }
        }
        function.instruction(&Instruction::End);
        function
    }
}

/// Notes which functions are named.
#[derive(Default)]
struct Called(BTreeSet<u32>);

impl Reencode for Called {
    type Error = std::convert::Infallible;

    fn function_index(
        &mut self,
        function: u32,
    ) -> Result<u32, wasm_encoder::reencode::Error<Self::Error>> {
        self.0.insert(function);
        Ok(function)
    }
}

/// Gives functions their numbers in the part.
struct Renumber(BTreeMap<u32, u32>);

impl Reencode for Renumber {
    type Error = std::convert::Infallible;

    fn function_index(
        &mut self,
        function: u32,
    ) -> Result<u32, wasm_encoder::reencode::Error<Self::Error>> {
        Ok(self.0[&function])
    }
}

fn offset(expression: &wasmparser::ConstExpr<'_>) -> Result<u32, Failure> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        _ => Err("an offset that is no constant".into()),
    }
}

/// Segments of neighbouring slots.
fn elements(slots: impl IntoIterator<Item = (u32, u32)>) -> ElementSection {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, function) in slots {
        match runs.last_mut() {
            Some((first, run)) if *first as usize + run.len() == slot as usize => {
                run.push(function);
            }
            _ => runs.push((slot, vec![function])),
        }
    }
    let mut section = ElementSection::new();
    for (first, run) in runs {
        let at = ConstExpr::i32_const(first.cast_signed());
        section.active(None, &at, Elements::Functions(run.into()));
    }
    section
}

/// The bytes with zeros where the part has its own.
fn blanked(address: u32, bytes: &[u8], holes: &[Range<u32>]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let end = address as usize + bytes.len();
    for hole in holes {
        let (start, stop) = (hole.start as usize, (hole.end as usize).min(end));
        if start >= address as usize && start < stop {
            bytes[start - address as usize..stop - address as usize].fill(0);
        }
    }
    bytes
}

/// Ranges so near to each other that a segment of its own would weigh more, as one. What is between
/// them is constant as well.
fn joined(ranges: &[Range<u32>]) -> Vec<Range<u32>> {
    const NEAR: u32 = 8;
    let mut joined: Vec<Range<u32>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start - last.end < NEAR => last.end = range.end,
            _ => joined.push(range.clone()),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        GlobalSection, GlobalType, MemorySection, RefType, TypeSection, ValType as Value,
    };

    use super::*;

    /// `shared` returns 1; `room` calls it. The lab's export is the one, the room's the other.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([Value::I32], [Value::I32]);
        let mut functions = FunctionSection::new();
        functions.function(0).function(0);
        let mut tables = TableSection::new();
        tables.table(wasm_encoder::TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1,
            maximum: Some(1),
            shared: false,
        });
        let mut memories = MemorySection::new();
        memories.memory(wasm_encoder::MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        let stack = GlobalType { val_type: Value::I32, mutable: true, shared: false };
        globals.global(stack, &ConstExpr::i32_const(64));
        let mut exports = ExportSection::new();
        exports.export("lab", ExportKind::Func, 0).export("room", ExportKind::Func, 1);
        let mut shared = Function::new([]);
        shared.instruction(&Instruction::I32Const(1)).instruction(&Instruction::End);
        let mut room = Function::new([]);
        room.instruction(&Instruction::LocalGet(0)).instruction(&Instruction::Call(0));
        room.instruction(&Instruction::End);
        let mut code = CodeSection::new();
        code.function(&shared).function(&room);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(8), *b"labroomlab");
        let mut names = NameSection::new();
        let mut of_functions = NameMap::new();
        of_functions.append(0, "shared");
        of_functions.append(1, "room");
        names.functions(&of_functions);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&tables).section(&memories);
        module.section(&globals).section(&exports).section(&elements([(0, 0)]));
        module.section(&code).section(&data).section(&names);
        module.finish()
    }

    #[test]
    fn the_part_fills_a_slot_that_the_first_jumps_through() {
        let part =
            Part { functions: ["room".to_owned()].into(), data: std::iter::once(11..15).collect() };
        let (first, part) = cut(&module(), &part, "r", None).expect("a module that can be cut");
        let whole = Whole::read(&first).expect("a module");
        assert_eq!(whole.tables[0].initial, 2);
        assert_eq!(whole.slots, BTreeMap::from([(0, 0)]));
        assert_eq!(whole.data, [(8, &b"lab\0\0\0\0lab"[..])]);
        let exports: Vec<_> = whole.exports.iter().map(|(name, ..)| *name).collect();
        assert_eq!(exports, ["lab", "room", "rm0", "rt0", "rg0", "rf0"]);
        let mut entry = whole.bodies[1].get_operators_reader().expect("operators");
        assert!(matches!(entry.read(), Ok(Operator::LocalGet { local_index: 0 })));
        assert!(matches!(entry.read(), Ok(Operator::I32Const { value: 1 })));
        assert!(matches!(entry.read(), Ok(Operator::CallIndirect { .. })));
        let mut imports = Vec::new();
        for payload in Parser::new(0).parse_all(&part) {
            match payload.expect("a module") {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.expect("an import");
                        if let TypeRef::Table(table) = import.ty {
                            assert_eq!(table.maximum, None, "other parts may add to it");
                        }
                        imports.push(import.name.to_owned());
                    }
                }
                Payload::ElementSection(section) => {
                    let element = section.into_iter().next().expect("one").expect("elements");
                    let ElementKind::Active { offset_expr, .. } = element.kind else { panic!() };
                    assert_eq!(offset(&offset_expr).expect("a constant"), 1);
                }
                Payload::CodeSectionEntry(body) => {
                    let mut body = body.get_operators_reader().expect("operators");
                    assert!(matches!(body.read(), Ok(Operator::LocalGet { .. })));
                    assert!(matches!(body.read(), Ok(Operator::Call { function_index: 0 })));
                }
                Payload::DataSection(section) => {
                    let data = section.into_iter().next().expect("one").expect("a segment");
                    assert_eq!(data.data, b"room");
                }
                _ => {}
            }
        }
        assert_eq!(imports, ["rm0", "rt0", "rg0", "rf0"]);
    }

    #[test]
    fn a_part_on_demand_is_brought_when_its_slot_is_empty() {
        let part = Part { functions: ["shared".to_owned()].into(), data: Vec::new() };
        let on_demand = OnDemand { bring: "room", number: 3 };
        let (first, _) = cut(&module(), &part, "l", Some(on_demand)).expect("a module");
        let whole = Whole::read(&first).expect("a module");
        assert_eq!(whole.tables[0].initial, 2);
        assert_eq!(whole.slots, BTreeMap::from([(0, 0)]), "its address leads to the entry");
        let mut entry = whole.bodies[0].get_operators_reader().expect("operators");
        let mut next = || entry.read().expect("an operator");
        assert!(matches!(next(), Operator::I32Const { value: 1 }));
        assert!(matches!(next(), Operator::TableGet { table: 0 }));
        assert!(matches!(next(), Operator::RefIsNull));
        assert!(matches!(next(), Operator::If { .. }));
        assert!(matches!(next(), Operator::I32Const { value: 3 }));
        assert!(matches!(next(), Operator::Call { function_index: 1 }));
        assert!(matches!(next(), Operator::End));
        assert!(matches!(next(), Operator::LocalGet { local_index: 0 }));
        let on_demand = OnDemand { bring: "nobody", number: 0 };
        assert!(cut(&module(), &part, "l", Some(on_demand)).is_err());
    }

    #[test]
    fn a_part_that_is_not_there_is_refused() {
        let part = Part { functions: ["else".to_owned()].into(), data: Vec::new() };
        assert!(cut(&module(), &part, "r", None).is_err());
    }

    #[test]
    fn constants_are_cut_to_the_byte_and_near_ones_kept_together() {
        let holes: Vec<Range<u32>> = [9..10, 13..99].into();
        assert_eq!(blanked(8, b"abcdef", &holes), b"a\0cde\0");
        assert_eq!(joined(&[0..4, 6..8, 20..21]), [0..8, 20..21]);
    }
}
