//! GitHub: workflow commands, which a pull request shows as annotations beside the lines.
//!
//! In: the problems of a check. Out: a line each, with paths as the repository knows them.
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::io::Write as _;

use rca_index::CheckReport;

use crate::failure::Failure;
use crate::location::Location;
use crate::render::Renderer;
use crate::render::talk::Talk;
use crate::render::text::level_name;
use crate::terminal::{Output, clean};

/// Workflow commands.
pub(crate) struct Github;

impl Renderer for Github {
    fn check(&self, out: &mut Output, location: &Location, report: &CheckReport) -> Result<(), Failure> {
        let path = location.paths_in_repository();
        for found in &report.problems {
            let problem = &found.problem;
            let level = level_name(problem.level());
            let file = property(&clean(&path(&found.path)));
            let message = data(&clean(&problem.reason()));
            writeln!(out, "::{level} file={file},line={},title={}::{message}", problem.line, problem.code())?;
        }
        Ok(())
    }

    fn talk(&self) -> Talk {
        Talk { problem_counts: true, ..Talk::NOTHING }
    }
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_is_escaped() {
        assert_eq!(property("a, b:c%\r\n.md"), "a%2C b%3Ac%25%0D%0A.md");
        assert_eq!(data("50% of a,b: c\nd"), "50%25 of a,b: c%0Ad");
    }
}
