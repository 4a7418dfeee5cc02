//! Diagnostics as text for a terminal: the message, the line, and carets under the place.
//!
//! Colour is the shell's business: [`render`] calls a painter for each part, and [`plain`] paints
//! nothing.

use std::fmt::Write;

use super::{Diagnostic, Label, Severity};
use crate::sql::span::{Lines, Span};

/// Carets under more than this many characters say nothing more.
const MAX_WIDTH: usize = 120;

/// What a part of the rendered text is, for a painter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `error[SG-0101]` or `warning[SG-0101]`.
    Head(Severity),
    /// The message behind it.
    Message,
    /// File, line, column, and the frame around the quoted text.
    Frame,
    /// The quoted line.
    Source,
    /// The carets and what is said of the main place.
    Primary(Severity),
    /// The dashes and what is said of another place.
    Secondary,
    /// The advice.
    Help,
}

/// `diagnostic` on `text`, which came from `file`, without colours. Ends in a line break.
#[must_use]
pub fn plain(diagnostic: &Diagnostic, file: &str, text: &str) -> String {
    render(diagnostic, file, text, &|_, part| part.to_owned())
}

/// As [`plain`], each part passed through `paint`.
#[must_use]
pub fn render(
    diagnostic: &Diagnostic,
    file: &str,
    text: &str,
    paint: &dyn Fn(Part, &str) -> String,
) -> String {
    let lines = Lines::new(text);
    let place = lines.locate(diagnostic.span.start);
    let deepest = diagnostic.labels.iter().map(|label| lines.locate(label.span.start).line);
    let gutter = deepest.chain([place.line]).max().unwrap_or(1).to_string().len();
    let mut out = Output { lines: &lines, gutter, paint, text: String::new() };

    let head = format!("{}[{}]", diagnostic.severity, diagnostic.code);
    let message = format!(": {}", diagnostic.message);
    out.part(Part::Head(diagnostic.severity), &head);
    out.part(Part::Message, &message);
    out.text.push('\n');
    let arrow = format!("{:gutter$}--> {file}:{}:{}", "", place.line, place.column);
    out.part(Part::Frame, &arrow);
    out.text.push('\n');

    out.frame("", " |");
    out.text.push('\n');
    let primary = Label { span: diagnostic.span, message: String::new() };
    let mut marks: Vec<(&Label, bool)> = vec![(&primary, true)];
    marks.extend(diagnostic.labels.iter().map(|label| (label, false)));
    marks.sort_by_key(|(label, _)| lines.locate(label.span.start).line);
    let mut shown = 0;
    for (label, is_primary) in marks {
        let line = lines.locate(label.span.start).line;
        if line != shown {
            out.source(line);
            shown = line;
        }
        out.mark(label, is_primary.then_some(diagnostic.severity));
    }
    if let Some(help) = &diagnostic.help {
        out.frame("", " = ");
        out.part(Part::Help, &format!("help: {help}"));
        out.text.push('\n');
    }
    out.text
}

struct Output<'a> {
    lines: &'a Lines<'a>,
    gutter: usize,
    paint: &'a dyn Fn(Part, &str) -> String,
    text: String,
}

impl Output<'_> {
    fn part(&mut self, part: Part, text: &str) {
        self.text.push_str(&(self.paint)(part, text));
    }

    fn frame(&mut self, number: &str, mark: &str) {
        let frame = format!("{number:>width$}{mark}", width = self.gutter);
        self.part(Part::Frame, &frame);
    }

    fn source(&mut self, line: u32) {
        let (source, _) = self.lines.line(line);
        self.frame(&line.to_string(), " |");
        if !source.is_empty() {
            // A tab has no width of its own; the carets below count it as one column.
            let source = format!(" {}", source.replace('\t', " "));
            self.part(Part::Source, &source);
        }
        self.text.push('\n');
    }

    fn mark(&mut self, label: &Label, primary: Option<Severity>) {
        let place = self.lines.locate(label.span.start);
        let (source, offset) = self.lines.line(place.line);
        let end = label.span.end.min(offset + source.len() as u32);
        let width = Span::new(label.span.start, end.max(label.span.start));
        let width = width_of(width, source, offset).clamp(1, MAX_WIDTH);
        self.frame("", " | ");
        let indent = place.column as usize - 1;
        let _ = write!(self.text, "{:indent$}", "");
        let sign = if primary.is_some() { "^" } else { "-" };
        let mut marks = sign.repeat(width);
        if !label.message.is_empty() {
            let _ = write!(marks, " {}", label.message);
        }
        self.part(primary.map_or(Part::Secondary, Part::Primary), &marks);
        self.text.push('\n');
    }
}

fn width_of(span: Span, source: &str, offset: u32) -> usize {
    Span::new(span.start.saturating_sub(offset), span.end.saturating_sub(offset))
        .of(source)
        .chars()
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::diagnostic::Code;

    #[test]
    fn shows_the_line_with_carets_labels_and_help() {
        let text = "SELECT ä,\n\tcontenId\nFROM CLICKS;\n";
        let diagnostic =
            Diagnostic::error(Code(201), "no column `CONTENID` in `CLICKS`", Span::new(12, 20))
                .with_label(Span::new(26, 32), "this stream")
                .with_help("did you mean `contentId`?");
        let expected = "\
error[SG-0201]: no column `CONTENID` in `CLICKS`
 --> a.sql:2:2
  |
2 |  contenId
  |  ^^^^^^^^
3 | FROM CLICKS;
  |      ------ this stream
  = help: did you mean `contentId`?
";
        assert_eq!(plain(&diagnostic, "a.sql", text), expected);
    }

    #[test]
    fn the_end_of_the_text_and_foreign_spans_have_a_place() {
        let at_end = Diagnostic::warning(Code(106), "no `;`", Span::new(5, 5));
        assert_eq!(
            plain(&at_end, "a", "ab cd"),
            "warning[SG-0106]: no `;`\n --> a:1:6\n  |\n1 | ab cd\n  |      ^\n"
        );
        let foreign = Diagnostic::error(Code(101), "x", Span::new(70, 80));
        assert!(plain(&foreign, "a", "ü").contains("a:1:2"));
    }

    #[test]
    fn a_painter_sees_every_part() {
        let diagnostic = Diagnostic::error(Code(101), "x", Span::new(0, 1)).with_help("y");
        let painted = render(&diagnostic, "a", "b", &|part, text| match part {
            Part::Head(Severity::Error) => format!("<{text}>"),
            Part::Help => format!("[{text}]"),
            _ => text.to_owned(),
        });
        assert!(painted.starts_with("<error[SG-0101]>: x\n"));
        assert!(painted.ends_with("[help: y]\n"));
    }
}
