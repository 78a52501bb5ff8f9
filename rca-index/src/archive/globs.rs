//! Globs of the settings: from patterns to a set that is matched at once, or the pattern that is wrong.

use globset::{Glob, GlobSet, GlobSetBuilder};

/// So many globs of one kind may be stated: every file is matched against them.
const MAX_GLOBS: usize = 1_000;
/// The longest glob, in bytes.
const MAX_BYTES: usize = 1_000;

/// A glob that is not valid.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrongGlob {
    /// Its number in the list.
    pub(super) number: usize,
    pub(super) reason: String,
}

/// A set of globs.
pub(super) fn glob_set(globs: &[String]) -> Result<GlobSet, WrongGlob> {
    let mut set = GlobSetBuilder::new();
    for (number, glob) in globs.iter().enumerate() {
        let wrong = |reason| WrongGlob { number, reason };
        if number == MAX_GLOBS {
            return Err(wrong(format!("more than {MAX_GLOBS} globs")));
        }
        if glob.len() > MAX_BYTES {
            return Err(wrong(format!("a glob of more than {MAX_BYTES} bytes")));
        }
        set.add(Glob::new(glob).map_err(|e| wrong(e.to_string()))?);
    }
    set.build().map_err(|error| {
        let reason = format!("with this glob, all are too large to be matched at once: {error}");
        WrongGlob { number: first_too_large(globs), reason }
    })
}

/// Which glob is too much: alone, or together with those before.
fn first_too_large(globs: &[String]) -> usize {
    let builds = |globs: &[String]| {
        let mut set = GlobSetBuilder::new();
        for glob in globs.iter().filter_map(|glob| Glob::new(glob).ok()) {
            set.add(glob);
        }
        set.build().is_ok()
    };
    let numbers: Vec<usize> = (1..=globs.len()).collect();
    numbers.partition_point(|&number| builds(&globs[..number]))
}
