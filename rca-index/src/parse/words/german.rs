//! Words of German.

use super::{Column, Words};
use crate::incident::{MeasureKind, SectionKind};
use crate::parse::keys::Key;

pub(super) const WORDS: Words = Words {
    keys: &[
        (Key::Title, &["titel"]),
        (Key::Name, &["vorfall", "störung", "störungstitel"]),
        (
            Key::Start,
            &[
                "beginn", "anfang", "startzeit", "beginn der störung", "störungsbeginn", "beginn des vorfalls",
                "beginn des ausfalls", "ausfallbeginn", "zeitraum", "störungszeitraum", "aufgetreten", "begonnen",
            ],
        ),
        (Key::Date, &["datum", "datum des vorfalls", "datum der störung", "vorfallsdatum", "zeitpunkt"]),
        (Key::Detected, &["entdeckt", "erkannt", "gemeldet", "bemerkt", "erkannt am", "entdeckt am"]),
        (Key::Published, &["veröffentlicht", "erstellt", "erstellt am", "veröffentlicht am"]),
        (
            Key::End,
            &[
                "ende", "endzeit", "ende der störung", "störungsende", "ende des vorfalls", "ende des ausfalls",
                "ausfallende", "behoben am", "behoben um", "gelöst am", "wiederhergestellt", "wiederhergestellt am",
                "bis",
            ],
        ),
        (
            Key::Severity,
            &["schweregrad", "schwere", "priorität", "dringlichkeit", "kritikalität", "stufe", "störungsgrad"],
        ),
        (
            Key::Services,
            &[
                "dienste", "dienst", "betroffene dienste", "betroffener dienst", "betroffene systeme",
                "betroffenes system", "betroffene komponenten", "betroffen", "betroffene services",
                "betroffener service", "systeme", "komponenten", "betroffene anwendungen",
            ],
        ),
        (Key::Tags, &["schlagworte", "schlagwörter", "stichworte", "kategorie"]),
        (Key::Status, &["zustand", "stand", "aktueller status"]),
        (
            Key::Duration(1),
            &[
                "dauer", "ausfalldauer", "ausfallzeit", "störungsdauer", "dauer des ausfalls", "dauer der störung",
                "gesamtdauer",
            ],
        ),
        (Key::Author, &["autor", "autoren", "verfasser", "verantwortlich", "erstellt von"]),
        (Key::Summary, &["zusammenfassung", "kurzfassung"]),
        (Key::Zone, &["zeitzone"]),
        (
            Key::Measure(MeasureKind::Users),
            &["betroffene nutzer", "betroffene kunden", "betroffene benutzer", "betroffene anwender"],
        ),
        (Key::Share(MeasureKind::ErrorRatePct), &["fehlerrate"]),
    ],
    headings: &[
        (
            SectionKind::Summary,
            &[
                "zusammenfassung", "kurzfassung", "überblick", "übersicht", "was ist passiert", "was passiert ist",
                "was geschah", "beschreibung",
            ],
        ),
        (
            SectionKind::Timeline,
            &[
                "zeitleiste", "zeitverlauf", "verlauf", "chronologie", "ablauf", "zeitlicher ablauf", "zeitlinie",
                "zeitstrahl",
            ],
        ),
        (
            SectionKind::RootCause,
            &[
                "ursache", "ursachen", "grundursache", "ursachenanalyse", "hauptursache", "auslöser", "grund",
                "warum ist es passiert",
            ],
        ),
        (
            SectionKind::Impact,
            &[
                "auswirkung", "auswirkungen", "folgen", "betroffene systeme", "betroffene dienste", "schaden",
                "kundenauswirkung",
            ],
        ),
        (
            SectionKind::Resolution,
            &[
                "lösung", "behebung", "wiederherstellung", "fehlerbehebung", "gegenmaßnahmen", "sofortmaßnahmen",
                "störungsbehebung", "entstörung",
            ],
        ),
        (
            SectionKind::Lessons,
            &[
                "erkenntnisse", "lehren", "gelernt", "was wir gelernt haben", "was gut lief", "was lief gut",
                "was schlecht lief", "was lief schlecht", "was nicht gut lief", "glück gehabt", "wo wir glück hatten",
                "verbesserungspotenzial",
            ],
        ),
        (
            SectionKind::Actions,
            &[
                "maßnahmen", "nächste schritte", "aufgaben", "folgemaßnahmen", "vorbeugung", "vorbeugende maßnahmen",
                "prävention", "weitere schritte", "weiteres vorgehen", "offene punkte", "korrekturmaßnahmen",
                "präventive maßnahmen",
            ],
        ),
        (SectionKind::Related, &["verwandte vorfälle", "verweise", "weiterführende links", "siehe auch"]),
        (SectionKind::Body, &["metadaten", "anhang", "beteiligte", "eckdaten"]),
    ],
    columns: &[
        (Column::Priority, &["priorität", "prio"]),
        (Column::Due, &["fällig", "frist", "termin", "bis wann"]),
        (Column::Owner, &["verantwortlich", "zuständig", "wer", "besitzer"]),
        (Column::State, &["stand", "erledigt", "fortschritt"]),
        (Column::Text, &["maßnahme", "aufgabe", "beschreibung", "was"]),
    ],
    statuses: &[
        ("resolved", &["behoben", "gelöst", "erledigt", "wiederhergestellt", "beseitigt"]),
        ("mitigated", &["entschärft", "eingedämmt", "abgemildert"]),
        ("closed", &["geschlossen", "abgeschlossen", "beendet"]),
        ("monitoring", &["beobachtung", "unter beobachtung", "wird überwacht"]),
        ("investigating", &["in untersuchung", "wird untersucht", "untersuchung läuft"]),
        ("ongoing", &["laufend", "andauernd", "in arbeit", "in bearbeitung"]),
        ("open", &["offen", "ungelöst"]),
        ("scheduled", &["geplant"]),
        ("partially resolved", &["teilweise behoben", "teilweise gelöst"]),
    ],
    done: &["erledigt", "fertig", "umgesetzt", "abgeschlossen", "behoben"],
    open: &["offen", "in arbeit", "geplant", "ausstehend", "in bearbeitung", "läuft"],
    document_statuses: &["entwurf", "veröffentlicht", "freigegeben", "genehmigt"],
};
