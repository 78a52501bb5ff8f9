//! Frames of stack traces: one reader, a row a language.
//!
//! In: a line, and the line behind it. Out: the function that was called and whether it is the team's own code; what else
//! belongs to a trace and tells nothing.

/// How a language writes a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `at NAME(PLACE)`, `at NAME (PLACE)`, `at NAME(ARGUMENTS) in PLACE:line N`, `at PLACE`
    At,
    /// `File "PLACE", line N, in NAME`
    File,
    /// `NAME(ARGUMENTS)`, and on the next line `PLACE:N +0x1f`
    TwoLines,
    /// `N: NAME`, and on the next line `at PLACE`
    Numbered,
}

/// What is not the team's own code.
struct Language {
    shape: Shape,
    /// How the names of foreign functions begin.
    functions: &'static [&'static str],
    /// What the places of foreign code contain.
    places: &'static [&'static str],
}

const LANGUAGES: &[Language] = &[
    // Java, Kotlin, Scala
    Language {
        shape: Shape::At,
        functions: &[
            "java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "akka.", "jakarta.",
            "org.apache.", "org.springframework.", "org.hibernate.", "org.postgresql.", "org.eclipse.", "org.jboss.",
            "org.junit.", "com.fasterxml.", "com.google.", "com.zaxxer.", "com.mysql.", "io.netty.", "io.grpc.",
            "io.jsonwebtoken.", "io.micrometer.", "io.opentelemetry.", "reactor.", "okhttp3.", "retrofit2.",
            "redis.clients.", "lombok.",
        ],
        places: &[],
    },
    // JavaScript
    Language {
        shape: Shape::At,
        functions: &["process.processTicksAndRejections", "new Promise", "Module._", "Object.<anonymous> (node:"],
        places: &["node_modules/", "node:", "internal/", "<anonymous>", "webpack/"],
    },
    // .NET
    Language {
        shape: Shape::At,
        functions: &["System.", "Microsoft.", "Npgsql.", "Newtonsoft.", "Grpc."],
        places: &[],
    },
    // Python
    Language {
        shape: Shape::File,
        functions: &[],
        places: &["site-packages/", "dist-packages/", "lib/python", "<frozen ", "<string>"],
    },
    // Go
    Language {
        shape: Shape::TwoLines,
        functions: &["runtime.", "net/http.", "panic(", "sync.", "testing.", "reflect."],
        places: &["/go/pkg/mod/", "/usr/local/go/src/", "/vendor/", "libexec/src/"],
    },
    // Rust
    Language {
        shape: Shape::Numbered,
        functions: &[
            "core::", "std::", "alloc::", "tokio::", "futures", "hyper::", "rust_", "__rust", "_start", "clone3",
        ],
        places: &["/rustc/", ".cargo/registry/"],
    },
];

/// Lines of traces that tell nothing, by how they begin.
const NOISE: &[&str] = &[
    "Traceback (most recent call last)",
    "During handling of the above exception",
    "The above exception was the direct cause",
    "stack backtrace:",
    "note: run with `RUST_BACKTRACE",
    "note: Some details are omitted",
    "goroutine ",
    "exit status ",
    "... ",
    "--- End of",
    "--- End of inner",
    "[signal ",
    "^",
    "~",
    "Node.js v",
];

/// What stands before the error in the first line of a trace.
const BEFORE_ERRORS: &[&str] = &[
    "Caused by: ", "Suppressed: ", "Unhandled exception. ", "Unhandled Exception: ", "---> ", "Uncaught (in promise) ",
    "Uncaught ", "Unhandled Rejection: ", "panic: ", "fatal error: ", "Wrapped by: ",
];

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'t> {
    /// The function, or the file of one that has no name.
    pub(super) function: &'t str,
    /// Whether it is the team's own code.
    pub(super) is_own: bool,
    /// How many lines it has: one or two. The second has its place, or its source.
    pub(super) lines: usize,
}

