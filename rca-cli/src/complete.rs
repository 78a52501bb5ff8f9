//! Completions: what could be typed next, with the values of the archive: services, tags, ids.
//!
//! In: the words that a shell passes on, under `RCA_COMPLETE`. Out: candidates on stdout. An index is only read, never created or
//! updated; nothing is written to stderr; no list is longer than [`MOST`].

use std::ffi::{OsStr, OsString};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use clap::{Arg, Args as _, Command, FromArgMatches as _, ValueHint};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};
use rca_index::query::parse_sort;
use rca_index::wire::Fields;
use rca_index::{FIELDS, FacetName, FieldKind, Index, SearchRequest};

use crate::arguments::{GlobalArgs, without_empty_variables};
use crate::location::Location;

/// The variable by which a shell asks for candidates.
const VARIABLE: &str = "RCA_COMPLETE";
/// How many values of an archive are offered at once.
const MOST: usize = 100;
/// The longest value that is offered, in bytes.
const LONGEST: usize = 200;

/// The shells, each with its script.
const SHELLS: Shells<'static> = Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// Bash, with a script that knows the words of a query.
struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        _var: &str,
        _name: &str,
        _bin: &str,
        _completer: &str,
        script: &mut dyn io::Write,
    ) -> io::Result<()> {
        script.write_all(include_bytes!("complete.bash"))
    }

    fn write_complete(
        &self,
        rca: &mut Command,
        words: Vec<OsString>,
        current_dir: Option<&Path>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        clap_complete::env::Bash.write_complete(rca, words, current_dir, out)
    }
}

/// The script with which a shell asks for candidates; none for an unknown shell.
pub(crate) fn script(shell: &str) -> io::Result<Option<Vec<u8>>> {
    let Some(shell) = SHELLS.completer(shell) else { return Ok(None) };
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "rca", "rca", "rca", &mut script)?;
    Ok(Some(script))
}

/// Whether a shell asks for candidates; then they are written.
pub(crate) fn answer(definition: fn() -> Command) -> bool {
    if std::env::var_os(VARIABLE).is_none_or(|shell| shell.is_empty()) {
        return false;
    }
    // In the middle of a command line, no message helps.
    std::panic::set_hook(Box::new(|_| {}));
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let environment = CompleteEnv::with_factory(|| with_values(without_empty_variables(definition())));
        let environment = environment.var(VARIABLE).shells(SHELLS).bin("rca").completer("rca");
        environment.try_complete(std::env::args_os(), std::env::current_dir().ok().as_deref())
    }));
    true
}

/// The definition with a completer for each argument that has more values than the definition knows.
fn with_values(rca: Command) -> Command {
    let explained = ["query", "problems", "settings", "json"];
    let topics: Vec<String> =
        rca.get_subcommands().map(Command::get_name).chain(explained).map(str::to_owned).collect();
    let rca = rca.mut_args(|arg| if arg.get_long() == Some("index") { dir(arg) } else { with_value(arg, &[]) });
    rca.mut_subcommands(|command| command.mut_args(|arg| with_value(arg, &topics)))
}

fn dir(arg: Arg) -> Arg {
    arg.value_hint(ValueHint::DirPath)
}

/// An argument with its completer, chosen by its name. `topics` are what `rca help` and `rca man` explain.
fn with_value(arg: Arg, topics: &[String]) -> Arg {
    let name = arg.get_id().as_str().to_owned();
    match name.as_str() {
        "archive" | "folder" | "out" => dir(arg),
        "paths" | "baseline" | "write_baseline" => arg.value_hint(ValueHint::AnyPath),
        "query" if arg.is_positional() => complete_by(arg, query_word),
        "id" | "ids" | "names" => complete_by(arg, |typed| candidates("", live_names(typed))),
        "sort" => complete_by(arg, |typed| candidates("", matching(sort_keys(), typed))),
        "facets" => complete_by(arg, |typed| in_list(typed, facets)),
        "field" => complete_by(arg, |typed| candidates("", facets(typed))),
        "section" => complete_by(arg, |typed| in_list(typed, |part| matching(sections(), part))),
        "fields" => complete_by(arg, |typed| in_list(typed, |part| matching(form_fields(), part))),
        "has" | "without" => complete_by(arg, |typed| in_list(typed, |part| matching(present(), part))),
        "topic" | "command" => {
            let topics = topics.to_vec();
            complete_by(arg, move |typed| candidates("", matching(topics.clone(), typed)))
        }
        flag => match FIELDS.iter().find(|spec| is_facet(spec.kind) && spec.flags.iter().any(|f| f.name == flag)) {
            Some(spec) => complete_by(arg, |typed| in_list(typed, |part| live_values(spec.name, part))),
            None => arg,
        },
    }
}

