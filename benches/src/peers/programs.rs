//! The peers in other languages: builds each where its tools are installed, and says why one is missing otherwise.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::compare::machine::first_line;
use crate::compare::table::Log;

/// The first version of Java that Lucene 10 runs on.
const JAVA: u32 = 21;
/// The buffer that bare tantivy writes with fits in it four times.
const JAVA_HEAP: &str = "-Xmx1g";

/// A peer that is a program of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Lucene,
    Bleve,
    SeekStorm,
}

/// A built peer.
#[derive(Debug, Clone)]
pub struct Program {
    pub peer: Peer,
    /// The words that start it.
    pub command: Vec<OsString>,
    /// Library, version and runtime.
    pub version: String,
}

impl Peer {
    pub const ALL: [Self; 3] = [Self::Lucene, Self::Bleve, Self::SeekStorm];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lucene => "Lucene",
            Self::Bleve => "Bleve",
            Self::SeekStorm => "SeekStorm",
        }
    }

    /// The name in `--without`, and of its folders.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Lucene => "lucene",
            Self::Bleve => "bleve",
            Self::SeekStorm => "seekstorm",
        }
    }

    fn sources(self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(self.short_name())
    }

    fn target(self) -> PathBuf {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
        benches.parent().unwrap_or(benches).join("target/peers").join(self.short_name())
    }

    /// Builds the peer. `offline` uses only the packages that are there already.
    ///
    /// # Errors
    /// Why it cannot be had, in a few words.
    pub fn build(self, offline: bool) -> Result<Program, String> {
        let command = match self {
            Self::Lucene => self.build_with_maven(offline)?,
            Self::Bleve => self.build_with_go(offline)?,
            Self::SeekStorm => self.build_with_cargo(offline)?,
        };
        let version = Command::new(&command[0]).args(&command[1..]).arg("version").output();
        let version = version.map_err(|e| format!("it cannot be started: {e}"))?;
        let text = String::from_utf8_lossy(&version.stdout);
        match text.lines().next() {
            Some(line) if version.status.success() => {
                Ok(Program { peer: self, command, version: line.trim().to_owned() })
            }
            _ => Err(format!("it cannot be started: {}", last_line(&version.stderr))),
        }
    }

    fn build_with_maven(self, offline: bool) -> Result<Vec<OsString>, String> {
        let java = java()?;
        installed("mvn", &["--version"])?;
        let mut maven = Command::new("mvn");
        maven.args(["-q", "-B", "-Dstyle.color=never", "package", "-f"]).arg(self.sources().join("pom.xml"));
        maven.args(offline.then_some("-o"));
        if let Some(home) = java.parent().and_then(Path::parent).filter(|home| home.join("bin/javac").is_file()) {
            maven.env("JAVA_HOME", home);
        }
        run(&mut maven)?;
        let separator = if cfg!(windows) { ";" } else { ":" };
        let mut classes = self.target().join("peer.jar").into_os_string();
        classes.push(separator);
        classes.push(self.target().join("libraries").join("*"));
        // The vector module is what Lucene decodes and scores fastest with.
        let flags = [JAVA_HEAP, "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp"];
        let mut command = vec![java.into_os_string()];
        command.extend(flags.map(OsString::from));
        command.extend([classes, "peer.Main".into()]);
        Ok(command)
    }

    fn build_with_go(self, offline: bool) -> Result<Vec<OsString>, String> {
        installed("go", &["version"])?;
        let program = self.target().join("peer");
        let mut go = Command::new("go");
        go.args(["build", "-o"]).arg(&program).arg(".").current_dir(self.sources());
        // No other toolchain is fetched.
        go.env("GOTOOLCHAIN", "local").env("GOFLAGS", "-mod=readonly");
        if offline {
            go.env("GOPROXY", "off");
        }
        run(&mut go)?;
        Ok(vec![program.into_os_string()])
    }

    fn build_with_cargo(self, offline: bool) -> Result<Vec<OsString>, String> {
        installed("cargo", &["--version"])?;
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]);
        cargo.arg(self.sources().join("Cargo.toml")).arg("--target-dir").arg(self.target());
        cargo.args(offline.then_some("--offline"));
        run(&mut cargo)?;
        Ok(vec![self.target().join("release/seekstorm-peer").into_os_string()])
    }
}

