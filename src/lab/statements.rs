//! A lab's statements of SQL: what carries them out, checks them, and tells what came of them.

use crate::lab::flow::FlowMap;
use crate::lab::log::Change;
use crate::lab::protocol::Event;
use crate::lab::{Lab, pipeline, problem, refused, run};
use crate::session::PushRows;

impl Lab {
    /// Carries out a script. What changes the run enters the log; the rest only looks.
    pub(super) fn execute(&mut self, script: &str) -> Event {
        if self.log.is_full() {
            return refused(vec![problem("", "too many changes: load the run anew")]);
        }
        let answers = self.run.execute(script);
        let mut changes = String::new();
        for answer in answers.iter().filter(|answer| answer.changed) {
            changes.push_str(answer.span.of(script).trim_end().trim_end_matches(';'));
            changes.push_str(";\n");
        }
        if !changes.is_empty() {
            self.changed(Change::Execute { script: changes });
        }
        Event::Answers { answers }
    }

    /// What is wrong with a script, without carrying it out: as statements for the run as it is, or
    /// `anew` as the pipeline of a new run.
    pub(super) fn check(&mut self, script: &str, anew: bool) -> Event {
        let found = if anew {
            // It starts with this configuration, so it can again.
            run::ingestion(&self.config).map(|mut session| session.diagnose(script))
        } else {
            Ok(self.run.session_mut().diagnose(script))
        };
        match found {
            Ok((statements, diagnostics)) => Event::Checked { statements, diagnostics },
            Err(error) => refused(vec![problem("", error)]),
        }
    }

    /// What push queries have to show, and the dataflow if it is another than before.
    pub fn news(&mut self) -> Vec<Event> {
        let mut news = Vec::new();
        if self.flow.is_stale(self.run.engine()) {
            self.flow = FlowMap::new(self.run.engine(), &self.run.source_topics());
            news.push(Event::FlowChanged { flow: self.flow.flow().clone() });
        }
        for id in std::mem::take(&mut self.lost_pushes) {
            let failure = Some("the run went back: what it read is another history".to_owned());
            let pushed = PushRows { ended: true, failure, ..PushRows::default() };
            news.push(Event::Pushed { id, pushed });
        }
        let session = self.run.session_mut();
        let ids: Vec<u32> = session.pushes().collect();
        for id in ids {
            let Some(pushed) = session.take_rows(id) else { continue };
            if pushed.ended {
                session.end_push(id);
            }
            if pushed.ended || pushed.dropped > 0 || !pushed.rows.is_empty() {
                news.push(Event::Pushed { id, pushed });
            }
        }
        news
    }

    /// The SQL that the run's queries come from, as one script: what another run needs to have them.
    pub(super) fn sql(&self) -> String {
        let mut script = self.script();
        for statements in self.log.statements() {
            script.push('\n');
            script.push_str(statements);
        }
        script
    }

    /// The script of the run's pipeline.
    #[must_use]
    pub fn script(&self) -> String {
        pipeline(&self.config, self.script.as_deref()).into_owned()
    }
}
