//! Columns of a table: which of them state times, and whether the table is a timeline at all.
//!
//! In: a table of the outline. Out: the columns of its times, or whether its rows are keys and values instead.

use std::collections::BTreeMap;

use crate::parse::keys::key_named;
use crate::parse::outline::{Row, Table};
use crate::parse::timeline::row::{self, Lead, is_time_header, leading};

/// Which columns of a table state times.
pub(super) struct Columns {
    pub(super) first: usize,
    /// A column of clocks beside one of days.
    pub(super) second: Option<usize>,
    /// The times of the first one, row by row.
    pub(super) leads: Vec<Option<Lead>>,
}

impl Columns {
    pub(super) fn of(table: &Table<'_>, timeline: bool) -> Option<Self> {
        // No table of times has its times further to the right.
        const MOST: usize = 8;
        let named = |column: usize| table.header.get(column).is_some_and(|cell| is_time_header(cell));
        // Behind such a header more is a clock.
        let read = |column: usize| if named(column) { row::leading_in_column } else { leading };
        let leads = |column: usize| -> Vec<Option<Lead>> {
            let cells = table.rows.iter().map(|row| row.cells.get(column));
            cells.map(|cell| cell.and_then(|cell| read(column)(cell.trim()))).collect()
        };
        let offset =
            |row: &Row<'_>, column: usize| row.cells.get(column).is_some_and(|cell| row::offset(cell).is_some());
        let enough = |count: usize| {
            count > 0 && count * 2 >= table.rows.len() || count >= 2 && count * 3 >= table.rows.len() && timeline
        };
        let timed = |column: usize| {
            let leads = leads(column);
            let count =
                leads.iter().zip(&table.rows).filter(|(lead, row)| lead.is_some() || offset(row, column)).count();
            enough(count).then_some(leads)
        };
        let columns = table.header.len().min(MOST);
        let (first, leads) = (0..columns).find_map(|column| Some((column, timed(column)?)))?;
        if !timeline && first > 0 && !named(first) {
            return None;
        }
        // A column of days may have a column of times beside it.
        let is_days = || {
            let mut cells = table.rows.iter().filter_map(|row| row.cells.get(first)).filter_map(|cell| leading(cell));
            cells.next().is_some_and(|lead| lead.is_day()) && cells.all(|lead| lead.is_day())
        };
        let second = Some(first + 1).filter(|&second| second < columns && is_days() && timed(second).is_some());
        Some(Self { first, second, leads })
    }
}

/// Whether a table states keys and values of the incident.
pub(super) fn is_metadata(table: &Table<'_>) -> bool {
    let none = BTreeMap::new();
    let keys =
        table.rows.iter().filter(|row| row.cells.first().is_some_and(|cell| key_named(cell, &none).is_some())).count();
    keys >= 2 && keys * 2 >= table.rows.len()
}
