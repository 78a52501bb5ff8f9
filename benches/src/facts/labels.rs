//! Labels: the facts that careful readers found in reports, and where the reports are.
//!
//! In: a folder with labels.jsonl and texts/, or a file of labels and the folders with its reports. Out: labels by
//! archive, in the order of the file.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The labels of the reports of one archive.
pub struct LabelledArchive {
    /// The name of the archive as in the labels, with `+` for `/`.
    pub name: String,
    pub folder: PathBuf,
    /// The labels, each with a `path` in the folder.
    pub labels: Vec<Value>,
}

impl LabelledArchive {
    /// The paths of its labelled reports.
    pub fn paths(&self) -> Vec<&str> {
        self.labels.iter().filter_map(|label| label["path"].as_str()).collect()
    }
}

/// Reads a labelled folder, or a file of labels in which the key `archive_key` names the archive.
pub fn read(place: &Path, texts: &[PathBuf], archive_key: &str) -> Result<Vec<LabelledArchive>, Box<dyn Error>> {
    let own_texts = [place.join("texts")];
    let (file, texts) =
        if place.is_dir() { (place.join("labels.jsonl"), &own_texts[..]) } else { (place.to_owned(), texts) };
    let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut archives: Vec<LabelledArchive> = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let wrong = |what: &str| format!("{}:{number}: {what}", file.display());
        let label: Value = serde_json::from_str(line).map_err(|e| wrong(&e.to_string()))?;
        let (Some(name), Some(path)) = (label[archive_key].as_str(), label["path"].as_str()) else {
            return Err(wrong(&format!("a label needs `{archive_key}` and `path`")).into());
        };
        let name = name.replace('/', "+");
        if let Some(archive) = archives.iter_mut().find(|archive| archive.name == name) {
            archive.labels.push(label);
        } else {
            let folder = folder_of(texts, &name, path)
                .ok_or_else(|| wrong("no folder given by --texts has this archive, or this report"))?;
            archives.push(LabelledArchive { name, folder, labels: vec![label] });
        }
    }
    if archives.is_empty() {
        return Err(format!("{}: no labels", file.display()).into());
    }
    Ok(archives)
}

/// The folder with the archive's name in one of the roots, else the root that contains the report.
fn folder_of(texts: &[PathBuf], name: &str, path: &str) -> Option<PathBuf> {
    let named = texts.iter().map(|root| root.join(name)).find(|folder| folder.is_dir());
    named.or_else(|| texts.iter().find(|root| root.join(path).is_file()).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_found_by_their_archive_or_in_the_folder_itself() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (many, one) = (folder.path().join("many"), folder.path().join("one"));
        fs::create_dir_all(many.join("team+archive"))?;
        fs::create_dir_all(&one)?;
        fs::write(one.join("disk.md"), "# Disk full\n")?;
        let file = folder.path().join("labels.jsonl");
        fs::write(
            &file,
            "{\"repo\": \"own\", \"path\": \"disk.md\"}\n\n\
             {\"repo\": \"team/archive\", \"path\": \"a.md\"}\n{\"repo\": \"own\", \"path\": \"b.md\"}\n",
        )?;
        let archives = read(&file, &[many.clone(), one.clone()], "repo")?;
        let found: Vec<_> = archives.iter().map(|a| (a.name.as_str(), a.folder.clone(), a.paths())).collect();
        let expected =
            [("own", one, vec!["disk.md", "b.md"]), ("team+archive", many.join("team+archive"), vec!["a.md"])];
        assert_eq!(found, expected);
        let message = read(&file, &[many], "repo").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(message.contains("labels.jsonl:1: no folder given by --texts"), "{message}");
        Ok(())
    }
}