fn complete_by(arg: Arg, complete: impl Fn(&str) -> Vec<CompletionCandidate> + Send + Sync + 'static) -> Arg {
    arg.add(ArgValueCompleter::new(move |typed: &OsStr| typed.to_str().map(&complete).unwrap_or_default()))
}

fn candidates(before: &str, values: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    values.into_iter().take(MOST).map(|value| CompletionCandidate::new(format!("{before}{value}"))).collect()
}

/// Candidates for the last part of a list with commas.
fn in_list(typed: &str, complete: impl Fn(&str) -> Vec<String>) -> Vec<CompletionCandidate> {
    in_list_behind("", typed, complete)
}

/// The same for a list behind a text.
fn in_list_behind(before: &str, list: &str, complete: impl Fn(&str) -> Vec<String>) -> Vec<CompletionCandidate> {
    let start = list.rfind(',').map_or(0, |comma| comma + 1);
    candidates(&format!("{before}{}", &list[..start]), complete(&list[start..]))
}

/// Those that start so.
fn matching(values: impl IntoIterator<Item = String>, start: &str) -> Vec<String> {
    values.into_iter().filter(|value| value.starts_with(start)).collect()
}

/// A word of a query: the name of a field, or after it, its values.
fn query_word(typed: &str) -> Vec<CompletionCandidate> {
    let Some((field, value)) = typed.split_once(':') else {
        let names = FIELDS.iter().map(|spec| spec.name).chain(["has", "no", "sort"]).map(|name| format!("{name}:"));
        return candidates("", matching(names, typed));
    };
    let before = format!("{field}:");
    match field {
        "has" | "no" => candidates(&before, matching(present(), value)),
        "sort" => candidates(&before, matching(sort_keys(), value)),
        _ if is_of_links(field) => in_list_behind(&before, value, live_names),
        _ => in_list_behind(&before, value, |part| live_values(field, part)),
    }
}

fn is_facet(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Facet(_))
}

/// Whether the values of a field are names of incidents.
fn is_of_links(field: &str) -> bool {
    FIELDS.iter().any(|spec| spec.name == field && matches!(spec.kind, FieldKind::Link(_)))
}

/// Names of fields for which this query is valid.
fn fields_in(query: impl Fn(&str) -> bool) -> Vec<String> {
    FIELDS.iter().map(|spec| spec.name).filter(|name| query(name)).map(str::to_owned).collect()
}

fn sort_keys() -> Vec<String> {
    let keys = fields_in(|name| parse_sort(name).is_ok());
    keys.iter().map(|key| format!("-{key}")).chain(keys.iter().cloned()).collect()
}

fn present() -> Vec<String> {
    fields_in(|name| SearchRequest::parse(&format!("has:{name}")).is_ok())
}

fn sections() -> Vec<String> {
    fields_in(|name| crate::fields::parse_section(name).is_ok())
}

fn form_fields() -> Vec<String> {
    Fields::known(true).into_iter().map(str::to_owned).collect()
}

/// The names of facets, and the keys of front matter that the archive has.
fn facets(start: &str) -> Vec<String> {
    let known = FIELDS.iter().filter(|spec| is_facet(spec.kind)).map(|spec| spec.name.to_owned());
    let mut names: Vec<String> = known.chain(counted(FacetName::Fields)).collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| name.starts_with(start) && seen.insert(name.clone()));
    names
}

