//! Answers as text: tables, or JSON a line.

use std::io::{self, Write};

use streamglass::function::time_format::write_iso;
use streamglass::session::{Answer, List, Outcome, PlanNode, PushRows, ResultColumn};
use streamglass::sql::diagnostic::Diagnostic;
use streamglass::time::Timestamp;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Shape;

/// The widest that a column of a push query begins with.
const PUSH_WIDTH: usize = 16;
/// The narrowest that a column is cut to.
const NARROWEST: usize = 8;

/// Writes answers.
pub struct Show<W> {
    /// Where to.
    pub out: W,
    shape: Shape,
    /// Columns of the terminal; `None` where nothing is cut.
    width: Option<usize>,
    /// The columns of the push query that is followed, with their widths.
    push: (Vec<ResultColumn>, Vec<usize>),
}

/// Text for a terminal: what would move its cursor or change its colours is escaped.
fn safe(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

/// The text of a cell that is JSON.
fn cell(json: &str) -> String {
    match serde_json::from_str::<String>(json) {
        Ok(text) => safe(&text),
        Err(_) => safe(json),
    }
}

/// `text` in exactly `width` columns.
fn fit(text: &str, width: usize, is_cut: bool) -> String {
    let own = text.width();
    if own <= width || !is_cut {
        return format!("{text}{}", " ".repeat(width.saturating_sub(own)));
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let next = c.width().unwrap_or(0);
        if used + next + 1 > width {
            break;
        }
        used += next;
        out.push(c);
    }
    out.push('…');
    out.push_str(&" ".repeat(width.saturating_sub(used + 1)));
    out
}

/// Widths that fit into the terminal: the widest columns give way.
fn narrowed(mut widths: Vec<usize>, room: Option<usize>) -> Vec<usize> {
    let Some(room) = room else { return widths };
    let room = room.saturating_sub(3 * widths.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > NARROWEST) else {
            break;
        };
        *widest -= 1;
    }
    widths
}

impl<W: Write> Show<W> {
    /// A writer; `width` is that of the terminal, if it is one.
    pub const fn new(out: W, shape: Shape, width: Option<usize>) -> Self {
        Self { out, shape, width, push: (Vec::new(), Vec::new()) }
    }

    fn row(&mut self, cells: &[String], widths: &[usize]) -> io::Result<()> {
        let is_cut = self.width.is_some();
        let fitted: Vec<String> =
            cells.iter().zip(widths).map(|(text, width)| fit(text, *width, is_cut)).collect();
        writeln!(self.out, "{}", fitted.join(" │ ").trim_end())
    }

    fn head(&mut self, names: &[String], widths: &[usize]) -> io::Result<()> {
        self.row(names, widths)?;
        let lines: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        writeln!(self.out, "{}", lines.join("─┼─"))
    }

