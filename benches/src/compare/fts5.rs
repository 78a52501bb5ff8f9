//! SQLite with FTS5: the index that is available in every scripting language.

use std::error::Error;
use std::path::Path;

use rca_index::{Facet, Incident};
use rusqlite::{Connection, Statement, params};

use crate::compare::records::read_records;

/// Indexes a file of records: title and text with the Porter stemmer, facts in separate tables. One transaction without
/// a journal, the fastest way.
pub fn index(records: &Path, database: &Path) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(database)?;
    connection.execute_batch(
        "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000;
         create virtual table reports using fts5(path unindexed, title, body, tokenize = 'porter unicode61');
         create table facts(id integer primary key, date integer, severity text);
         create table services(report integer, service text);
         create table tags(report integer, tag text);",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut report =
            transaction.prepare("insert into reports(rowid, path, title, body) values (?1, ?2, ?3, ?4)")?;
        let mut facts = transaction.prepare("insert into facts values (?1, ?2, ?3)")?;
        let mut services = transaction.prepare("insert into services values (?1, ?2)")?;
        let mut tags = transaction.prepare("insert into tags values (?1, ?2)")?;
        for (row, incident) in (1_i64..).zip(read_records(records)?) {
            let incident = incident?;
            let Incident { path, title, source, .. } = &incident;
            report.execute(params![row, path, title.value, source])?;
            let date = incident.date.as_ref().map(|date| date.value.unix_seconds());
            facts.execute(params![row, date, Facet::Severity.values_of(&incident).first()])?;
            insert(&mut services, row, &Facet::Service.values_of(&incident))?;
            insert(&mut tags, row, &Facet::Tag.values_of(&incident))?;
        }
    }
    transaction.execute_batch(
        "create index facts_by_date on facts(date); create index services_by_name on services(service);
         create index tags_by_name on tags(tag);",
    )?;
    transaction.commit()?;
    Ok(())
}

fn insert(statement: &mut Statement<'_>, row: i64, values: &[String]) -> rusqlite::Result<()> {
    values.iter().try_for_each(|value| statement.execute(params![row, value]).map(drop))
}
