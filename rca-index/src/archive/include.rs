//! `include` in the settings against ignored folders: which of its globs reach into them.
//!
//! In: globs. Out: whether a folder may hold a file that one of them names. A glob without a folder, such as `*.txt`, says what a
//! report is called, not that ignored folders have any; one with a folder, such as `drafts/**`, names the folder.

use globset::GlobSet;

/// The globs that reach into ignored folders.
#[derive(Debug, Clone)]
pub(super) struct IncludeInside {
    globs: Vec<String>,
    set: GlobSet,
}

impl IncludeInside {
    pub(super) fn new<E>(globs: &[String], set: impl FnOnce(&[String]) -> Result<GlobSet, E>) -> Result<Self, E> {
        let globs: Vec<String> = globs.iter().filter(|glob| glob.contains('/')).cloned().collect();
        Ok(Self { set: set(&globs)?, globs })
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// Whether a file in or below a folder may be named.
    pub(super) fn may_be_in(&self, folder: &str) -> bool {
        self.globs.iter().any(|glob| reaches(glob, folder))
    }
}

/// Whether a glob may match a path in or below a folder.
fn reaches(glob: &str, folder: &str) -> bool {
    let mut folders = folder.split('/');
    for name in glob.split('/') {
        if name.contains(['*', '?', '[', '{', '\\']) {
            return true;
        }
        match folders.next() {
            None => return true,
            Some(folder) if folder != name => return false,
            Some(_) => {}
        }
    }
    // The glob is this folder, or one above.
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_reaches_into_the_folders_that_it_names() {
        let check =
            |glob: &str, folder: &str, expected: bool| assert_eq!(reaches(glob, folder), expected, "{glob} {folder}");
        check("drafts/**", "drafts", true);
        check("drafts/**", "drafts/2024", true);
        check("drafts/2024/a.md", "drafts", true);
        check("drafts/2024/a.md", "drafts/2023", false);
        check("drafts/**", "node_modules", false);
        check("drafts/a.md", "drafts/a.md/x", false);
        check("**/drafts/*.md", "node_modules", true);
        check("{a,b}/*.md", "b", true);
    }
}
