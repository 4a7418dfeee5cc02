//! The command line. It parses arguments and does I/O; what it runs is in the library.
//!
//! Exit status: 0 done, 1 input or output failed, 2 the configuration or the input is invalid,
//! 64 the command line is wrong.

#[cfg(not(target_arch = "wasm32"))]
mod cli;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    cli::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
