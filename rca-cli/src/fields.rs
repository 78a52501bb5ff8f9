//! The field table as the command line needs it: the names of facets and sections for help texts, and the reverse.
//!
//! In: names and kinds of fields. Out: rows of the library's table, or keys of an index. No field is named here.

use rca_index::{
    Error, FIELDS, Facet, FacetName, FieldKind, FieldSpec, Index, SearchRequest, SearchResults, SectionKind, TextField,
    fields_named,
};

/// The facet of a field.
fn as_facet(spec: &FieldSpec) -> Option<Facet> {
    match spec.kind {
        FieldKind::Facet(facet) => Some(facet),
        _ => None,
    }
}

/// The section of a field.
fn as_section(spec: &FieldSpec) -> Option<SectionKind> {
    match spec.kind {
        FieldKind::Text(TextField::Section(kind)) => Some(kind),
        _ => None,
    }
}

/// The names of the fields for which there is a value.
fn names<T>(is: impl Fn(&FieldSpec) -> Option<T>) -> Vec<&'static str> {
    FIELDS.iter().filter(|spec| is(spec).is_some()).map(|spec| spec.name).collect()
}

/// `service, severity, tag, status`
pub(crate) fn facet_names() -> String {
    names(as_facet).join(", ")
}

/// `service, severity, tag or status`
pub(crate) fn any_facet_name() -> String {
    match &names(as_facet)[..] {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        names => names.join(", "),
    }
}

/// `summary, rootcause, ...`
pub(crate) fn section_names() -> String {
    names(as_section).join(", ")
}

/// Reads the name of a facet, or of a key of front matter; only an index knows which keys there are.
pub(crate) fn parse_facet(name: &str) -> Result<FacetName, String> {
    let is_other = |spec: &FieldSpec| as_facet(spec).is_none() && spec.name.eq_ignore_ascii_case(name);
    match FacetName::from(name) {
        FacetName::Key(key) if key.is_empty() || FIELDS.iter().any(is_other) => {
            Err(format!("not a facet; the facets are {}", facet_names()))
        }
        facet => Ok(facet),
    }
}

/// A key that was counted and that no incident of the index has, with the keys that there are.
pub(crate) fn unknown_key<'r>(
    index: &Index,
    results: &'r SearchResults,
) -> Result<Option<(&'r str, Vec<String>)>, Error> {
    let empty = results.facets.iter().filter(|counts| counts.values.is_empty());
    let keys = empty.filter_map(|counts| if let FacetName::Key(key) = &counts.facet { Some(key) } else { None });
    let keys: Vec<&String> = keys.collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let found = index.search(&SearchRequest::default().limit(0).facet(FacetName::Fields))?;
    let known = found.facets.into_iter().flat_map(|counts| counts.values).map(|field| field.value);
    let known: Vec<String> = known.filter(|name| matches!(FacetName::from(name.as_str()), FacetName::Key(_))).collect();
    Ok(keys.into_iter().find(|key| !known.contains(key)).map(|key| (key.as_str(), known)))
}

/// Reads the name or alias of a section.
pub(crate) fn parse_section(name: &str) -> Result<Shown, String> {
    // In a query `fix:` searches the section about the resolution; here it is what that section, or another part, says.
    if name.eq_ignore_ascii_case(FIX) {
        return Ok(Shown::Fix);
    }
    fields_named(name)
        .find_map(as_section)
        .map(Shown::Section)
        .ok_or_else(|| format!("not a section; the sections are {}, and {FIX}: what fixed it", section_names()))
}

/// The name of what fixed an incident among the sections.
pub(crate) const FIX: &str = "fix";

/// What of an incident can be shown alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Section(SectionKind),
    /// What fixed it.
    Fix,
}

/// The label of the first field of this kind.
pub(crate) fn label(is: impl Fn(FieldKind) -> bool) -> &'static str {
    FIELDS.iter().find(|spec| is(spec.kind)).map_or("", |spec| spec.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_table() {
        for spec in FIELDS {
            if let Some(kind) = as_facet(spec) {
                assert_eq!(parse_facet(spec.name), Ok(kind.into()));
                assert!(facet_names().contains(spec.name) && any_facet_name().contains(spec.name), "{}", spec.name);
            }
            if let Some(kind) = as_section(spec) {
                assert_eq!(parse_section(spec.name), Ok(Shown::Section(kind)));
                assert!(section_names().contains(spec.name), "{}", spec.name);
            }
        }
        assert_eq!(
            (parse_facet("svc"), parse_section("cause")),
            (Ok(Facet::Service.into()), Ok(Shown::Section(SectionKind::RootCause)))
        );
        assert_eq!(parse_section("Fix"), Ok(Shown::Fix));
        assert_eq!(parse_facet("On-Call Team"), Ok(FacetName::Key("on_call_team".to_owned())));
        assert!(parse_facet("title").is_err() && parse_facet("?").is_err() && parse_section("title").is_err());
        assert!(any_facet_name().ends_with("tag or status"), "{}", any_facet_name());
    }
}