/// Builds the peers that are not left out, and notes which are missing and why.
pub fn wanted(without: &[String], log: &mut Log) -> Vec<Program> {
    let mut programs = Vec::new();
    for peer in Peer::ALL {
        if without.iter().any(|name| name == peer.short_name()) {
            log.note(format!("{}: left out on request", peer.name()));
            continue;
        }
        eprintln!("building the peer {}", peer.name());
        match peer.build(false) {
            Ok(program) => programs.push(program),
            Err(why) => log.note(format!("{}: left out, as {why}", peer.name())),
        }
    }
    programs
}

/// Runs a build tool to its end.
fn run(tool: &mut Command) -> Result<(), String> {
    let name = tool.get_program().to_string_lossy().into_owned();
    let output = tool.stdin(Stdio::null()).output().map_err(|e| format!("{name}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    // Maven writes errors to its output, the others to theirs.
    let text = [output.stdout, output.stderr].concat();
    Err(format!("`{name}` cannot build it: {}", first_error(&String::from_utf8_lossy(&text))))
}

/// The first line that names an error, or else the first one; without addresses, as it ends up in published runs.
fn first_error(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines.clone().find(|line| line.to_lowercase().contains("error"));
    let error = error.or_else(|| lines.next()).unwrap_or("no reason given");
    error.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ")
}

fn last_line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).lines().next_back().unwrap_or("no reason given").to_owned()
}

fn installed(tool: &str, question: &[&str]) -> Result<(), String> {
    first_line(tool, question).map(drop).ok_or_else(|| format!("`{tool}` is not installed"))
}

/// The newest Java of `JAVA_HOME`, the `PATH` and the folder that Linux distributions install into.
fn java() -> Result<PathBuf, String> {
    let home = std::env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin/java"));
    let others = std::fs::read_dir("/usr/lib/jvm").into_iter().flatten().flatten();
    let others = others.map(|entry| entry.path().join("bin/java")).filter(|java| java.is_file());
    let all = home.into_iter().chain([PathBuf::from("java")]).chain(others);
    let versions = all.filter_map(|java| Some((java_version(&java)?, java)));
    match versions.max() {
        Some((version, java)) if version >= JAVA => Ok(java),
        Some((version, _)) => Err(format!("Java is {version}, and Lucene needs {JAVA} or later")),
        None => Err("`java` is not installed".to_owned()),
    }
}

fn java_version(java: &Path) -> Option<u32> {
    feature_version(&first_line(&java.to_string_lossy(), &["--version"])?)
}

/// 25 of `openjdk 25.0.3 2026-04-21 LTS`. Java 8 and older do not know the flag.
fn feature_version(line: &str) -> Option<u32> {
    line.split_whitespace().nth(1)?.split(['.', '-', '+']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_java_is_read() {
        assert_eq!(feature_version("openjdk 25.0.3 2026-04-21 LTS"), Some(25));
        assert_eq!(feature_version("openjdk 26-ea 2026-03-17"), Some(26));
        assert_eq!(feature_version("java"), None);
        assert_eq!(feature_version(""), None);
    }

    #[test]
    fn the_reason_of_a_failed_build_is_its_first_error() {
        assert_eq!(first_error("[INFO] start\n\n[ERROR] no such package\n[ERROR] more"), "[ERROR] no such package");
        assert_eq!(first_error("\n go: lookup (https://modules.example) disabled\n"), "go: lookup disabled");
        assert_eq!(first_error(""), "no reason given");
    }

    #[test]
    fn a_tool_that_is_missing_is_named() {
        let missing = installed("no-such-tool-of-the-benchmarks", &["--version"]);
        assert_eq!(missing.err().as_deref(), Some("`no-such-tool-of-the-benchmarks` is not installed"));
    }
}
