//! The house's own names: `[services]` and `[severity]` of the settings.
//!
//! In: these sections, and where each name stands in the file. Out: the names as parsing and searching use them, or the
//! first that cannot be right.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use toml::Spanned;

use crate::archive::settings::{ServiceSettings, Settings, SeverityRank};
use crate::archive::spans::starts;
use crate::incident::names::{name_key, path_key};
use crate::incident::{HouseNames, Severity};

/// A name that cannot be right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrongName {
    /// Where it stands in the settings file, in bytes; 0 if it is not known.
    pub(super) at: usize,
    pub(super) reason: String,
}

/// Where the names of the sections stand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Places {
    services: BTreeMap<Spanned<String>, ServicePlaces>,
    severity: BTreeMap<Spanned<String>, Spanned<SeverityRank>>,
}

impl Places {
    /// Where each label of a severity stands.
    pub(super) fn labels(&self) -> Vec<usize> {
        starts(self.severity.keys())
    }

    /// Where each name of a service stands.
    pub(super) fn names_of_services(&self) -> Vec<usize> {
        let names = self
            .services
            .iter()
            .flat_map(|(service, places)| std::iter::once(service).chain(&places.aliases).chain(&places.renamed_from));
        starts(names)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ServicePlaces {
    aliases: Vec<Spanned<String>>,
    renamed_from: Vec<Spanned<String>>,
}

/// A name of a service, and where it stands.
struct Claim<'a> {
    service: &'a str,
    name: &'a str,
    at: usize,
}

/// The names of the settings.
pub(super) fn house_names(settings: &Settings, places: &Places) -> Result<HouseNames, WrongName> {
    let mut house = HouseNames::default();
    let of_service: HashMap<&str, _> =
        places.services.iter().map(|place| (place.0.get_ref().as_str(), place)).collect();
    let services = settings.services.iter();
    let mut claims: Vec<Claim<'_>> =
        services.flat_map(|(service, of)| claims_of(service, of, of_service.get(service.as_str()).copied())).collect();
    claims.sort_by_key(|claim| claim.at);
    for Claim { service, name, at } in claims {
        if path_key(name).is_empty() {
            return Err(WrongName { at, reason: format!("`{name}` is not a name of a service") });
        }
        house
            .services
            .add(service, name)
            .map_err(|other| WrongName { at, reason: claimed_twice(name, service, &other) })?;
    }
    let of_label: HashMap<&str, _> = places.severity.iter().map(|place| (place.0.get_ref().as_str(), place)).collect();
    let place_of =
        |label: &str| of_label.get(label).map_or((0, 0), |(label, rank)| (label.span().start, rank.span().start));
    let severities = settings.severity.iter();
    let mut labels: Vec<_> = severities.map(|(label, rank)| (place_of(label), label, rank)).collect();
    labels.sort_by_key(|(place, ..)| *place);
    for ((at, value_at), label, rank) in labels {
        let rank = rank.number().map_err(|reason| WrongName { at: value_at, reason })?;
        if name_key(label).is_empty() {
            return Err(WrongName { at, reason: format!("`{label}` is not a label of a severity") });
        }
        let twice = |other| WrongName { at, reason: format!("`{label}` and `{other}` are the same label") };
        house.severities.add(label, rank).map_err(twice)?;
    }
    Ok(house)
}

/// All names of a service, whose table may stand at a place.
fn claims_of<'a>(
    service: &'a str,
    of: &'a ServiceSettings,
    place: Option<(&Spanned<String>, &ServicePlaces)>,
) -> Vec<Claim<'a>> {
    let at = place.map_or(0, |(name, _)| name.span().start);
    let spans = |list: fn(&ServicePlaces) -> &Vec<Spanned<String>>| {
        place.map(|(_, place)| list(place).iter().map(|name| name.span().start).collect()).unwrap_or_default()
    };
    let with_spans = |names: &'a [String], spans: Vec<usize>| {
        names.iter().enumerate().map(move |(i, name)| Claim { service, name, at: spans.get(i).copied().unwrap_or(at) })
    };
    let own = std::iter::once(Claim { service, name: service, at });
    let aliases = with_spans(&of.aliases, spans(|place| &place.aliases));
    let former = with_spans(&of.renamed_from, spans(|place| &place.renamed_from));
    own.chain(aliases).chain(former).collect()
}

