//! The index handle, the main type of the public API. It only delegates.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::archive::names::Names;
use crate::archive::{Archive, ReportProblem};
use crate::engine::Engine;
use crate::engine::health::Health;
use crate::error::Result;
use crate::incident::{Incident, LeftOut};
use crate::parse::report_id;
use crate::search::{self, SearchRequest, SearchResults};
use crate::update::{self, Freshness, UpdateEvent, UpdateOptions, UpdateReport};

/// An index of incidents. Cheap to clone; `Send` and `Sync`. Every search sees the last commit, also that of another
/// process.
#[derive(Debug, Clone)]
pub struct Index {
    engine: Arc<Engine>,
}

/// What a name refers to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Named {
    /// One incident.
    One(Box<Incident>),
    /// Several incidents; their ids, sorted.
    Several(Vec<String>),
    /// No incident, but a file that is not a report.
    LeftOut(LeftOut),
    /// No incident.
    Nothing,
}

impl Index {
    /// Opens an index. An index whose first update has not finished does not count as an index yet.
    ///
    /// # Errors
    /// [`Error::IndexNotFound`](crate::Error::IndexNotFound), [`Error::IndexOtherVersion`](crate::Error::IndexOtherVersion),
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        Engine::open(dir.as_ref()).map(Self::of)
    }

    /// Opens an index, or creates an empty one if there is none of this version.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn open_or_create(dir: impl AsRef<Path>) -> Result<Self> {
        Engine::open_or_create(dir.as_ref()).map(Self::of)
    }

    /// An index in memory.
    ///
    /// # Errors
    /// None in practice.
    pub fn in_memory() -> Result<Self> {
        Engine::in_memory().map(Self::of)
    }

    /// Removes an index, so that an empty one can replace it. The archive is not touched.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn remove(dir: impl AsRef<Path>) -> Result<()> {
        Engine::remove(dir.as_ref())
    }

    fn of(engine: Engine) -> Self {
        Self { engine: Arc::new(engine) }
    }

    /// Updates the index from the archive: in parallel, incrementally, in one atomic commit. `on_event` is called from
    /// several threads.
    ///
    /// # Errors
    /// [`Error::IndexLocked`](crate::Error::IndexLocked) while another process updates,
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io). Defects of single reports
    /// are not errors, but problems in the result.
    pub fn update(
        &self,
        archive: &Archive,
        options: &UpdateOptions,
        on_event: impl Fn(UpdateEvent) + Sync,
    ) -> Result<UpdateReport> {
        self.engine.guard(|| update::update(&self.engine, archive, options, &on_event))
    }

    /// Updates the index before a search, unless finding the changes would take too long or another process is
    /// updating. In these cases, the search should use the index as it is.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    pub fn freshen(&self, archive: &Archive, on_event: impl Fn(UpdateEvent) + Sync) -> Result<Freshness> {
        update::freshen(&self.engine, archive, &on_event)
    }

    /// Adds incidents, replacing those with the same id; one atomic commit.
    ///
    /// # Errors
    /// [`Error::IndexLocked`](crate::Error::IndexLocked), [`Error::IndexDamaged`](crate::Error::IndexDamaged),
    /// [`Error::Io`](crate::Error::Io).
    pub fn upsert(&self, incidents: impl IntoIterator<Item = Incident>) -> Result<()> {
        self.engine.guard(|| {
            let writer = self.engine.writer(1, 0, Duration::ZERO)?;
            for incident in incidents {
                writer.remove(&incident.id)?;
                writer.add(incident)?;
            }
            writer.commit(None)
        })
    }

    /// Removes incidents by id, in one atomic commit. Returns how many existed.
    ///
    /// # Errors
    /// [`Error::IndexLocked`](crate::Error::IndexLocked), [`Error::IndexDamaged`](crate::Error::IndexDamaged),
    /// [`Error::Io`](crate::Error::Io).
    pub fn delete<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<usize> {
        self.engine.guard(|| {
            let writer = self.engine.writer(1, 0, Duration::ZERO)?;
            let mut removed = 0;
            for id in ids {
                removed += usize::from(writer.remove(id)?);
            }
            writer.commit(None)?;
            Ok(removed)
        })
    }

    /// Runs a search.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        self.engine.guard(|| search::search(&self.engine, request))
    }

    /// Returns one incident by its id.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn get(&self, id: &str) -> Result<Option<Incident>> {
        self.engine.guard(|| self.engine.snapshot()?.get(id))
    }

    /// The ids that match a name. Only the best kind of match counts: the id or path itself, else ids whose file name
    /// equals the name, else ids whose file name starts with the name, up to a word boundary. So `PM-2026-033` finds
    /// `postmortems/PM-2026-033-mtls-expired`.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn resolve(&self, name: &str) -> Result<Vec<String>> {
        self.engine.guard(|| Ok(self.engine.snapshot()?.names()?.resolve(name)))
    }

    /// Finds the incident with a name: an id, a path, a file name, or the first words of a file name.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn find(&self, name: &str) -> Result<Named> {
        let ids = self.resolve(name)?;
        let [id] = &ids[..] else {
            return if ids.is_empty() { self.find_left_out(name) } else { Ok(Named::Several(ids)) };
        };
        // An update may have removed it in the meantime.
        Ok(self.get(id)?.map_or(Named::Nothing, |incident| Named::One(Box::new(incident))))
    }

    /// Names that start so, for completions: ids, or file names if no id does; at most so many.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn names_starting_with(&self, start: &str, most: usize) -> Result<Vec<String>> {
        self.engine.guard(|| Ok(self.engine.snapshot()?.names()?.starting_with(start, most)))
    }

    /// The file that is not a report with a name.
    fn find_left_out(&self, name: &str) -> Result<Named> {
        let files = self.left_out()?;
        let mut names = Names::default();
        files.iter().for_each(|file| names.add(&report_id(&file.path)));
        let ids = names.resolve(name);
        let named = files.into_iter().find(|file| ids.first().is_some_and(|id| report_id(&file.path) == *id));
        Ok(named.map_or(Named::Nothing, Named::LeftOut))
    }

    /// The files of the archive that are not reports, as of the last update, sorted by path.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    pub fn left_out(&self) -> Result<Vec<LeftOut>> {
        update::left_out(&self.engine)
    }

    /// When the last update finished, in seconds since 1970, UTC; `None` before the first.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    pub fn updated(&self) -> Result<Option<i64>> {
        let updated = self.engine.note()?.updated;
        Ok((updated != 0).then_some(updated))
    }

    /// The problems of all reports as of the last update, sorted by path and line.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged).
    pub fn problems(&self) -> Result<Vec<ReportProblem>> {
        update::problems(&self.engine)
    }

    /// Verifies the index: sizes, counts, and every file's checksum.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged) if it cannot be read at all,
    /// [`Error::Io`](crate::Error::Io).
    pub fn health(&self) -> Result<Health> {
        // A manifest that cannot be read is damage as well.
        self.problems()?;
        let left_out = self.left_out()?.len();
        Ok(Health { left_out, ..self.engine.health()? })
    }

    /// The number of incidents.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn len(&self) -> Result<usize> {
        Ok(self.engine.snapshot()?.incidents())
    }

    /// Whether there are no incidents.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }
}
