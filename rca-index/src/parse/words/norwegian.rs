//! Words of Norwegian, with those of Swedish and Danish that differ.

use super::{Column, Words};
use crate::incident::{MeasureKind, SectionKind};
use crate::parse::keys::Key;

pub(super) const WORDS: Words = Words {
    keys: &[
        (Key::Title, &["tittel", "rubrik"]),
        (Key::Start, &["starttidspunkt", "startet", "starttid"]),
        (Key::Date, &["dato", "hendelsesdato"]),
        (Key::Detected, &["oppdaget", "upptäckt"]),
        (Key::End, &["slutt", "sluttidspunkt", "sluttid", "løst tidspunkt", "løst kl", "slut"]),
        (Key::Severity, &["alvorlighetsgrad", "alvorlighet", "prioritet", "allvarlighetsgrad", "alvorlighedsgrad"]),
        (
            Key::Services,
            &[
                "tjenester", "tjeneste", "berørte tjenester", "berørte systemer", "påvirkede tjenester", "tjänster",
                "påverkade tjänster", "berørt tjeneste",
            ],
        ),
        (Key::Status, &["tilstand"]),
        (Key::Duration(1), &["varighet", "varighed", "varaktighet", "nedetid", "nedetidens lengde"]),
        (Key::Author, &["forfatter", "forfattere", "ansvarlig"]),
        (Key::Summary, &["sammendrag", "oppsummering", "sammanfattning", "resumé"]),
        (Key::Zone, &["tidssone"]),
        (Key::Measure(MeasureKind::Users), &["berørte brukere", "påvirkede brukere", "antall berørte brukere"]),
    ],
    headings: &[
        (SectionKind::Summary, &["sammendrag", "oppsummering", "sammanfattning", "hva skjedde", "beskrivelse"]),
        (
            SectionKind::Timeline,
            &["tidslinje", "tidslinja", "tidsforløp", "hendelsesforløp", "tidslinje over hendelser"],
        ),
        (
            SectionKind::RootCause,
            &[
                "rotårsak", "rotårsaker", "årsak", "årsaker", "grunnårsak", "utløsende årsak", "grundorsak", "orsak",
                "trigger",
            ],
        ),
        (SectionKind::Impact, &["konsekvens", "konsekvenser", "påvirkning", "omfang", "påverkan"]),
        (
            SectionKind::Resolution,
            &["løsning", "løsninger", "tiltak utført", "feilretting", "gjenoppretting", "lösning", "åtgärd"],
        ),
        (
            SectionKind::Lessons,
            &[
                "hva lærte vi", "læring", "lærdom", "hva gikk bra", "hva gikk dårlig", "hva gikk galt",
                "hvor hadde vi flaks", "hva fungerte", "lärdomar", "vad gick bra", "vad gick dåligt",
            ],
        ),
        (
            SectionKind::Actions,
            &[
                "aksjonspunkter", "tiltak", "oppfølging", "videre arbeid", "neste steg", "oppfølgingspunkter",
                "forebyggende tiltak", "åtgärder", "nästa steg", "handlingspunkter",
            ],
        ),
        (SectionKind::Related, &["lenker", "linker", "referanser"]),
        (SectionKind::Body, &["vedlegg", "deltakere", "tittel", "oppdagelse"]),
    ],
    columns: &[
        (Column::Priority, &["prioritet"]),
        (Column::Due, &["frist", "tidsfrist"]),
        (Column::Owner, &["eier", "ansvarlig", "hvem", "ägare", "ansvarig"]),
        (Column::State, &["tilstand", "ferdig"]),
        (Column::Text, &["aksjon", "tiltak", "oppgave", "beskrivelse", "hva"]),
    ],
    statuses: &[
        ("resolved", &["løst", "fikset", "rettet", "utbedret", "åtgärdat"]),
        ("closed", &["lukket", "avsluttet", "ferdig", "stängd"]),
        ("mitigated", &["avhjulpet", "begrenset"]),
        ("monitoring", &["overvåkes", "under overvåkning"]),
        ("investigating", &["undersøkes", "under etterforskning"]),
        ("ongoing", &["pågår", "pågående", "under arbeid"]),
        ("open", &["åpen", "uløst", "öppen"]),
        ("partially resolved", &["delvis løst"]),
    ],
    done: &["utført", "ferdig", "gjort", "fullført", "løst", "klar", "klart", "udført"],
    open: &["åpen", "pågår", "ikke startet", "planlagt", "under arbeid", "påbegynt", "ikke påbegynt"],
    document_statuses: &["utkast", "publisert", "godkjent"],
};
