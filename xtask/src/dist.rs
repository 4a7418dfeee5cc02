//! `cargo xtask dist`: the build that is published, and what it weighs.

mod crates;

use serde_json::Value;

use crate::process::{cache, output, root};
use crate::serve::{Policy, Server};
use crate::wasm::{self, Flavor};
use crate::{Failure, Outcome, browser, npm, page};

const HELP: &str = "\
Builds dist/ (the demo page) and pkg/dist/ (the npm package) for publishing, compresses them, opens
the page in a browser and prints what it loads. Fails when the first room, another room or the SQL
editor is over its budget.

USAGE: cargo xtask dist [--budget KB] [--no-build]

  --budget KB  the most that may be loaded by the first room, brotli, KB of 1024 bytes
               (default 650)
  --no-build   weigh what was built before";

const BUDGET_KB: u64 = 650;
/// The most that the chunk of the SQL editor may be, brotli, KB: it comes on first use.
const EDITOR_KB: u64 = 120;
/// The most that another room may add to the first, brotli, KB, by the room's name.
const ROOMS_KB: [(&str, u64); 2] = [("architectures", 75), ("connect", 75)];
/// What the name of the editor's chunk begins with.
const EDITOR: &str = "workbench-";

/// One file of the page.
struct Weight {
    file: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// One answer that the browser received.
struct Received {
    file: String,
    body: u64,
    headers: u64,
    /// The room that asked: see `xtask/scripts/network.mjs`.
    room: String,
}

impl Received {
    /// Whether the first room asks for it, when it begins or while it plays by itself.
    fn is_early(&self) -> bool {
        self.room.is_empty()
    }
}

/// What the browser saw.
struct Visit {
    ready_ms: u64,
    /// The rooms that the page has, of those with a budget.
    rooms: Vec<String>,
    received: Vec<Received>,
}

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut budget, mut build) = (BUDGET_KB, true);
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("budget") => budget = crate::number(&mut args)?,
            lexopt::Arg::Long("no-build") => build = false,
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    if build {
        wasm::build_library(Flavor::Release)?;
        page::build_page()?;
        page::build_element()?;
    }
    let weights = compress()?;
    let visit = load()?;
    let (page, element): (Vec<_>, Vec<_>) =
        weights.into_iter().partition(|(folder, _)| folder == "dist");
    let (loaded, later): (Vec<_>, Vec<_>) =
        page.into_iter().map(|(_, weight)| weight).partition(|weight| {
            visit.received.iter().any(|answer| answer.file == weight.file && answer.is_early())
        });
    print_files("loaded by the first room", &loaded);
    print_parts(&loaded);
    print_files("loaded later, on first use", &later);
    print_files("npm package", &element.into_iter().map(|(_, weight)| weight).collect::<Vec<_>>());
    crates::print(&cache().join("streamglass-named.wasm"))?;
    // All are printed before any fails.
    let verdicts =
        [judge_editor(&later), judge_rooms(&later, &visit), judge(&loaded, &visit, budget * 1024)];
    verdicts.into_iter().collect()
}

fn compress() -> Outcome<Vec<(String, Weight)>> {
    let text = output(npm::script("compress.mjs")?.args(["dist", "pkg/dist"]))?;
    let rows: Vec<Value> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    rows.iter()
        .map(|row| {
            let weight = Weight {
                file: word(row, "file")?,
                raw: count(row, "raw")?,
                gzip: count(row, "gzip")?,
                brotli: count(row, "brotli")?,
            };
            Ok((word(row, "folder")?, weight))
        })
        .collect()
}

/// Opens the page and its rooms.
fn load() -> Outcome<Visit> {
    let address = Server::bind(0)?.files(root().join("dist")).policy(Policy::Page).in_background();
    let mut script = npm::script("network.mjs")?;
    script.arg(address).args(ROOMS_KB.map(|(room, _)| room));
    let text = output(script.env("CHROME", browser::ensure()?))?;
    let log: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let requests = log["requests"].as_array().ok_or("a network log without requests")?;
    let received = requests.iter().map(|row| {
        Ok(Received {
            file: word(row, "file")?,
            body: count(row, "body")?,
            headers: count(row, "headers")?,
            room: word(row, "room")?,
        })
    });
    let rooms = log["rooms"].as_array().ok_or("a network log without rooms")?;
    let rooms = rooms.iter().filter_map(|room| room.as_str().map(ToOwned::to_owned)).collect();
    let ready_ms = count(&log, "ready_ms")?;
    Ok(Visit { ready_ms, rooms, received: received.collect::<Outcome<_>>()? })
}

