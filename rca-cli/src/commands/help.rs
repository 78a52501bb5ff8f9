//! `rca help`: explain a command, the query language, the settings or the kinds of problems.
//!
//! In: the definition of the command line, the reference of the query language and the library's tables. Out: text on stdout.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use rca_index::{FIELDS, PROBLEM_KINDS, SETTINGS, query};

use crate::context::Context;
use crate::failure::Failure;
use crate::render::level_name;

/// Explain a command, the query language, the settings or the kinds of problems
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca help query               the query language and its fields
  rca help problems            the kinds of problems that `rca check` finds
  rca help settings            the keys of rca.toml
  rca help search              one command")]
pub(crate) struct Arguments {
    /// A command, `query`, `problems` or `settings`
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let definition = (context.definition)();
    let out = &mut context.out;
    out.page()?;
    match arguments.topic.as_deref() {
        Some("query") => write_query_help(out)?,
        Some("problems") => write_problems(out)?,
        Some("settings") => write_settings(out)?,
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

/// Writes the table of the keys of `rca.toml`, each with a wrong value and the error for it.
fn write_settings(out: &mut impl std::io::Write) -> std::io::Result<()> {
    /// The errors that list all known names are cut.
    const LONGEST: usize = 110;
    for spec in SETTINGS {
        let (given, reason) = spec.error();
        let mut error: String = reason.chars().take(LONGEST).collect();
        if error.len() < reason.len() {
            error.push('…');
        }
        writeln!(out, "{:<23} {}; default: {}", spec.key, spec.value, spec.default)?;
        writeln!(out, "    {}", spec.help)?;
        writeln!(out, "    error: {given}: {error}")?;
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