/// The values of a facet or a key that start so, the most frequent first.
fn live_values(field: &str, start: &str) -> Vec<String> {
    let lower = start.to_lowercase();
    counted(FacetName::from(field)).into_iter().filter(|value| value.to_lowercase().starts_with(&lower)).collect()
}

/// The names of incidents that start so.
fn live_names(start: &str) -> Vec<String> {
    let names = index().and_then(|index| index.names_starting_with(start, MOST).ok());
    names.unwrap_or_default().into_iter().filter(|name| can_be_typed(name)).collect()
}

/// The values of a facet in the archive.
fn counted(facet: FacetName) -> Vec<String> {
    let found = index().and_then(|index| index.search(&SearchRequest::default().limit(0).facet(facet)).ok());
    let counts = found.map(|found| found.facets).unwrap_or_default();
    let values = counts.into_iter().flat_map(|counts| counts.values).map(|value| value.value);
    values.filter(|value| can_be_typed(value)).collect()
}

/// Whether a value is one word to every shell. Strangers write archives, and some shells insert a candidate as it is.
fn can_be_typed(value: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | '+' | '%');
    !value.is_empty() && value.len() <= LONGEST && !value.starts_with('-') && value.chars().all(is_plain)
}

/// The index of the archive that the words typed so far name.
fn index() -> Option<Index> {
    let global = shared_options()?;
    let location = Location::find(None, &global).ok()?;
    // A key that is pressed connects to no other machine, and has no program print a password.
    if location.cluster().is_some() { None } else { location.open_index().ok() }
}

/// The options that say which archive and index: as typed so far, or of the environment.
fn shared_options() -> Option<GlobalArgs> {
    let typed: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut words = vec![OsString::from("rca")];
    for name in ["--archive", "--index"] {
        let value = typed.iter().enumerate().rev().find_map(|(i, word)| match word.strip_prefix(name) {
            Some("") => typed.get(i + 1).cloned(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        });
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            words.extend([OsString::from(name), at_home(&value).into_os_string()]);
        }
    }
    let command = without_empty_variables(GlobalArgs::augment_args(Command::new("rca")));
    GlobalArgs::from_arg_matches(&command.try_get_matches_from(words).ok()?).ok()
}

/// A path whose `~` no shell has replaced yet.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), dirs::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(candidates: &[CompletionCandidate]) -> Vec<String> {
        candidates.iter().map(|candidate| candidate.get_value().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn fields_and_their_values_are_completed() {
        assert_eq!(values(&query_word("serv")), ["service:"]);
        assert!(values(&query_word("sort:-da")).contains(&"sort:-date".to_owned()));
        assert!(values(&query_word("has:act")).contains(&"has:actions".to_owned()));
        assert_eq!(values(&query_word("has:back")), ["has:backlinks"]);
        assert_eq!(values(&query_word("no:back")), ["no:backlinks"]);
        let listed = in_list("id,minutes_", |part| matching(form_fields(), part));
        assert_eq!(values(&listed), ["id,minutes_to", "id,minutes_from"]);
    }

    #[test]
    fn only_plain_words_of_an_archive_are_offered() {
        for plain in ["billing-api", "mq/kafka", "Größe", "v1.2", "データ"] {
            assert!(can_be_typed(plain), "{plain}");
        }
        for odd in ["", "a b", "$(rm -rf x)", "a;b", "`a`", "a\n", "\u{1b}[31m", "-n", "a'b", "a|b", "\u{202e}a", "*"] {
            assert!(!can_be_typed(odd), "{odd}");
        }
        assert!(!can_be_typed(&"a".repeat(LONGEST + 1)));
    }

    #[test]
    fn every_shell_has_a_script() {
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let script = String::from_utf8(script(shell).unwrap().unwrap()).unwrap();
            assert!(script.contains(VARIABLE), "{shell}: {script}");
        }
        assert!(script("csh").unwrap().is_none());
    }
}
