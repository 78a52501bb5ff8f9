//! Words of French.

use super::{Column, Words};
use crate::incident::{MeasureKind, SectionKind};
use crate::parse::keys::Key;

pub(super) const WORDS: Words = Words {
    keys: &[
        (Key::Title, &["titre"]),
        (Key::Name, &["nom", "nom de l'incident"]),
        (
            Key::Start,
            &[
                "début", "heure de début", "date de début", "début de l'incident", "début incident", "commencé",
                "période", "début de panne",
            ],
        ),
        (Key::Date, &["date de l'incident", "jour", "date incident"]),
        (Key::Detected, &["détecté", "détecté le", "date de détection", "heure de détection", "signalé"]),
        (Key::Published, &["publié", "publié le", "créé le", "date de publication", "rédigé le"]),
        (
            Key::End,
            &[
                "fin", "heure de fin", "date de fin", "fin de l'incident", "résolu le", "date de résolution",
                "heure de résolution", "rétabli", "rétabli le", "jusqu'à",
            ],
        ),
        (Key::Severity, &["sévérité", "gravité", "priorité", "niveau", "niveau de gravité", "criticité"]),
        (
            Key::Services,
            &[
                "services affectés", "service affecté", "services impactés", "service impacté", "services touchés",
                "systèmes affectés", "systèmes impactés", "composants affectés", "composants impactés", "composants",
                "périmètre impacté", "applications impactées",
            ],
        ),
        (Key::Tags, &["étiquettes", "mots clés", "catégorie"]),
        (Key::Status, &["statut", "état", "etat actuel", "statut actuel"]),
        (
            Key::Duration(1),
            &[
                "durée", "durée de l'incident", "durée de la panne", "durée d'interruption", "durée de l'interruption",
                "durée totale", "durée d'indisponibilité", "temps d'arrêt",
            ],
        ),
        (Key::Author, &["auteur", "auteurs", "auteur(s)", "rédacteur", "responsable", "rédigé par"]),
        (Key::Summary, &["résumé"]),
        (Key::Zone, &["fuseau horaire"]),
        (
            Key::Measure(MeasureKind::Users),
            &[
                "utilisateurs affectés", "utilisateurs impactés", "utilisateurs touchés", "clients affectés",
                "clients impactés",
            ],
        ),
        (Key::Share(MeasureKind::ErrorRatePct), &["taux d'erreur", "taux d'erreurs"]),
    ],
    headings: &[
        (
            SectionKind::Summary,
            &[
                "résumé", "synthèse", "sommaire", "résumé de l'incident", "description de l'incident",
                "que s'est-il passé", "ce qui s'est passé", "aperçu", "contexte et résumé",
            ],
        ),
        (
            SectionKind::Timeline,
            &[
                "chronologie", "déroulé", "déroulement", "frise chronologique", "chronologie des événements",
                "déroulé de l'incident", "historique", "ligne de temps",
            ],
        ),
        (
            SectionKind::RootCause,
            &[
                "cause racine", "causes racines", "cause", "causes", "cause principale", "analyse des causes",
                "origine", "déclencheur", "pourquoi", "cause profonde", "causes profondes", "origine de l'incident",
            ],
        ),
        (
            SectionKind::Impact,
            &[
                "impacts", "conséquences", "portée", "étendue de l'incident", "impact client", "impact utilisateur",
                "impact utilisateurs",
            ],
        ),
        (
            SectionKind::Resolution,
            &[
                "résolution", "résolutions", "correction", "correctif", "remédiation", "rétablissement", "solution",
                "solutions", "contournement", "atténuation", "mesures immédiates",
            ],
        ),
        (
            SectionKind::Lessons,
            &[
                "leçons", "leçons apprises", "enseignements", "enseignements tirés", "ce qui a bien fonctionné",
                "ce qui s'est bien passé", "ce qui s'est mal passé", "ce qui n'a pas fonctionné",
                "ce qui a mal fonctionné", "points positifs", "points négatifs", "où nous avons eu de la chance",
                "points d'amélioration", "retour d'expérience",
            ],
        ),
        (
            SectionKind::Actions,
            &[
                "plan d'action", "plan d'actions", "actions à mener", "actions correctives", "actions préventives",
                "prochaines étapes", "mesures préventives", "mesures correctives", "prévention", "suivi", "suites",
                "actions d'amélioration", "améliorations", "à faire", "recommandations",
            ],
        ),
        (SectionKind::Related, &["liens", "références", "voir aussi", "incidents liés", "ressources"]),
        (SectionKind::Body, &["métadonnées", "annexe", "annexes", "participants", "détection"]),
    ],
    columns: &[
        (Column::Priority, &["priorité"]),
        (Column::Due, &["échéance", "date limite", "délai", "pour quand"]),
        (Column::Owner, &["responsable", "propriétaire", "porteur", "qui", "assigné"]),
        (Column::State, &["statut", "état", "avancement", "fait"]),
        (Column::Text, &["action", "tâche", "mesure", "description", "quoi"]),
    ],
    statuses: &[
        (
            "resolved",
            &["résolu", "résolue", "réparé", "réparée", "corrigé", "corrigée", "rétabli", "rétablie", "réglé"],
        ),
        ("mitigated", &["atténué", "atténuée", "contourné", "contenu"]),
        ("closed", &["fermé", "fermée", "clos", "clôturé", "clôturée", "terminé", "terminée"]),
        ("monitoring", &["surveillance", "sous surveillance", "en surveillance", "en observation"]),
        ("investigating", &["en cours d'investigation", "en cours d'analyse", "investigation en cours"]),
        ("ongoing", &["en cours"]),
        ("open", &["ouvert", "ouverte", "non résolu"]),
        ("identified", &["identifié", "identifiée"]),
        ("scheduled", &["planifié", "prévu"]),
        ("partially resolved", &["partiellement résolu"]),
    ],
    done: &["fait", "faite", "terminé", "terminée", "réalisé", "réalisée", "effectué", "effectuée", "livré"],
    open: &["à faire", "en cours", "ouvert", "planifié", "prévu", "en attente", "non fait"],
    document_statuses: &["brouillon", "publié", "approuvé", "validé", "en relecture"],
};
