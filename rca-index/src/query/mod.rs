//! stub
mod ast;
pub use ast::*;
#[derive(Debug, Clone, Default)]
pub struct QueryOptions {
    pub literal: bool,
}
#[derive(Debug, thiserror::Error)]
#[error("query")]
pub struct QueryErrors;
pub fn parse(text: &str, _o: &QueryOptions) -> Result<Query, QueryErrors> {
    let n = |kind| Node { kind, span: 0..0 };
    let mut parts: Vec<Node> = text
        .split_whitespace()
        .map(|w| {
            n(match w.split_once(':') {
                Some((f, v)) if ["service", "tag", "severity", "status"].contains(&f) => NodeKind::Facet {
                    facet: *crate::Facet::ALL.iter().find(|x| x.name() == f).unwrap(),
                    values: vec![v.into()],
                },
                _ if w == "*" => NodeKind::All,
                _ => NodeKind::Text {
                    field: None,
                    text: if w.ends_with('*') {
                        Text::Prefix(w.trim_end_matches('*').into())
                    } else if w.ends_with('~') {
                        Text::Fuzzy { word: w.trim_end_matches('~').into(), distance: 1 }
                    } else {
                        Text::Word(w.into())
                    },
                },
            })
        })
        .collect();
    let root = match parts.len() {
        0 => n(NodeKind::All),
        1 => parts.remove(0),
        _ => n(NodeKind::And(parts)),
    };
    Ok(Query { root, sort: None })
}
impl Query {
    pub fn and(self, _n: Node) -> Self {
        self
    }
}
impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.root)
    }
}
