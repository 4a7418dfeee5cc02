//! ksqlDB's SQL, from text to an abstract syntax tree and back, and on to the plan of a query.
//!
//! [`lexer`] cuts text into tokens, [`parser`] builds the [`ast`], [`printer`] writes it as text
//! again, and [`variables`] puts values in the place of `${name}`. What is wrong is told by
//! [`diagnostic`]s with [`span`]s; nothing here panics or recurses without a limit, whatever the
//! text. [`analyzer`] resolves names and types against a [`catalog`] and ends in a
//! [`crate::plan::Pipeline`]; [`workspace`] takes one statement after another. Nothing runs here.
//!
//! ```
//! let (statements, diagnostics) =
//!     streamglass::sql::parse("SELECT page, COUNT(*) FROM clicks GROUP BY page EMIT CHANGES;");
//! assert!(diagnostics.is_empty());
//! assert_eq!(
//!     statements[0].to_string(),
//!     "SELECT page, COUNT(*)\nFROM clicks\nGROUP BY page\nEMIT CHANGES"
//! );
//! ```

pub mod analyzer;
pub mod ast;
pub mod catalog;
pub mod diagnostic;
pub mod lexer;
pub mod parser;
pub mod pieces;
pub mod printer;
pub mod settings;
pub mod span;
pub mod spelling;
pub mod token;
pub mod variables;
pub mod workspace;

pub use parser::{Reader, parse, parse_with};
pub use printer::format;
