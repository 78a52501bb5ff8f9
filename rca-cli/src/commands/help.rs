//! `rca help`: a command explained, or the query language.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _};
use rca_index::{FIELDS, query};

use crate::cli::Cli;
use crate::context::Context;
use crate::failure::Failure;

/// Explain a command, or the query language
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca help query               the query language and its fields
  rca help search              one command")]
pub(crate) struct Arguments {
    /// A command, or `query`
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let out = &mut context.out;
    match arguments.topic.as_deref() {
        Some("query") => write_query_help(out)?,
        Some(name) => write!(out, "{}", subcommand(name)?.render_long_help().ansi())?,
        None => write!(out, "{}", Cli::command().render_long_help().ansi())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The definition of a command.
pub(crate) fn subcommand(name: &str) -> Result<clap::Command, Failure> {
    let mut rca = Cli::command();
    // Common options are handed down to the commands only now.
    rca.build();
    let names = rca.get_subcommands().map(clap::Command::get_name).collect::<Vec<_>>().join(", ");
    let unknown = || Failure::usage(format!("there is no command `{name}`"), format!("they are {names}"));
    rca.find_subcommand(name).cloned().ok_or_else(unknown)
}

/// The reference of the language, and the table of fields.
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
