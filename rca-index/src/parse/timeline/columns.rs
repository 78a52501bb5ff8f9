//! Columns of a table: which of them state times, and whether the table is a timeline at all.
//!
//! In: a table of the outline. Out: the columns of its times, or whether its rows are keys and values instead.

use std::collections::BTreeMap;

use crate::parse::keys::key_named;
use crate::parse::outline::Table;
use crate::parse::timeline::row::{self, is_time_header, leading};

/// Which columns of a table state times.
pub(super) struct Columns {
    pub(super) first: usize,
    /// A column of clocks beside one of days.
    pub(super) second: Option<usize>,
    /// Whether the header says that the column is one of clocks.
    pub(super) sure: bool,
}

impl Columns {
    pub(super) fn of(table: &Table<'_>, timeline: bool) -> Option<Self> {
        // No table of times has its times further to the right.
        const MOST: usize = 8;
        let named = |column: usize| table.header.get(column).is_some_and(|cell| is_time_header(cell));
        let timed = |column: usize| {
            let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
            let sure = named(column);
            cells
                .filter(|cell| {
                    if sure {
                        row::leading_in_column(cell).is_some() || row::offset(cell).is_some()
                    } else {
                        leading(cell).is_some() || row::offset(cell).is_some()
                    }
                })
                .count()
        };
        let enough = |count: usize| {
            count > 0 && count * 2 >= table.rows.len() || count >= 2 && count * 3 >= table.rows.len() && timeline
        };
        let columns: Vec<usize> = (0..table.header.len().min(MOST)).filter(|&column| enough(timed(column))).collect();
        let &first = columns.first()?;
        if !timeline && first > 0 && !named(first) {
            return None;
        }
        // A column of days may have a column of times beside it.
        let is_days = |column: usize| {
            let cells = || table.rows.iter().filter_map(|row| row.cells.get(column)).filter_map(|cell| leading(cell));
            cells().next().is_some() && cells().all(|lead| lead.is_day())
        };
        let second = columns.get(1).copied().filter(|&second| second == first + 1 && is_days(first));
        Some(Self { first, second, sure: named(first) })
    }
}

/// Whether a table states keys and values of the incident.
pub(super) fn is_metadata(table: &Table<'_>) -> bool {
    let none = BTreeMap::new();
    let keys =
        table.rows.iter().filter(|row| row.cells.first().is_some_and(|cell| key_named(cell, &none).is_some())).count();
    keys >= 2 && keys * 2 >= table.rows.len()
}