/// The frame that begins on a line.
pub(super) fn frame<'t>(line: &'t str, next: &'t str) -> Option<Frame<'t>> {
    let trimmed = line.trim();
    let (shape, function, place, lines) = at_frame(trimmed)
        .map(|(function, place)| (Shape::At, function, place, 1))
        .or_else(|| file_frame(trimmed, next).map(|(function, place, lines)| (Shape::File, function, place, lines)))
        .or_else(|| two_line_frame(trimmed, next).map(|(function, place)| (Shape::TwoLines, function, place, 2)))
        .or_else(|| {
            numbered_frame(line, next).map(|(function, place, lines)| (Shape::Numbered, function, place, lines))
        })?;
    let is_own = !is_foreign(shape, function, place);
    Some(Frame { function: if function.is_empty() { file_name(place) } else { function }, is_own, lines })
}

/// Whether code is not the team's own.
pub(super) fn is_foreign_code(function: &str, place: &str) -> bool {
    [Shape::At, Shape::File, Shape::TwoLines, Shape::Numbered]
        .into_iter()
        .any(|shape| is_foreign(shape, function, place))
}

fn is_foreign(shape: Shape, function: &str, place: &str) -> bool {
    let languages = || LANGUAGES.iter().filter(|language| language.shape == shape);
    languages().any(|language| {
        language.functions.iter().any(|start| function.starts_with(start))
            || language.places.iter().any(|part| place.contains(part))
    })
}

/// Whether a line belongs to a trace and tells nothing.
pub(super) fn is_noise(line: &str) -> bool {
    let line = line.trim();
    // A place alone: `at ./src/main.rs:12:5`.
    let is_place = || line.strip_prefix("at ").is_some_and(|place| !place.contains(' ') && has_line(place));
    // The place at which Node.js stopped: `/srv/app/index.js:45`.
    let is_stop = || line.starts_with('/') && !line.contains(' ') && has_line(line);
    NOISE.iter().any(|start| line.starts_with(start)) || is_place() || is_stop()
}

/// Whether a line only marks a place in the line of source before it.
pub(super) fn is_marker(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|b| matches!(b, b'^' | b'~' | b' '))
}

/// The bytes of a line before the error that it names.
pub(super) fn before_error(line: &str) -> usize {
    let mut rest = line.trim_start();
    if let Some((thread, behind)) = rest.strip_prefix("Exception in thread \"").and_then(|rest| rest.split_once('"')) {
        rest = if thread.len() < 200 { behind.trim_start() } else { rest };
    }
    // `thread 'main' panicked at src/main.rs:4:5:`, and before Rust 1.73 `panicked at 'message', src/main.rs:4:5`.
    let panic = rest.strip_prefix("thread '").and_then(|rest| rest.split_once("' panicked at "));
    if let Some((_, behind)) = panic.filter(|(thread, _)| thread.len() < 200) {
        rest = behind;
    }
    while let Some(behind) = BEFORE_ERRORS.iter().find_map(|start| rest.strip_prefix(start)) {
        rest = behind.trim_start();
    }
    line.len() - rest.len()
}

/// `at shop.Basket.load(Basket.java:57)`, `at KeyValueStore.get (/srv/kv.js:41:18)`, `at Shop.Main(String[] a) in /src/P.cs:line 19`
fn at_frame(line: &str) -> Option<(&str, &str)> {
    let rest = without_jar(line.strip_prefix("at ")?);
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    if let Some((call, place)) = rest.split_once(" in ").filter(|(_, place)| place.contains(":line ")) {
        return Some((without_arguments(call), place));
    }
    if let Some((call, place)) = rest.rsplit_once('(') {
        let place = place.trim_end_matches([')', '{', ' ']);
        let call = call.trim_end();
        let is_dotnet = rest.ends_with(')') && call.contains('.') && !call.contains(' ');
        let is_place =
            has_line(place) || matches!(place, "Native Method" | "Unknown Source" | "<anonymous>" | "<generated>");
        // A name of three words is a sentence.
        let is_call = !call.is_empty() && call.split(' ').count() <= 4;
        // `java.base/java.lang.Thread.run`
        let function = call.split_once('/').filter(|(module, _)| !module.contains('(')).map_or(call, |(_, name)| name);
        return (is_call && (is_place || is_dotnet)).then_some((without_proxy(function), place));
    }
    // The place of a frame of Rust stands behind its number.
    let is_place = has_line(rest) && !rest.contains(' ') && !rest.contains(".rs:");
    is_place.then_some(("", rest))
}

