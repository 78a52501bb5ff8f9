//! The order of a segment's incidents: by score, or by a value of a column.
//!
//! In: what is sorted by. Out: for an incident, a number of which the larger comes first.

use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentReader};

use crate::engine::collect::{Direction, Order};
use crate::engine::document::{DATE, RANK, number_column};
use crate::query::SortKey;
use crate::ranking::rounded;

/// The order of a segment's incidents.
pub(super) enum SegmentOrder {
    Latest,
    Score,
    Value { column: NumberColumn, descending: bool },
}

pub(super) enum NumberColumn {
    I64(Column<i64>),
    U64(Column<u64>),
    F64(Column<f64>),
}

impl SegmentOrder {
    pub(super) fn new(order: Order, reader: &SegmentReader) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        let Order::Value(key, direction) = order else {
            return Ok(if order == Order::Score { Self::Score } else { Self::Latest });
        };
        let descending = direction == Direction::Descending;
        Ok(match key {
            SortKey::Relevance => Self::Score,
            SortKey::Date => Self::Value { column: NumberColumn::I64(columns.i64(DATE)?), descending },
            // More severe incidents have a lower rank.
            SortKey::Severity => Self::Value { column: NumberColumn::U64(columns.u64(RANK)?), descending: !descending },
            SortKey::Number(number) => {
                Self::Value { column: NumberColumn::F64(columns.f64(&number_column(number))?), descending }
            }
        })
    }

    /// The sort value of an incident: larger comes first.
    pub(super) fn of(&self, doc: DocId, score: Score) -> f64 {
        match self {
            Self::Latest => 0.0,
            Self::Score => rounded(score),
            Self::Value { column, descending } => {
                let value = match column {
                    NumberColumn::I64(column) => column.first(doc).map(|v| v as f64),
                    NumberColumn::U64(column) => column.first(doc).map(|v| v as f64),
                    NumberColumn::F64(column) => column.first(doc),
                };
                value.map_or(f64::NEG_INFINITY, |v| if *descending { v } else { -v })
            }
        }
    }
}
