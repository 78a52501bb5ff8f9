//! Older versions: reads the given incidents of an index that was written before there was a record of them.
//!
//! In: the folder of that version. Out: the incidents that can be read, and whether these are all.

use std::path::Path;

use tantivy::schema::{Schema, Value};
use tantivy::{DocAddress, ReloadPolicy, TantivyDocument};

use crate::engine::directory::CheckedDirectory;
use crate::engine::fault::{convert_error, guarded};
use crate::error::Result;
use crate::incident::Incident;

/// What was found in the folder of an older version.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Whether all given incidents could be read.
    pub(super) all: bool,
    /// Whether the index has reports of an archive as well.
    pub(super) archive: bool,
}

/// Passes on the given incidents in the folder of an older version.
///
/// # Errors
/// Those of `each`.
pub(super) fn each_given(folder: &Path, mut each: impl FnMut(Incident) -> Result<()>) -> Result<Read> {
    let mut refused = None;
    let read = guarded(folder, || {
        let error = |error| convert_error(folder, error);
        let index = tantivy::Index::open(CheckedDirectory::open_older(folder).map_err(error)?).map_err(error)?;
        let note = index.load_metas().map_err(error)?.payload.unwrap_or_default();
        let note: serde_json::Value = serde_json::from_str(&note).unwrap_or_default();
        let archive = note.get("manifest").is_some_and(serde_json::Value::is_string);
        let (schema, mut all) = (index.schema(), true);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let searcher = reader.map_err(error)?.searcher();
        for (segment_ord, segment) in (0..).zip(searcher.segment_readers()) {
            for doc in segment.doc_ids_alive() {
                let doc: TantivyDocument = searcher.doc(DocAddress::new(segment_ord, doc)).map_err(error)?;
                match given(&doc, &schema) {
                    Given::No => {}
                    Given::Unreadable => all = false,
                    Given::Incident(incident) => {
                        if let Err(error) = each(*incident) {
                            refused = Some(error);
                            return Ok(Read::default());
                        }
                    }
                }
            }
        }
        // Before the facts of given incidents were kept apart, they cannot be told from reports.
        Ok(Read { all: all && schema.get_field("facts").is_ok(), archive })
    });
    refused.map_or(Ok(read.unwrap_or_default()), Err)
}

enum Given {
    No,
    Unreadable,
    Incident(Box<Incident>),
}

fn given(doc: &TantivyDocument, schema: &Schema) -> Given {
    let value = |name| doc.get_first(schema.get_field(name).ok()?);
    let Some(facts) = value("facts").and_then(|facts| facts.as_bytes()) else { return Given::No };
    let text = |name| value(name)?.as_str().map(str::to_owned);
    // The encoding does not describe itself. Facts of another layout are not read to the end, or say something else.
    let incident = match postcard::take_from_bytes::<Incident>(facts) {
        Ok((incident, [])) if Some(&incident.id) == text("key").as_ref() => incident,
        _ => return Given::Unreadable,
    };
    let (Some(title), Some(source)) = (text("title"), text("source")) else { return Given::Unreadable };
    let whole =
        incident.title.value == title && incident.sections.iter().all(|s| source.get(s.range.clone()).is_some());
    if whole { Given::Incident(Box::new(Incident { source, ..incident })) } else { Given::Unreadable }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tantivy::schema::{BytesOptions, STORED, STRING};
    use tantivy::{Directory as _, IndexSettings, doc};

    use super::*;
    use crate::incident::SectionKind;

    fn ticket() -> Incident {
        let mut incident = Incident::new("OPS-1", "Queue backlog");
        incident.push_section(SectionKind::Summary, "too slow");
        incident
    }

    /// The facts of an incident as older versions stored them.
    fn facts(mut incident: Incident) -> Vec<u8> {
        incident.source.clear();
        postcard::to_stdvec(&incident).unwrap()
    }

    /// The folder of an older version, with a report and an incident with these facts.
    fn folder(facts_of: &[Vec<u8>], payload: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut schema = Schema::builder();
        let key = schema.add_text_field("key", STRING | STORED);
        let title = schema.add_text_field("title", STORED);
        let source = schema.add_text_field("source", STORED);
        let facts = schema.add_bytes_field("facts", BytesOptions::from(STORED));
        let directory = CheckedDirectory::open(folder.path()).unwrap();
        let index = tantivy::Index::create(directory, schema.build(), IndexSettings::default()).unwrap();
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 15_000_000).unwrap();
        writer.add_document(doc!(key => "a", title => "A", source => "# A")).unwrap();
        for bytes in facts_of {
            let given = doc!(key => "OPS-1", title => "Queue backlog", source => "too slow", facts => bytes.clone());
            writer.add_document(given).unwrap();
        }
        let mut commit = writer.prepare_commit().unwrap();
        commit.set_payload(payload);
        commit.commit().unwrap();
        folder
    }

    fn read(folder: &Path) -> (Read, Vec<Incident>) {
        let mut found = Vec::new();
        let read = each_given(folder, |incident| {
            found.push(incident);
            Ok(())
        });
        (read.unwrap(), found)
    }

    #[test]
    fn given_incidents_are_read_and_reports_are_not() {
        let folder = folder(&[facts(ticket())], r#"{"manifest":"manifest-1.bin"}"#);
        assert_eq!(read(folder.path()), (Read { all: true, archive: true }, vec![ticket()]));
    }

    #[test]
    fn facts_of_another_layout_are_not_guessed() {
        let whole = facts(ticket());
        let mut longer = whole.clone();
        longer.push(0);
        let other = facts(Incident::new("OPS-2", "Queue backlog"));
        for unreadable in [longer, other, whole[..whole.len() - 1].to_vec(), Vec::new()] {
            let folder = folder(&[whole.clone(), unreadable], "{}");
            assert_eq!(read(folder.path()), (Read { all: false, archive: false }, vec![ticket()]));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_read_may_have_any() {
        let folder = folder(&[], "{}");
        assert_eq!(read(folder.path()), (Read { all: true, archive: false }, Vec::new()));
        let directory = CheckedDirectory::open(folder.path()).unwrap();
        directory.atomic_write(Path::new("meta.json"), b"{}").unwrap();
        assert_eq!(read(folder.path()), (Read::default(), Vec::new()));
        fs::remove_file(folder.path().join("meta.json")).unwrap();
        assert_eq!(read(folder.path()), (Read::default(), Vec::new()));
    }
}