fn word(row: &Value, name: &str) -> Outcome<String> {
    row[name].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("no `{name}` in {row}").into())
}

fn count(row: &Value, name: &str) -> Outcome<u64> {
    row[name].as_u64().ok_or_else(|| format!("no `{name}` in {row}").into())
}

fn print_header(title: &str) {
    println!("\n{title:44} {:>10} {:>10} {:>10}", "raw", "gzip", "brotli");
}

fn print_row(name: &str, weights: &[&Weight]) {
    let sum = |part: fn(&Weight) -> u64| weights.iter().map(|weight| part(weight)).sum::<u64>();
    println!("  {name:42} {:10} {:10} {:10}", sum(|w| w.raw), sum(|w| w.gzip), sum(|w| w.brotli));
}

fn print_files(title: &str, weights: &[Weight]) {
    if weights.is_empty() {
        return;
    }
    print_header(title);
    weights.iter().for_each(|weight| print_row(&weight.file, &[weight]));
}

fn print_parts(weights: &[Weight]) {
    print_header("by part, bytes");
    for name in ["HTML and CSS", "page JavaScript", "worker JavaScript", "WebAssembly", "other"] {
        let of_part: Vec<_> = weights.iter().filter(|weight| part(&weight.file) == name).collect();
        if !of_part.is_empty() {
            print_row(name, &of_part);
        }
    }
    print_row("all", &weights.iter().collect::<Vec<_>>());
}

fn part(file: &str) -> &'static str {
    let name = file.rsplit('/').next().unwrap_or(file);
    match name.rsplit('.').next() {
        Some("html" | "css") => "HTML and CSS",
        Some("wasm") => "WebAssembly",
        Some("js") if name.starts_with("worker-") => "worker JavaScript",
        Some("js") => "page JavaScript",
        _ => "other",
    }
}

/// Compares the chunk of the SQL editor with its budget. It must be a chunk of its own.
fn judge_editor(later: &[Weight]) -> Outcome {
    let is_editor = |weight: &&Weight| {
        weight.file.rsplit('/').next().is_some_and(|name| name.starts_with(EDITOR))
    };
    let Some(editor) = later.iter().find(is_editor) else {
        return Err("the SQL editor is no chunk that comes later".into());
    };
    println!("\nSQL editor                {:10} bytes of {}", editor.brotli, EDITOR_KB * 1024);
    if editor.brotli > EDITOR_KB * 1024 {
        return Err(format!("the SQL editor has {} bytes", editor.brotli).into());
    }
    Ok(())
}

/// Compares what each room adds with its budget: the files that only it asked for.
fn judge_rooms(later: &[Weight], visit: &Visit) -> Outcome {
    let mut over = Vec::new();
    for (room, kb) in ROOMS_KB.iter().filter(|(room, _)| visit.rooms.iter().any(|r| r == room)) {
        let asked = |weight: &&Weight| {
            visit.received.iter().any(|answer| answer.file == weight.file && answer.room == *room)
        };
        let files: Vec<_> = later.iter().filter(asked).collect();
        if files.is_empty() {
            return Err(format!("the room `{room}` is no chunk that comes later").into());
        }
        let (sum, budget) = (files.iter().map(|weight| weight.brotli).sum::<u64>(), kb * 1024);
        println!("the room {room:16} {sum:10} bytes of {budget}");
        for weight in &files {
            println!("    {:42} {:10}", weight.file, weight.brotli);
        }
        if sum > budget {
            over.push(format!("the room `{room}` is over budget by {} bytes", sum - budget));
        }
    }
    if over.is_empty() { Ok(()) } else { Err(over.join("; ").into()) }
}

