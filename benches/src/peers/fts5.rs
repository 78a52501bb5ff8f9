//! SQLite with FTS5: the index that is available in every scripting language.

use std::error::Error;
use std::path::Path;

use rusqlite::types::ToSql;
use rusqlite::{Connection, OpenFlags, Statement, params, params_from_iter};

use crate::peers::{FACETS, Found, Hit, Line, Mode, Request, Searches, read_lines};

/// Indexes a file of lines: title and text with the Porter stemmer, facts in separate tables. One transaction without a
/// journal, the fastest way.
pub fn index(lines: &Path, database: &Path) -> Result<(), Box<dyn Error>> {
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
        for (row, line) in (1_i64..).zip(read_lines(lines)?) {
            let Line { id, title, body, services: named, severity, tags: tagged, date } = line?;
            report.execute(params![row, id, title, body])?;
            facts.execute(params![row, date, severity])?;
            insert(&mut services, row, &named)?;
            insert(&mut tags, row, &tagged)?;
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

/// The condition that every row meets.
const ALL_ROWS: &str = "true";

/// An open database.
pub struct Fts5(Connection);

impl Fts5 {
    pub fn open(database: &Path) -> Result<Self, Box<dyn Error>> {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.execute_batch("pragma cache_size = -200000; pragma mmap_size = 30000000000;")?;
        Ok(Self(connection))
    }
}

impl Searches for Fts5 {
    fn run(&self, request: &Request) -> Result<Found, Box<dyn Error>> {
        let Matches { tables, condition, parameters } = Matches::of(request);
        let parameters = || params_from_iter(parameters.iter());
        let limit = request.limit;
        let count = format!("select count(*) from {tables} where {condition}");
        let hits = self.0.prepare_cached(&count)?.query_row(parameters(), |row| row.get::<_, i64>(0))?;
        let order = if request.mode == Mode::Every { "reports.rowid" } else { "rank" };
        let best =
            format!("select path, title, {order} from {tables} where {condition} order by {order} limit {limit}");
        let mut best = self.0.prepare_cached(&best)?;
        // The rank is the negated score.
        let top = best.query_map(parameters(), |row| {
            Ok(Hit { id: row.get(0)?, title: row.get(1)?, score: -row.get::<_, f64>(2)? })
        })?;
        let mut found = Found { hits: hits as u64, top: top.collect::<Result<_, _>>()?, ..Found::default() };
        for facet in FACETS.into_iter().filter(|_| request.facets) {
            let (table, report) = match facet {
                "severity" => ("facts", "id"),
                "service" => ("services", "report"),
                _ => ("tags", "report"),
            };
            let among = if condition == ALL_ROWS {
                String::new()
            } else {
                format!("and {table}.{report} in (select reports.rowid from {tables} where {condition})")
            };
            let counts = format!(
                "select {facet}, count(*) from {table} where {facet} is not null {among} \
                 group by {facet} order by 2 desc, 1 limit {limit}"
            );
            let mut counts = self.0.prepare_cached(&counts)?;
            let counts = counts.query_map(parameters(), |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
            found.facets.insert(facet.to_owned(), counts.collect::<Result<_, _>>()?);
        }
        Ok(found)
    }
}

/// Which rows match: tables, a condition, and what is bound to its parameters.
struct Matches {
    tables: &'static str,
    condition: String,
    parameters: Vec<Box<dyn ToSql>>,
}

impl Matches {
    fn of(request: &Request) -> Self {
        let (mut tables, mut conditions) = ("reports", Vec::new());
        let mut parameters: Vec<Box<dyn ToSql>> = Vec::new();
        if let Some(text) = matched(request.mode, &request.text) {
            conditions.push("reports match ?".to_owned());
            parameters.push(Box::new(text));
        }
        if let Some(service) = &request.service {
            conditions.push("reports.rowid in (select report from services where service = ?)".to_owned());
            parameters.push(Box::new(service.clone()));
        }
        if !request.severities.is_empty() {
            tables = "reports, facts";
            let marks = vec!["?"; request.severities.len()].join(", ");
            conditions.push(format!("facts.id = reports.rowid and facts.severity in ({marks})"));
            parameters.extend(request.severities.iter().map(|name| Box::new(name.clone()) as Box<dyn ToSql>));
        }
        let condition = if conditions.is_empty() { ALL_ROWS.to_owned() } else { conditions.join(" and ") };
        Self { tables, condition, parameters }
    }
}

/// A text in FTS5's query language; `None` for all rows.
fn matched(mode: Mode, text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    match mode {
        Mode::All => Some(words.join(" ")),
        Mode::Any => Some(words.join(" OR ")),
        Mode::Phrase => Some(words.join(" + ")),
        Mode::Prefix => Some(format!("{} *", words.join(" + "))),
        Mode::Every => None,
    }
}
