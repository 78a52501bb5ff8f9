//! `rca seen`: paste an alert, a log or a stack trace, and see whether it happened before and what fixed it.
//!
//! In: a text, from the command line, a file or stdin, with filters. Out: the incidents like it on stdout.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rca_index::signal::{MAX_SIGNAL_BYTES, Signal, SignalKind};
use rca_index::{Index, Judgement, SearchRequest};

use crate::context::Context;
use crate::failure::{Failure, NO_HITS};
use crate::filters::FilterArgs;
use crate::freshen::ask_fresh;
use crate::location::Location;
use crate::negation::query_text;
use crate::piped::piped_text;
use crate::render::{self, SeenAnswer};

/// Paste an alert, a log or a stack trace: the incidents like it, and what fixed them
///
/// Reads the payloads of Alertmanager, Grafana, PagerDuty, Opsgenie, Datadog, Sentry, Kubernetes and CloudWatch, other JSON, logs,
/// stack traces and plain text. Says so where no incident is like it.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca seen < alert.json                          the payload of a webhook
  kubectl logs orders-7d9f | tail -50 | rca seen
  rca seen 'consumer lag of orders grows'        in words
  rca seen --file trace.txt --service orders --since 2y
  rca seen -e --format json < alert.json         for a bot: exit code 1 if nothing is like it
  rca seen --show-signal < alert.json            what was understood of the text, and where it stands")]
pub(crate) struct Arguments {
    /// The text; `-` reads it from stdin; if it is omitted, text that is piped in is read
    #[arg(value_name = "TEXT", conflicts_with = "file")]
    text: Vec<String>,
    /// Read the text from a file; `-` means stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[arg(long, value_name = "KIND", value_parser = parse_kind)]
    #[arg(help = format!("Read the text as this kind, whatever it looks like: {}", kinds()))]
    from: Option<SignalKind>,
    /// Maximum number of hits
    #[arg(short = 'n', long, value_name = "N", default_value_t = 3)]
    limit: usize,
    /// Show weak hits too: those that are no more like it than any text is by chance
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filters: FilterArgs,
    /// Show what was understood of the text: each part, how much its words count, and its line
    #[arg(long)]
    show_signal: bool,
    /// Do not update the index first
    #[arg(long)]
    no_update: bool,
    /// Exit with code 1 if nothing is like it
    #[arg(short, long)]
    exit_status: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let text = text(arguments, context)?;
    if text.trim().is_empty() {
        context.say(format_args!("rca: the text is empty: there is nothing to look for"));
    }
    let signal = arguments.from.map_or_else(|| Signal::read(&text), |kind| Signal::read_as(&text, kind));
    let request = |_: &str| Ok(SearchRequest::from_signal(&signal));
    let mut request = arguments.filters.request_by(request, &[])?.limit(arguments.limit);
    let location = Location::find(None, &context.global)?;
    request.zone = location.day_zone(&context.global)?;
    let ask = |index: &Index| arguments.filters.ask(&request, || index.seen(&signal, &request, arguments.all));
    let (index, seen) = ask_fresh(&location, arguments.no_update, context, ask)?;
    let answer = SeenAnswer { signal: &signal, seen: &seen, show_signal: arguments.show_signal };
    render::seen(context, &location, &answer)?;
    let is_nothing = seen.judgement == Judgement::Nothing;
    if is_nothing {
        render::hint_at_left_out(context, index.left_out()?.len());
    }
    Ok(if arguments.exit_status && is_nothing { ExitCode::from(NO_HITS) } else { ExitCode::SUCCESS })
}

/// The text that is looked for: one byte more than is read of it at most, so that what is left out is noticed.
fn text(arguments: &Arguments, context: &mut Context) -> Result<String, Failure> {
    let is_stdin = |text: &str| text == "-";
    match (&arguments.file, &arguments.text[..]) {
        (Some(path), _) if !path.to_str().is_some_and(is_stdin) => {
            let hint = "pass a text file, or pipe the text in";
            let failed = |error| Failure::usage(format!("{}: {error}", path.display()), hint);
            read(File::open(path).map_err(failed)?).map_err(failed)
        }
        (None, []) => piped_text(context).ok_or_else(|| {
            Failure::usage(
                "there is no text",
                "pipe an alert or a log in, name a file with --file, or pass it in words",
            )
        }),
        (None, words) if !matches!(words, [only] if is_stdin(only)) => Ok(query_text(words)),
        _ => read(stdin()).map_err(|error| Failure::usage(format!("stdin: {error}"), "pass a file with --file")),
    }
}

fn read(from: impl Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    from.take(MAX_SIGNAL_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn kinds() -> String {
    SignalKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}

fn parse_kind(name: &str) -> Result<SignalKind, String> {
    SignalKind::named(&name.to_lowercase()).ok_or_else(|| format!("not a kind of text; the kinds are {}", kinds()))
}