/// A frame without the archive that it is from: `~[classes!/:1.4.2]`.
fn without_jar(frame: &str) -> &str {
    let jar = frame.strip_suffix(']').and_then(|frame| frame.rsplit_once(" ~[").or_else(|| frame.rsplit_once(" [")));
    jar.filter(|(frame, _)| frame.ends_with(')')).map_or(frame, |(frame, _)| frame)
}

/// The class of a proxy that was generated for it: `shop.Orders` of `shop.Orders$$SpringCGLIB$$0.save`.
fn without_proxy(function: &str) -> &str {
    function.find("$$").map_or(function, |at| &function[..at])
}

/// `File "/app/db.py", line 41, in connect`, with the line of source behind it.
fn file_frame<'t>(line: &'t str, next: &str) -> Option<(&'t str, &'t str, usize)> {
    let (place, rest) = line.strip_prefix("File \"")?.split_once('"')?;
    let rest = rest.strip_prefix(", line ")?;
    let function = rest.split_once(", in ").map_or("", |(_, function)| function);
    let has_source = next.starts_with("    ") && !next.trim_start().starts_with("File \"");
    let function = if function == "<module>" { "" } else { function };
    Some((function, place, 1 + usize::from(has_source)))
}

/// `shop.example/edge.(*Streams).onReset(0xc000112300)`, and its place on the next line.
fn two_line_frame<'t>(line: &'t str, next: &'t str) -> Option<(&'t str, &'t str)> {
    let place = next.trim();
    let file = place.split(' ').next().unwrap_or_default();
    let is_place =
        (file.contains(".go:") || file.contains(".s:")) && has_line(file) && next.starts_with(char::is_whitespace);
    let call = line.strip_prefix("created by ").map(|call| call.split(" in goroutine").next().unwrap_or(call));
    let is_name = || line.contains('.') && !line.contains(char::is_whitespace);
    let is_call = call.is_some() || line.ends_with(')') || is_name();
    (is_place && is_call).then(|| (without_arguments(call.unwrap_or(line)), file))
}

/// `3: sidecar::resolver::send_query`, and its place on the next line.
fn numbered_frame<'t>(line: &'t str, next: &'t str) -> Option<(&'t str, &'t str, usize)> {
    let (number, function) = line.trim().split_once(": ")?;
    let place = next.trim().strip_prefix("at ").filter(|place| has_line(place));
    let is_number = !number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
    let is_name = !function.contains(' ') || function.contains("::");
    let is_indented = line.starts_with("  ");
    (is_number && is_name && is_indented).then(|| {
        // `0x55d0 - shop::main`
        let function = function.rsplit_once(" - ").map_or(function, |(_, name)| name);
        (function, place.unwrap_or_default(), 1 + usize::from(place.is_some()))
    })
}

/// A call without its arguments, which are values or types: the last brackets.
fn without_arguments(call: &str) -> &str {
    if !call.ends_with(')') {
        return call;
    }
    let mut depth = 0_usize;
    for (at, b) in call.bytes().enumerate().rev() {
        match b {
            b')' => depth += 1,
            b'(' if depth == 1 => return &call[..at],
            b'(' => depth -= 1,
            _ => {}
        }
    }
    call
}

/// `Thread.java:750`, `/srv/app.js:10:5`
fn has_line(place: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    place.rsplit_once(':').is_some_and(|(file, line)| file.contains(char::is_alphabetic) && number(line))
}