/// Compares what the files weigh with what the browser says it received, and both with the budget.
fn judge(loaded: &[Weight], visit: &Visit, budget: u64) -> Outcome {
    let early = || visit.received.iter().filter(|answer| answer.is_early());
    let (sum, wire) = (
        loaded.iter().map(|weight| weight.brotli).sum::<u64>(),
        early().map(|answer| answer.body).sum::<u64>(),
    );
    let (answers, headers) = (early().count(), early().map(|answer| answer.headers).sum::<u64>());
    println!("\nfirst room ready after {} ms", visit.ready_ms);
    println!("sum of the brotli files   {sum:10} bytes");
    println!(
        "Chromium's network log    {wire:10} bytes in {answers} answers (and {headers} of headers)"
    );
    println!("budget                    {budget:10} bytes");
    let unknown: Vec<_> = early()
        .filter(|answer| !loaded.iter().any(|weight| weight.file == answer.file))
        .map(|answer| answer.file.as_str())
        .collect();
    if !unknown.is_empty() {
        return Err(format!("the page loads what is not in dist/: {}", unknown.join(", ")).into());
    }
    // The log counts each file once for each request: more means that something is fetched twice.
    if wire.abs_diff(sum) * 100 > sum {
        return Err("the files and the network log differ by more than 1 %".into());
    }
    let most = sum.max(wire);
    if most > budget {
        return Err(format!("over budget by {} bytes", most - budget).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(file: &str, brotli: u64) -> Weight {
        Weight { file: file.to_owned(), raw: brotli * 3, gzip: brotli * 2, brotli }
    }

    fn received(file: &str, body: u64, room: &str) -> Received {
        Received { file: file.to_owned(), body, headers: 100, room: room.to_owned() }
    }

    fn visit(received: impl Into<Vec<Received>>) -> Visit {
        let rooms = vec!["architectures".to_owned()];
        Visit { ready_ms: 1, rooms, received: received.into() }
    }

    #[test]
    fn the_budget_holds_for_what_the_first_room_asks_for() {
        let loaded = [weight("a.js", 600), weight("b.wasm", 300)];
        let log = visit([
            received("a.js", 600, ""),
            received("b.wasm", 300, ""),
            received("c.js", 500, "connect"),
        ]);
        assert!(judge(&loaded, &log, 900).is_ok());
        assert!(judge(&loaded, &log, 899).is_err());
    }

    #[test]
    fn a_room_adds_what_only_it_asks_for() {
        let (_, kb) = ROOMS_KB[0];
        let later = |more| [weight("room.js", 1024), weight("part.wasm", (kb - 1) * 1024 + more)];
        let log = visit([
            received("room.js", 1, "architectures"),
            received("part.wasm", 1, "architectures"),
            received("else.js", 1, "connect"),
        ]);
        assert!(judge_rooms(&later(0), &log).is_ok());
        assert!(judge_rooms(&later(1), &log).is_err());
        // One that loads nothing is part of the first room.
        assert!(judge_rooms(&[weight("else.js", 1)], &log).is_err());
    }

    #[test]
    fn the_editor_is_a_chunk_of_its_own_with_a_budget() {
        let weigh = |file, kb| judge_editor(&[weight(file, kb * 1024)]);
        assert!(weigh("assets/workbench-a.js", EDITOR_KB).is_ok());
        assert!(weigh("assets/workbench-a.js", EDITOR_KB + 1).is_err());
        assert!(weigh("assets/other-a.js", 1).is_err());
    }

    #[test]
    fn a_file_fetched_twice_or_from_nowhere_is_found() {
        let loaded = [weight("a.js", 600)];
        assert!(
            judge(&loaded, &visit([received("a.js", 600, ""), received("a.js", 600, "")]), 9000)
                .is_err()
        );
        let log = visit([received("a.js", 600, ""), received("else.js", 1, "")]);
        assert!(judge(&loaded, &log, 9000).is_err());
    }

    #[test]
    fn a_file_belongs_to_the_part_that_its_name_says() {
        assert_eq!(part("assets/worker-abc.js"), "worker JavaScript");
        assert_eq!(part("assets/index-abc.js"), "page JavaScript");
        assert_eq!(part("assets/streamglass_bg-abc.wasm"), "WebAssembly");
        assert_eq!(part("index.html"), "HTML and CSS");
    }
}
