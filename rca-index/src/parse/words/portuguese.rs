//! Words of Portuguese.

use super::{Column, Words};
use crate::incident::{MeasureKind, SectionKind};
use crate::parse::keys::Key;

pub(super) const WORDS: Words = Words {
    keys: &[
        (Key::Start, &["início", "hora de início", "data de início", "início do incidente", "começo"]),
        (Key::Date, &["data", "data do incidente"]),
        (Key::Detected, &["detectado em", "detecção em", "identificado em"]),
        (Key::Published, &["publicado em", "criado em"]),
        (
            Key::End,
            &[
                "fim", "término", "hora de término", "data de término", "fim do incidente", "resolvido em",
                "mitigação completa em", "restabelecido", "restaurado em", "encerramento",
            ],
        ),
        (Key::Severity, &["severidade", "gravidade", "criticidade"]),
        (
            Key::Services,
            &[
                "serviços", "serviço", "serviços afetados", "serviço afetado", "sistemas afetados", "sistema afetado",
                "serviços impactados", "sistemas impactados", "componentes afetados",
            ],
        ),
        (Key::Status, &["situação", "status atual", "situação atual"]),
        (
            Key::Duration(1),
            &[
                "duração", "duração do impacto", "duração do incidente", "duração total", "tempo de indisponibilidade",
                "tempo fora do ar",
            ],
        ),
        (Key::Author, &["autor", "autores", "responsável"]),
        (Key::Summary, &["resumo"]),
        (Key::Zone, &["fuso horário"]),
        (
            Key::Measure(MeasureKind::Users),
            &["usuários afetados", "usuários impactados", "clientes afetados", "clientes impactados"],
        ),
        (Key::Share(MeasureKind::ErrorRatePct), &["taxa de erro", "taxa de erros"]),
    ],
    headings: &[
        (
            SectionKind::Summary,
            &[
                "resumo", "resumo executivo", "sumário", "descrição", "descrição do incidente", "o que aconteceu",
                "visão geral",
            ],
        ),
        (SectionKind::Timeline, &["linha do tempo", "cronologia", "sequência de eventos", "histórico"]),
        (
            SectionKind::RootCause,
            &[
                "causa raiz", "causas raiz", "causa", "causas", "causa raíz", "análise de causa raiz",
                "por que aconteceu", "fator contribuinte", "fatores contribuintes", "gatilho", "5 porquês",
                "cinco porquês",
            ],
        ),
        (SectionKind::Impact, &["impacto", "impactos", "impacto no cliente", "impacto nos usuários", "alcance"]),
        (
            SectionKind::Resolution,
            &[
                "resolução", "solução", "correção", "mitigação", "recuperação", "ações tomadas", "medidas tomadas",
                "ações imediatas",
            ],
        ),
        (
            SectionKind::Lessons,
            &[
                "lições aprendidas", "lições", "aprendizados", "o que aprendemos", "o que deu certo",
                "o que funcionou", "o que funcionou bem", "o que foi bem", "o que deu errado", "o que não funcionou",
                "o que pode melhorar", "onde tivemos sorte",
            ],
        ),
        (
            SectionKind::Actions,
            &[
                "ações", "ações corretivas", "ações preventivas", "plano de ação", "próximos passos",
                "medidas preventivas", "medidas corretivas", "prevenção", "ações de acompanhamento", "tarefas",
                "melhorias", "itens de ação", "pendências",
            ],
        ),
        (SectionKind::Related, &["links relacionados", "referências", "veja também", "incidentes relacionados"]),
        (SectionKind::Body, &["cabeçalho", "metadados", "anexo", "anexos", "participantes"]),
    ],
    columns: &[
        (Column::Priority, &["prioridade"]),
        (Column::Due, &["prazo", "data limite", "vencimento"]),
        (Column::Owner, &["responsável", "dono", "quem"]),
        (Column::State, &["situação", "estado", "progresso"]),
        (Column::Text, &["ação", "tarefa", "medida", "descrição", "o que"]),
    ],
    statuses: &[
        ("resolved", &["resolvido", "resolvida", "corrigido", "corrigida", "solucionado", "restabelecido"]),
        ("mitigated", &["mitigado", "mitigada", "contido"]),
        ("closed", &["fechado", "fechada", "encerrado", "encerrada", "concluído"]),
        ("monitoring", &["em monitoramento", "monitorando", "em observação"]),
        ("investigating", &["em investigação"]),
        ("ongoing", &["em andamento"]),
        ("open", &["aberto", "aberta", "não resolvido"]),
        ("scheduled", &["agendado", "planejado"]),
        ("partially resolved", &["parcialmente resolvido"]),
    ],
    done: &[
        "feito", "feita", "concluído", "concluída", "finalizado", "realizado", "entregue", "implementado",
        "implementada",
    ],
    open: &["pendente", "em andamento", "aberto", "planejado", "a fazer", "em progresso"],
    document_statuses: &["rascunho", "publicado", "aprovado", "em revisão"],
};
