//! stub
use crate::*;
#[derive(Debug, Clone, Default)]
pub struct ParseOptions {
    pub keys: std::collections::BTreeMap<String, String>,
    pub headings: std::collections::BTreeMap<String, SectionKind>,
}
pub struct Parsed {
    pub incident: Incident,
    pub problems: Vec<Problem>,
}
pub fn report_id(path: &str) -> String {
    path.rsplit_once('.').map_or(path, |(a, _)| a).to_owned()
}
pub fn parse_report(path: &str, source: String, _o: &ParseOptions) -> Parsed {
    let mut incident =
        Incident::new(report_id(path), source.lines().find(|l| l.starts_with("# ")).unwrap_or(path).to_owned());
    incident.path = path.into();
    incident.push_section(SectionKind::Body, &source);
    for l in source.lines() {
        if let Some(s) = l.strip_prefix("services: [") {
            incident.services = s.trim_end_matches(']').split(", ").map(str::to_owned).collect();
        }
    }
    Parsed { incident, problems: vec![] }
}