/// The name of a file without its folders and its line.
fn file_name(place: &str) -> &str {
    let name = place.rsplit(['/', '\\']).next().unwrap_or(place);
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_language() {
        for (line, next, function, is_own) in [
            ("\tat shop.stock.StockImport.run(StockImport.java:64)", "", "shop.stock.StockImport.run", true),
            ("\tat java.base/java.lang.Thread.run(Thread.java:840)", "", "java.lang.Thread.run", false),
            ("\tat shop.Order.place(Order.java:8) ~[classes!/:1.4.2]", "", "shop.Order.place", true),
            ("\tat shop.Orders$$SpringCGLIB$$3f2a1b0c.save(<generated>)", "", "shop.Orders", true),
            ("runtime.goexit", "\t/usr/local/go/src/runtime/asm_amd64.s:1598", "runtime.goexit", false),
            ("\tat java.lang.Thread.start0(Native Method)", "", "java.lang.Thread.start0", false),
            ("    at async Store.get (/srv/bff/store/kv.js:41:18)", "", "Store.get", true),
            ("    at connect (/srv/node_modules/pg/client.js:8:1)", "", "connect", false),
            ("    at /srv/bff/main.js:3:11", "", "main.js", true),
            ("    at lookup [as oncomplete] (node:dns:120:26)", "", "lookup [as oncomplete]", false),
            ("   at Shop.Reader.Read(JsonElement price) in /src/Reader.cs:line 48", "", "Shop.Reader.Read", true),
            ("   at System.Threading.Tasks.Task.Execute(Task& slot)", "", "System.Threading.Tasks.Task.Execute", false),
            ("  File \"/app/worker.py\", line 57, in run", "    f()", "run", true),
            ("  File \"/app/worker.py\", line 60, in <module>", "", "worker.py", true),
            ("  File \"/usr/lib/python3/site-packages/x.py\", line 5, in y", "", "y", false),
            (
                "main.(*Controller).renew(0xc0004a2000, {0xc0, 0x1a})",
                "\t/src/renew.go:142 +0x3a5",
                "main.(*Controller).renew",
                true,
            ),
            ("created by main.main in goroutine 1", "\t/src/main.go:61 +0x4d2", "main.main", true),
            ("shop.example/cache.Run", "\t/app/cache/refresh.go:88", "shop.example/cache.Run", true),
            (
                "net/http.(*conn).serve(0xc0)",
                "\t/usr/local/go/src/net/http/server.go:5 +0x1",
                "net/http.(*conn).serve",
                false,
            ),
            ("   3: sidecar::udp::send", "             at ./src/udp.rs:118:22", "sidecar::udp::send", true),
            (
                "   1: core::panicking::panic_fmt",
                "   at /rustc/07d/library/core/src/panicking.rs:72:14",
                "core::panicking::panic_fmt",
                false,
            ),
        ] {
            let found = frame(line, next).map(|frame| (frame.function, frame.is_own));
            assert_eq!(found, Some((function, is_own)), "{line}");
        }
        for line in [
            "at night the disk filled (again)", "at last", "12: half past", "file \"x\", line 1", "", "at 10:15",
            "foo(bar)",
        ] {
            assert_eq!(frame(line, ""), None, "{line}");
        }
    }

    #[test]
    fn errors_stand_behind_introductions() {
        for (line, error) in [
            ("Exception in thread \"main\" java.lang.OutOfMemoryError: heap", "java.lang.OutOfMemoryError: heap"),
            ("Caused by: x.YException: z", "x.YException: z"),
            (" ---> System.FormatException: a", "System.FormatException: a"),
            ("Uncaught (in promise) TypeError: b", "TypeError: b"),
            ("panic: no space", "no space"),
            ("thread 'main' panicked at src/a.rs:4:5:", "src/a.rs:4:5:"),
            ("thread 'pool-1' panicked at 'no lease', src/a.rs:4:5", "'no lease', src/a.rs:4:5"),
            ("plain", "plain"),
        ] {
            assert_eq!(&line[before_error(line)..], error);
        }
    }
}