    fn table(&mut self, names: &[String], rows: &[Vec<String>]) -> io::Result<()> {
        let mut widths: Vec<usize> = names.iter().map(|name| name.width()).collect();
        for row in rows {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = text.width().max(*width);
            }
        }
        let widths = narrowed(widths, self.width);
        if names.iter().any(|name| !name.is_empty()) {
            self.head(names, &widths)?;
        }
        rows.iter().try_for_each(|row| self.row(row, &widths))
    }

    /// An object of JSON: names, and cells that are JSON.
    fn object<'a>(&mut self, cells: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<()> {
        let member = |(name, json): (&str, &str)| format!("{}:{json}", serde_json::json!(name));
        let members: Vec<String> = cells.map(member).collect();
        writeln!(self.out, "{{{}}}", members.join(","))
    }

    /// Something said, as a line.
    pub fn message(&mut self, text: &str) -> io::Result<()> {
        match self.shape {
            Shape::Table => writeln!(self.out, "{}", safe(text)),
            Shape::Json => writeln!(self.out, "{}", serde_json::json!({ "message": text })),
        }
    }

    /// Something said, of several lines.
    pub fn message_lines(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|line| self.message(line))
    }

    fn list(&mut self, list: &List) -> io::Result<()> {
        if self.shape == Shape::Json {
            for row in &list.rows {
                let cells: Vec<String> =
                    row.iter().map(|text| serde_json::json!(text).to_string()).collect();
                let names = list.columns.iter().map(String::as_str);
                self.object(names.zip(cells.iter().map(String::as_str)))?;
            }
            return Ok(());
        }
        writeln!(self.out, "{}", safe(&list.title))?;
        if list.rows.is_empty() {
            return writeln!(self.out, "(none)");
        }
        let rows: Vec<Vec<String>> =
            list.rows.iter().map(|row| row.iter().map(|text| safe(text)).collect()).collect();
        self.table(&list.columns, &rows)
    }

    fn plan(&mut self, nodes: &[PlanNode]) -> io::Result<()> {
        for (index, node) in nodes.iter().enumerate() {
            let inputs: Vec<String> = node.inputs.iter().map(|input| format!("#{input}")).collect();
            let from = if inputs.is_empty() {
                String::new()
            } else {
                format!(" ← {}", inputs.join(", "))
            };
            writeln!(self.out, "#{index} {}  {}{from}", safe(&node.operation), safe(&node.name))?;
            for detail in &node.details {
                writeln!(self.out, "     {}", safe(detail))?;
            }
        }
        Ok(())
    }

    /// What a statement led to; `text` is what was carried out and `file` where it is from.
    /// Diagnostics go to `refused`.
    pub fn answer(
        &mut self,
        answer: &Answer,
        refused: &mut dyn FnMut(&[Diagnostic]),
    ) -> io::Result<()> {
        match &answer.outcome {
            Outcome::Done { message } => self.message(message),
            Outcome::Started { query } => self.message(&format!("query {query} is running")),
            Outcome::Lists { lists } => {
                for (index, list) in lists.iter().enumerate() {
                    if index > 0 && self.shape == Shape::Table {
                        writeln!(self.out)?;
                    }
                    self.list(list)?;
                }
                Ok(())
            }
            Outcome::Push { columns, .. } => self.follow(columns),
            Outcome::Rows { columns, rows, notes } => {
                match self.shape {
                    Shape::Table => {
                        let names: Vec<String> = columns.iter().map(|c| safe(&c.name)).collect();
                        let cells: Vec<Vec<String>> = rows
                            .iter()
                            .map(|row| row.iter().map(|json| cell(json)).collect())
                            .collect();
                        self.table(&names, &cells)?;
                        let s = if rows.len() == 1 { "" } else { "s" };
                        writeln!(self.out, "({} row{s})", rows.len())?;
                    }
                    Shape::Json => {
                        for row in rows {
                            let names = columns.iter().map(|column| column.name.as_str());
                            self.object(names.zip(row.iter().map(String::as_str)))?;
                        }
                    }
                }
                notes.iter().try_for_each(|note| self.message(&format!("note: {note}")))
            }
            Outcome::Plan { nodes } => self.plan(nodes),
            Outcome::Refused { diagnostics } => {
                refused(diagnostics);
                Ok(())
            }
        }
    }

    /// Rows of these columns follow.
    fn follow(&mut self, columns: &[ResultColumn]) -> io::Result<()> {
        let names: Vec<String> = columns.iter().map(|column| safe(&column.name)).collect();
        let mut widths: Vec<usize> =
            names.iter().map(|name| name.width().max(PUSH_WIDTH)).collect();
        if let (Some(room), Some(last)) = (self.width, widths.len().checked_sub(1)) {
            // What is over goes to the last column: that of PRINT is the record.
            let used = widths.iter().sum::<usize>() + 3 * last;
            widths[last] += room.saturating_sub(used);
        }
        let widths = narrowed(widths, self.width);
        if self.shape == Shape::Table {
            self.head(&names, &widths)?;
        }
        self.push = (columns.to_vec(), widths);
        Ok(())
    }

    /// Rows of the push query that is followed.
    pub fn pushed(&mut self, pushed: &PushRows) -> io::Result<()> {
        let (columns, widths) = std::mem::take(&mut self.push);
        for row in &pushed.rows {
            match self.shape {
                Shape::Table => {
                    let cells: Vec<String> = row.iter().map(|json| cell(json)).collect();
                    self.row(&cells, &widths)?;
                }
                Shape::Json => {
                    let names = columns.iter().map(|column| column.name.as_str());
                    self.object(names.zip(row.iter().map(String::as_str)))?;
                }
            }
        }
        self.push = (columns, widths);
        if pushed.dropped > 0 {
            self.message(&format!("note: {} rows were not shown: too many came", pushed.dropped))?;
        }
        match &pushed.failure {
            Some(why) => self.message(&format!("the query stopped: {why}")),
            None => Ok(()),
        }
    }
}

/// A point of virtual time as a date.
pub fn date(time: Timestamp) -> String {
    let mut text = String::new();
    write_iso(time.0, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_fit() {
        assert_eq!(fit("abc", 5, true), "abc  ");
        assert_eq!(fit("abcdef", 4, true), "abc…");
        assert_eq!(fit("日本語", 4, true), "日… ");
        assert_eq!(fit("abcdef", 4, false), "abcdef");
    }

    #[test]
    fn wide_columns_give_way() {
        assert_eq!(narrowed(vec![10, 100], Some(53)), [10, 40]);
        assert_eq!(narrowed(vec![10, 100], None), [10, 100]);
        assert_eq!(narrowed(vec![8, 8], Some(4)), [8, 8]);
    }

    #[test]
    fn nothing_of_a_record_moves_the_cursor() {
        assert_eq!(cell(r#""a\u001b[2Jb\nc""#), r"a\u{1b}[2Jb\nc");
        assert_eq!(cell("12"), "12");
    }
}
