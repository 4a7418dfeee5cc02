//! `cargo xtask demo`: from a fresh clone to the living page.

use crate::process::{on_path, program, root, succeeds};
use crate::serve::{Policy, Server};
use crate::wasm::{self, Flavor};
use crate::{Failure, Outcome, npm, page};

const HELP: &str = "\
Builds the demo page and serves it on this machine until Ctrl-C.

USAGE: cargo xtask demo [--port N] [--release | --fast] [--no-open]

  --port N    the port on 127.0.0.1 (default 8080, or any free one when that is taken)
  --fast      optimized code without the slow link (default)
  --release   what is published: fat link-time optimization and wasm-opt
  --no-open   do not open a browser";

const PORT: u16 = 8080;

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut port, mut flavor, mut open) = (None, Flavor::Fast, true);
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("port") => port = Some(crate::number(&mut args)?),
            lexopt::Arg::Long("release") => flavor = Flavor::Release,
            lexopt::Arg::Long("fast") => flavor = Flavor::Fast,
            lexopt::Arg::Long("no-open") => open = false,
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    npm::ensure_packages()?;
    wasm::build_library(flavor)?;
    page::build_page()?;
    let server = match port {
        Some(port) => Server::bind(port)?,
        None => Server::bind(PORT).or_else(|_| Server::bind(0))?,
    };
    let address = server.address();
    println!("Streamglass is at {address} (Ctrl-C stops it)");
    if open {
        open_browser(&address);
    }
    server.files(root().join("dist")).policy(Policy::Page).run()
}

/// Asks the desktop to show `address`; a machine without one is no failure, the address is printed.
fn open_browser(address: &str) {
    let desktop = cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if !desktop {
        return;
    }
    if cfg!(windows) {
        succeeds(&mut program("cmd", ["/C", "start", "", address]));
    } else if let Some(opener) = on_path(&["xdg-open", "open"]) {
        succeeds(&mut program(opener, [address]));
    }
}
