//! `rca help`: explain a command, the query language or the kinds of problems.
//!
//! In: the definition of the command line, the reference of the query language and the library's tables. Out: text on stdout.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use rca_index::{FIELDS, PROBLEM_KINDS, query};

use crate::context::Context;
use crate::failure::Failure;
use crate::render::level_name;

/// Explain a command, the query language or the kinds of problems
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca help query               the query language and its fields
  rca help problems            the kinds of problems that `rca check` finds
  rca help search              one command")]
pub(crate) struct Arguments {
    /// A command, `query` or `problems`
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let definition = (context.definition)();
    let out = &mut context.out;
    match arguments.topic.as_deref() {
        Some("query") => write_query_help(out)?,
        Some("problems") => write_problems(out)?,
        Some(name) => write!(out, "{}", subcommand(definition, name)?.render_long_help().ansi())?,
        None => write!(out, "{}", { definition }.render_long_help().ansi())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The definition of a command.
pub(crate) fn subcommand(mut rca: clap::Command, name: &str) -> Result<clap::Command, Failure> {
    // Only this passes common options on to the commands.
    rca.build();
    let names = rca.get_subcommands().map(clap::Command::get_name).collect::<Vec<_>>().join(", ");
    let unknown = || Failure::usage(format!("unknown command `{name}`"), format!("the commands are {names}"));
    rca.find_subcommand(name).cloned().ok_or_else(unknown)
}

/// Writes the table of the kinds of problems.
fn write_problems(out: &mut impl std::io::Write) -> std::io::Result<()> {
    for kind in PROBLEM_KINDS {
        writeln!(out, "{:<22} {:<8} {}", kind.code, level_name(kind.level), kind.help)?;
    }
    Ok(())
}

/// Writes the reference of the language and the field table.
fn write_query_help(out: &mut impl std::io::Write) -> std::io::Result<()> {
    for line in query::REFERENCE.lines() {
        match line {
            _ if line.starts_with("```") => {}
            _ => writeln!(out, "{line}")?,
        }
    }
    writeln!(out, "\n## Fields\n")?;
    for field in FIELDS {
        let also =
            if field.aliases.is_empty() { String::new() } else { format!(" (also {})", field.aliases.join(", ")) };
        writeln!(out, "    {:<20} {:<8} {}{also}", field.name, field.kind.value_name(), field.help)?;
    }
    Ok(())
}
