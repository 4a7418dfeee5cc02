//! `WINDOW …`: its sizes, checked.

use super::Planner;
use crate::sql::ast::{self, Duration, Window, WindowKind};
use crate::sql::diagnostic::Code;
use crate::window::{SessionWindows, TimeWindows, WindowError, WindowSpec};

impl Planner<'_> {
    /// The window and its retention; the outer `None` is that there is none, the inner that it is
    /// wrong.
    pub(super) fn window(&mut self) -> Option<Option<(WindowSpec, Option<i64>)>> {
        let window = self.query.window.as_ref()?;
        Some(self.window_spec(window))
    }

    fn window_spec(&mut self, window: &Window) -> Option<(WindowSpec, Option<i64>)> {
        let grace = match &window.grace {
            Some(grace) => Some(self.millis(grace)?),
            None => None,
        };
        let time = |windows: Result<TimeWindows, WindowError>| {
            let windows = windows?;
            grace.map_or(Ok(windows), |grace| windows.with_grace(grace))
        };
        let spec = match &window.kind {
            WindowKind::Tumbling { size } => {
                time(TimeWindows::tumbling(self.millis(size)?)).map(WindowSpec::Tumbling)
            }
            WindowKind::Hopping { size, advance } => {
                let (size, advance) = (self.millis(size)?, self.millis(advance)?);
                time(TimeWindows::hopping(size, advance)).map(WindowSpec::Hopping)
            }
            WindowKind::Session { gap } => SessionWindows::new(self.millis(gap)?)
                .and_then(|windows| grace.map_or(Ok(windows), |grace| windows.with_grace(grace)))
                .map(WindowSpec::Session),
        };
        let spec = match spec {
            Ok(spec) => spec,
            Err(error) => {
                self.error(Code::WINDOW, error.to_string(), window.span);
                return None;
            }
        };
        let emits_final = self.query.emit == Some(ast::Emit::Final);
        let least = spec.span_ms().saturating_add(spec.grace_ms(emits_final));
        let retention = match &window.retention {
            None => None,
            Some(retention) => {
                let millis = self.millis(retention)?;
                // Without GRACE PERIOD the retention is what there is room for.
                let has_grace = window.grace.is_some();
                if millis < if has_grace { least } else { spec.span_ms() } {
                    let message = format!("RETENTION must be at least size and grace, {least} ms");
                    self.error(Code::WINDOW, message, retention.span);
                    return None;
                }
                Some(millis.max(least))
            }
        };
        Some((spec, retention))
    }

    fn millis(&mut self, duration: &Duration) -> Option<i64> {
        let millis = duration.millis();
        if millis.is_none() {
            self.error(Code::WINDOW, "this is too long", duration.span);
        }
        millis
    }
}
