//! Rules of statements: each with a script that breaks it and the diagnostic that says so.