fn claimed_twice(name: &str, service: &str, other: &str) -> String {
    if path_key(name) == path_key(service) {
        format!(
            "`{name}` is a service here, and a name of `{other}` too; keep one, with all former names under the name of today"
        )
    } else {
        format!("`{name}` is a name of `{service}` here, and of `{other}` too; a name belongs to one service")
    }
}

impl SeverityRank {
    /// The rank: 0 (most severe) to 5.
    fn number(&self) -> Result<u8, String> {
        match self {
            Self::Rank(rank) => u8::try_from(*rank)
                .ok()
                .filter(|rank| *rank <= 5)
                .ok_or_else(|| format!("`{rank}` is not a rank; ranks are 0 (most severe) to 5")),
            Self::Like(label) => Severity::parse(label).and_then(|severity| severity.rank).ok_or_else(|| {
                format!("`{label}` is not a known severity; write a rank of 0 to 5, or a label such as \"P1\"")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::archive::{Archive, SETTINGS_FILE};
    use crate::error::Error;

    /// The line and the reason of the error of a settings file.
    fn wrong(text: &str) -> (u32, String) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        match Archive::open(folder.path()) {
            Err(Error::Settings { line, reason, .. }) => (line, reason),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn names_that_cannot_be_right_are_told_with_their_line() {
        let check = |text: &str, line: u32, reason: &str| {
            let (at, why) = wrong(text);
            assert!(at == line && why.contains(reason), "{text}\n{at}: {why}");
        };
        // An alias of two services, in whatever spelling.
        let twice = "[services.inventory-api]\naliases = [\"inv-api\"]\n\n[services.billing]\naliases = [\n  \"pay\",\n  \"INV API\",\n]\n";
        check(twice, 7, "`INV API` is a name of `billing` here, and of `inventory-api` too");
        // A former name that is a service still; a circle; a chain.
        let circle = "[services.a1]\nrenamed_from = [\"b1\"]\n[services.b1]\nrenamed_from = [\"a1\"]\n";
        check(circle, 3, "`b1` is a service here, and a name of `a1` too");
        let chain = "[services.c1]\nrenamed_from = [\"d1\"]\n[services.b1]\nrenamed_from = [\"c1\"]\n";
        check(chain, 4, "`c1` is a name of `b1` here, and of `c1` too");
        check(
            "[services.\"Order API\"]\n[services.order_api]\n",
            2,
            "`order_api` is a service here, and a name of `Order API`",
        );
        check("[services.a1]\naliases = [\"-\"]\n", 2, "`-` is not a name of a service");
        check("[services.a1]\nalias = [\"x\"]\n", 2, "unknown field `alias`");
        check("[services]\na1 = \"x\"\n", 2, "invalid type");
        // Severities.
        check("[severity]\nBlue = 1\nRed = 6\n", 3, "`6` is not a rank; ranks are 0 (most severe) to 5");
        check("[severity]\nRed = -1\n", 2, "`-1` is not a rank");
        check("[severity]\nRed = \"vermilion\"\n", 2, "`vermilion` is not a known severity; write a rank of 0 to 5");
        check("[severity]\nRed = true\n", 2, "expected a rank of 0 to 5, or a known severity");
        check("[severity]\n\"-\" = 1\n", 2, "`-` is not a label of a severity");
        check("[severity]\nSev-Red = 1\nsev_red = 2\n", 3, "`sev_red` and `Sev-Red` are the same label");
    }

    #[test]
    fn names_of_one_service_may_repeat() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[services.inventory-api]\naliases = [\"Inventory API\", \"inv\", \"INV\"]\nteam = \"warehouse\"\n\
                    [severity]\n\"Sev-Blue\" = 1\n\"Sev-Green\" = \"minor\"\n";
        std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let house = archive.parse_options().house;
        assert_eq!(house.services.canonical("inv").as_deref(), Some("inventory-api"));
        assert_eq!(house.severities.rank("sev green: all"), Some(4));
        assert_eq!(archive.settings().services["inventory-api"].team.as_deref(), Some("warehouse"));
    }
}
