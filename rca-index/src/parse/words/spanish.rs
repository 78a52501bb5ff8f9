//! Words of Spanish.

use super::{Column, Words};
use crate::incident::{MeasureKind, SectionKind};
use crate::parse::keys::Key;

pub(super) const WORDS: Words = Words {
    keys: &[
        (Key::Title, &["título"]),
        (Key::Name, &["nombre", "incidente"]),
        (
            Key::Start,
            &["inicio", "hora de inicio", "fecha de inicio", "inicio del incidente", "comienzo", "período", "periodo"],
        ),
        (Key::Date, &["fecha", "fecha del incidente", "día", "fecha incidente"]),
        (Key::Detected, &["detectado", "detectado el", "fecha de detección", "hora de detección", "reportado"]),
        (Key::Published, &["publicado", "publicado el", "creado", "creado el", "fecha de publicación"]),
        (
            Key::End,
            &[
                "fin", "hora de fin", "fecha de fin", "fin del incidente", "final", "finalización", "resuelto el",
                "fecha de resolución", "hora de resolución", "restaurado", "restablecido", "hasta",
            ],
        ),
        (
            Key::Severity,
            &["severidad", "gravedad", "prioridad", "nivel", "nivel de severidad", "criticidad", "nivel de gravedad"],
        ),
        (
            Key::Services,
            &[
                "servicios", "servicio", "servicios afectados", "servicio afectado", "sistemas afectados",
                "sistema afectado", "componentes afectados", "componentes", "sistemas", "servicios impactados",
                "aplicaciones afectadas",
            ],
        ),
        (Key::Tags, &["etiquetas", "categoría", "palabras clave"]),
        (Key::Status, &["estado", "estado actual", "estado del incidente"]),
        (
            Key::Duration(1),
            &[
                "duración", "duración del incidente", "duración total", "duración de la interrupción",
                "tiempo de inactividad", "tiempo de caída", "tiempo caído",
            ],
        ),
        (Key::Author, &["autor", "autores", "autora", "responsable", "redactado por", "escrito por"]),
        (Key::Summary, &["resumen"]),
        (Key::Zone, &["zona horaria"]),
        (Key::Measure(MeasureKind::Users), &["usuarios afectados", "clientes afectados", "usuarios impactados"]),
        (Key::Share(MeasureKind::ErrorRatePct), &["tasa de error", "tasa de errores"]),
    ],
    headings: &[
        (
            SectionKind::Summary,
            &[
                "resumen", "resumen ejecutivo", "descripción", "descripción del incidente", "resumen del incidente",
                "qué pasó", "qué sucedió", "qué ocurrió", "síntesis",
            ],
        ),
        (
            SectionKind::Timeline,
            &[
                "cronología", "línea de tiempo", "línea temporal", "cronograma", "secuencia de eventos",
                "cronología de eventos", "línea del tiempo",
            ],
        ),
        (
            SectionKind::RootCause,
            &[
                "causa raíz", "causas raíz", "causa", "causas", "causa principal", "análisis de causa raíz",
                "análisis de causas", "origen", "desencadenante", "por qué ocurrió", "los 5 porqués", "5 porqués",
                "factores contribuyentes",
            ],
        ),
        (
            SectionKind::Impact,
            &[
                "impacto", "alcance", "consecuencias", "impacto en usuarios", "impacto en clientes", "afectación",
                "servicios afectados",
            ],
        ),
        (
            SectionKind::Resolution,
            &[
                "resolución", "solución", "corrección", "mitigación", "recuperación", "acciones tomadas",
                "medidas tomadas", "acciones inmediatas", "remediación",
            ],
        ),
        (
            SectionKind::Lessons,
            &[
                "lecciones aprendidas", "lecciones", "aprendizajes", "qué aprendimos", "qué salió bien",
                "qué fue bien", "lo que salió bien", "qué salió mal", "qué fue mal", "lo que salió mal",
                "dónde tuvimos suerte", "qué podría mejorar",
            ],
        ),
        (
            SectionKind::Actions,
            &[
                "acciones", "acciones correctivas", "acciones preventivas", "plan de acción", "próximos pasos",
                "medidas preventivas", "medidas correctivas", "prevención", "seguimiento", "acciones de seguimiento",
                "tareas", "tareas pendientes", "mejoras", "recomendaciones", "acciones a tomar",
            ],
        ),
        (SectionKind::Related, &["enlaces", "referencias", "incidentes relacionados", "ver también", "recursos"]),
        (SectionKind::Body, &["metadatos", "anexo", "anexos", "participantes", "detección"]),
    ],
    columns: &[
        (Column::Priority, &["prioridad"]),
        (Column::Due, &["vencimiento", "fecha límite", "plazo", "fecha"]),
        (Column::Owner, &["responsable", "dueño", "asignado", "encargado", "quién", "propietario"]),
        (Column::State, &["estado", "progreso", "hecho"]),
        (Column::Text, &["acción", "tarea", "medida", "descripción", "qué"]),
    ],
    statuses: &[
        (
            "resolved",
            &[
                "resuelto", "resuelta", "solucionado", "solucionada", "corregido", "corregida", "restaurado",
                "restablecido", "reparado",
            ],
        ),
        ("mitigated", &["mitigado", "mitigada", "contenido"]),
        ("closed", &["cerrado", "cerrada", "finalizado", "finalizada", "terminado"]),
        ("monitoring", &["en monitoreo", "monitoreando", "en observación", "monitorizando"]),
        ("investigating", &["investigando", "en investigación"]),
        ("ongoing", &["en curso", "en progreso", "activo"]),
        ("open", &["abierto", "abierta", "sin resolver", "no resuelto"]),
        ("identified", &["identificado", "identificada"]),
        ("scheduled", &["programado", "planificado"]),
        ("partially resolved", &["parcialmente resuelto"]),
    ],
    done: &[
        "hecho", "hecha", "completado", "completada", "terminado", "realizado", "realizada", "implementado",
        "implementada",
    ],
    open: &["pendiente", "en curso", "en progreso", "abierto", "planificado", "por hacer"],
    document_statuses: &["borrador", "publicado", "aprobado", "en revisión", "revisado"],
};
