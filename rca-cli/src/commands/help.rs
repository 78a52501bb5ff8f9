//! `rca help`: explain a command, the query language, the settings, the kinds of problems or the JSON output.
//!
//! In: the definition of the command line, the reference of the query language and the library's tables. Out: text on stdout.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use rca_index::wire::{FORM_FIELDS, SCHEMAS, VERSION, schema};
use rca_index::{FIELDS, PROBLEM_KINDS, SETTINGS, query};

use crate::context::Context;
use crate::failure::Failure;
use crate::render::{document, level_name};
use crate::terminal::Output;

/// Explain a command, the query language, settings, kinds of problems or JSON output
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca help query               the query language and its fields
  rca help problems            the kinds of problems that `rca check` finds
  rca help settings            the keys of rca.toml
  rca help json                the fields and forms of JSON output
  rca help json search         the JSON schema of one form
  rca help search              one command")]
pub(crate) struct Arguments {
    /// A command, `query`, `problems`, `settings` or `json`
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
    /// The form whose JSON schema is printed, after `json`
    #[arg(value_name = "FORM")]
    form: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let definition = (context.definition)();
    let out = &mut context.out;
    if let (Some(form), Some(topic)) = (&arguments.form, arguments.topic.as_deref().filter(|topic| *topic != "json")) {
        return Err(Failure::usage(
            format!("unexpected argument `{form}`"),
            format!("`rca help {topic}` takes no more"),
        ));
    }
    out.page()?;
    match arguments.topic.as_deref() {
        Some("json") => write_json_help(out, arguments.form.as_deref())?,
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

/// Writes the fields and the forms of JSON output, or the schema of one form.
fn write_json_help(out: &mut Output, form: Option<&str>) -> Result<(), Failure> {
    if let Some(name) = form {
        let names = || SCHEMAS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let unknown = || Failure::usage(format!("unknown form `{name}`"), format!("the forms are {}", names()));
        return Ok(document(out, &schema(name).ok_or_else(unknown)?)?);
    }
    writeln!(
        out,
        "Version {VERSION} of the JSON output. `rca help json FORM` prints the JSON schema of a form.\n\nForms:"
    )?;
    for (name, what) in SCHEMAS {
        writeln!(out, "  {name:<18} {what}")?;
    }
    writeln!(out, "\nFields, for --fields:")?;
    for field in FORM_FIELDS {
        let only = if field.of_hits { " (hits only)" } else { "" };
        writeln!(out, "  {:<20} {}{only}", field.name, field.help)?;
    }
    Ok(())
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
