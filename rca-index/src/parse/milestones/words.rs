//! The words that rows of timelines use, as data: sets of words and phrases that mean the same here, in ten languages.
//!
//! In: nothing. Out: `SETS`, beside the sets of `parse::clauses`, which every reader of clauses needs. Words are in lower case,
//! with straight apostrophes.

use crate::parse::clauses::sets;

sets! {
    /// Said of a later time than the row's.
    LATER = 6: [
        "later", "afterwards", "in hindsight", "subsequently", "retrospectively", "the next day", "後日", "später",
        "plus tard", "más tarde", "senere",
    ];
    /// The cause.
    CAUSE = 7: [
        "root cause", "root causes", "root-cause", "cause", "culprit", "原因", "根因", "根本原因", "ursache",
        "fehlerursache", "causa", "causa raíz", "årsak", "årsaken", "årsag", "årsagen", "rotårsak", "원인",
        "근본 원인",
    ];
    /// Was found; with a cause.
    FOUND = 8: [
        "identified", "identifies", "identify", "found", "finds", "discovered", "discovers", "discover",
        "determined", "determines", "confirmed", "confirms", "known", "isolated", "established", "located",
        "diagnosed", "diagnoses", "pinpointed", "traced", "understood", "clear", "realized", "realised", "detected",
        "shows", "showed", "revealed", "reveals", "uncovered", "特定", "判明", "確定", "突き止めた", "定位", "查明",
        "找到", "确认", "确定", "明确", "gefunden", "identifiziert", "erkannt", "ermittelt", "festgestellt",
        "lokalisiert", "identifié", "identifiée", "trouvé", "trouvée", "identificada", "identificado", "encontrada",
        "encontrado", "localizada", "detectada", "funnet", "fant", "finner", "identifisert", "fundet", "fandt",
        "finder", "identificeret", "lokalisert", "파악", "확인", "식별", "발견", "규명",
    ];
    /// Says by itself that the cause was found.
    IDENTIFIED = 9: ["identified", "identifies", "identifiziert", "identifisert", "identificeret"];
    /// Says so too.
    DIAGNOSED = 10: [
        "pinpointed", "pinpoints", "traced to", "traced back to", "traced it to", "traced the issue to",
        "traced the problem to", "narrowed down to", "narrowed it down to", "diagnosed as", "root-caused",
        "root caused", "diagnosis confirmed", "concluded that", "realization that", "realisation that",
        "was the culprit", "is the culprit", "was the cause", "is the cause", "to be the cause", "as the cause",
        "as the root cause", "as the culprit",
    ];
    /// Found out; with `CAUSED`.
    LEARNT = 11: [
        "found", "finds", "discovered", "discovers", "determined", "confirmed", "realized", "realised", "shows",
        "showed", "revealed",
    ];
    CAUSED = 12: ["caused by", "is causing", "was causing", "were causing", "because of", "responsible for"];
    /// What tells people by itself.
    ALERTS = 13: [
        "alert", "alerts", "alarm", "alarms", "alerting", "pagerduty", "monitoring", "monitor", "monitors",
        "uptimerobot", "sentry", "pingdom", "datadog", "stackdriver", "opsgenie", "nagios", "health check",
        "health checks", "healthcheck", "canary", "probe", "synthetic",   "nodedown",
        "アラート", "監視", "告警", "报警", "警报", "监控", "alarmen", "alarmer", "alarme", "überwachung", "alerta",
        "alertas", "monitoreo", "alerte", "alertes", "supervision", "varsel", "varsler", "overvåking",
        "overvågning", "알림", "경보", "알람", "모니터링",
    ];
    /// What it does then.
    FIRES = 14: [
        "fired", "fires", "firing", "fire", "triggered", "triggers", "trigger", "received", "receives", "receive",
        "arrived", "arrives", "arrive", "raised", "raises", "sent", "sends", "went off", "goes off", "go off",
        "came in", "comes in", "come in", "detected", "detects", "detect", "reported", "reports", "report",
        "notified", "notifies", "noticed", "flagged", "flags", "catches", "caught", "sounded", "sounds",
        "indicates", "indicating", "indicate", "indicated", "warns", "warned", "alerted", "begin", "begins",
        "began", "start", "starts", "started", "again", "shows", "showed", "発火", "発報", "受信", "発生", "検知",
        "鳴動", "通知", "触发", "收到", "发出", "ausgelöst", "eingegangen", "schlägt an", "schlug an", "löst aus",
        "meldet", "reçue", "reçu", "déclenchée", "déclenché", "recibida", "disparada", "detecta", "detectó", "gikk",
        "utløst", "gik", "går", "mottatt", "발생", "수신", "울림", "감지",
    ];
    /// What an alert does when it is over, or by itself.
    CLEARS = 15: [
        "resolves", "resolve", "resolved", "clear", "clears", "cleared", "silenced", "silences", "muted",
        "acknowledged", "acknowledges", "closed", "closes", "recovers", "recovered", "recovery", "stops", "stopped",
        "disabled", "green", "added", "created", "disarmed", "suppressed", "friskmelding", "kvittert",
    ];
    FIRST = 16: [
        "first", "initial", "erste", "erster", "ersten", "première", "premier", "premiers", "premières", "primera",
        "primer", "primeros", "første", "最初", "首次", "初回", "첫",
    ];
    /// Who is hit.
    USERS = 17: [
        "user", "users", "customer", "customers", "client", "clients", "developer", "developers", "support",
        "merchant", "merchants", "someone", "colleague", "colleagues", "community", "tenant", "tenants", "partner",
        "partners", "stakeholder", "call centre", "call center", "helpdesk", "help desk", "service desk", "hotline",
        "ユーザー", "ユーザ", "顧客", "お客様", "利用者", "用户", "客户", "kunde", "kunden", "nutzer", "anwender",
        "benutzer", "utilisateur", "utilisateurs", "usuario", "usuarios", "cliente", "clientes", "bruker",
        "brukere", "bruger", "brugere", "kunder", "사용자", "고객", "유저",
    ];
    /// What they do then.
    REPORTS = 18: [
        "report", "reports", "reported", "reporting", "complain", "complains", "complained", "complaint",
        "complaints", "ticket", "tickets", "support request", "support requests", "contacted", "contacts",
        "notified", "notifies", "notifying", "flagged", "flags", "raised", "報告", "申告", "指摘", "問い合わせ",
        "反馈", "报告", "投诉", "报障", "meldet", "melden", "gemeldet", "meldung", "meldungen", "signale",
        "signalent", "signalé", "signalement", "signalements", "reporta", "reportan", "reportó", "reportaron",
        "reportado", "melder", "meldte", "meldt", "meldinger", "rapporterer", "rapportert", "신고", "보고", "문의",
    ];
    /// What is wrong.
    TROUBLE = 19: [
        "error", "errors", "failure", "failures", "failing", "fail", "fails", "failed", "outage", "outages", "down",
        "degraded", "degradation", "disruption", "disruptions", "slow", "slowness", "latency", "timeout",
        "timeouts", "timing out", "unavailable", "unavailability", "unreachable", "broken", "crash", "crashed",
        "crashes", "crashing", "crash-looping", "crashloopbackoff", "5xx", "500", "502", "503", "504", "http 500",
        "problem", "problems", "issue", "issues", "incident", "missing", "cannot", "can't", "unable", "not working",
        "doesn't work", "stuck", "no longer", "lag", "lagging", "backing up", "spike", "spikes", "elevated", "high",
        "oom", "killed", "exhausted", "full", "expired", "unresponsive", "unhealthy", "not starting", "blocked",
        "offline", "refused", "lost", "malicious", "attacker", "compromised", "stolen", "leaked", "exposed", "障害",
        "エラー", "失敗", "異常", "遅延", "不具合", "落ち", "問題", "问题", "异常", "故障", "失败", "错误", "超时",
        "störung", "ausfall", "fehler", "verbindungsproblem", "probleme", "panne", "erreur", "erreurs",
        "indisponible", "fallo", "fallos", "caída", "errores", "lento", "feil", "fejl", "nedetid", "nede", "treg",
        "장애", "오류", "실패", "에러",
    ];
    /// Says by itself that it was noticed.
    NOTICED = 21: [
        "we are observing", "we are seeing", "we're seeing", "oppmerksom på", "oppmerksomme på", "fikk melding", "får melding", "detected", "detects", "detect", "noticed", "notices", "we notice", "notice that", "notice the", "spotted",
        "spots", "discovered", "discovers", "discover", "observed", "observes", "witnessed", "became aware",
        "becomes aware", "become aware", "made aware", "first report", "first reports", "first confirmation",
        "been notified", "was notified", "were notified", "are notified", "is notified", "was alerted",
        "notified by a", "notified by our", "notified by users", "notified by customers", "notified by support",
        "notified by social media", "were alerted", "is alerted", "are alerted", "alerted by", "got alerted", "alert discovered", "検知",
        "発覚", "気づき", "気付き", "気づく", "気づいた", "检测到", "发现", "erkannt", "bemerkt", "entdeckt",
        "festgestellt", "détecté", "détectée", "détectés", "détectées", "constaté", "constatée", "remarqué",
        "détection", "detectado", "detectada", "detecta", "se detectó", "detectamos", "oppdaget", "oppdager",
        "opdaget", "opdager", "varslet", "sier ifra", "sier fra", "sa fra", "sa ifra", "siger til", "감지", "인지",
    ];
    /// Who is called; and for whom it is no proof that they looked.
    PAGED = 22: [
        "paged", "page sent", "pages on-call", "pages the on-call", "gets paged", "got paged", "called out",
        "呼び出し", "alarmiert",
    ];
    ACKNOWLEDGED = 23: [
        "acknowledged", "acknowledges", "acknowledge", "acknowledging", "acked", "ack", "ack'd", "確認応答",
        "quittiert", "pris en charge", "prise en charge", "reconocida", "kvittert", "kvitterer", "kvitteret",
        "접수",
    ];
    INVESTIGATION = 24: [
        "investigation", "investigations", "investigating", "investigate", "diagnosis", "diagnosing", "diagnosed",
        "debugging", "troubleshooting", "triage", "triaging", "looking", "to look", "調査", "対応", "切り分け",
        "排查", "调查", "处理", "untersuchung", "analyse", "fehlersuche", "diagnostic", "enquête", "investigación",
        "diagnóstico", "feilsøking", "feilsøke", "feilsøker", "fejlsøgning", "undersøkelse", "undersøkelser",
        "undersøgelse", "조사", "대응", "분석",
    ];
    BEGINS = 25: [
        "started", "starts", "start", "begins", "began", "begin", "begun", "initiated", "initiates", "launched",
        "kicked off", "commenced", "commences", "opened", "開始", "着手", "开始", "beginnt", "begann", "begonnen",
        "gestartet", "commence", "commencée", "débute", "débuté", "lancée", "démarrée", "ouverte", "comienza",
        "inicia", "iniciada", "empieza", "begynner", "begynte", "begynder", "begyndte", "startet", "startede",
        "starter", "påbegynt", "påbegyndt", "i gang", "시작", "착수",
    ];
    TEAM = 26: [
        "on-call", "oncall", "on call", "engineer", "engineers", "engineering", "sre", "sres", "team", "teams",
        "responder", "responders", "ops", "operator", "operations team", "incident commander", "当番", "担当者",
        "担当", "值班", "bereitschaft", "astreinte", "guardia", "vakt", "vagt", "vakthavende", "당직", "담당자",
        "data platform",
    ];
    /// What a team does that takes an incident on.
    TAKES = 27: [
        "joins", "joined", "takes over", "took over", "picks up", "picked up", "engaged", "engages", "responds",
        "responded", "investigates", "starts to look", "started to look", "looks into", "looking into",
        "looked into", "on it", "übernimmt", "prend", "asume", "ser på", "kigger på",
    ];
    INCIDENT = 28: [
        "incident", "incidents", "outage", "issue", "problem", "disruption", "exposure", "emergency",
        "インシデント", "障害", "故障", "störung", "ausfall", "panne", "incidente", "problème", "problema",
        "hendelsen", "hendelse", "hændelsen", "feilen", "feil", "fejlen", "fejl", "problemet", "장애", "문제",
    ];
    DECLARED = 29: [
        "declared", "declares", "created", "opened", "raised", "established", "宣言", "起票", "ausgerufen",
        "déclaré", "ouvert", "declarado", "erklært", "erklæret", "선언",
    ];
    RESPONSE = 30: [
        "incident channel", "war room", "incident call", "response team", "incident bridge", "incident room",
        "incident response", "incident",
    ];
    /// Says by itself that the damage was limited.
    MITIGATED = 31: [
        "mitigated", "mitigates", "incident contained", "issue contained", "attack contained", "breach contained",
        "leak contained", "now contained", "is contained", "was contained", "暫定復旧", "已缓解", "eingedämmt",
        "abgemildert", "atténué", "contourné", "contournée", "mitigado", "mitigada", "contenido",
        "midlertidig løst", "midlertidigt løst", "stabilized", "stabilised", "stabilizes", "stabilizing",
        "stabilises", "no longer bottlenecked", "no longer failing", "no longer affected",
    ];
    FIX = 32: [
        "fix", "fixes", "hotfix", "hot-fix", "hot fix", "patch", "mitigation", "mitigations", "workaround",
        "work-around", "rollback", "roll-back", "roll back", "revert", "remediation", "緩和", "緩和策", "暫定対応",
        "暫定対処", "暫定策", "ロールバック", "切り戻し", "回滚", "修复", "回退", "korrektur", "correctif",
        "correction", "contournement", "parche", "corrección", "retting", "rettelse", "rettelsen", "fiks", "fiksen",
        "tilbakerulling", "롤백", "패치", "임시 조치",
    ];
    APPLIED = 33: [
        "applied", "deployed", "released", "implemented", "rolled out", "shipped", "performed", "executed",
        "completed", "complete", "completes", "done", "finished", "finishes", "live", "in place", "takes effect",
        "took effect", "effective", "in production", "successful", "succeeded", "succeeds", "works", "worked",
        "goes live", "went live", "適用", "完了", "デプロイ", "リリース", "実施", "反映", "完成", "生效", "上线",
        "发布", "ausgerollt", "eingespielt", "angewendet", "abgeschlossen", "aktiv", "déployé", "déployée",
        "appliqué", "appliquée", "terminé", "terminée", "en production", "desplegado", "desplegada", "aplicado",
        "aplicada", "completado", "rullet ut", "rullet ud", "deployet", "deploya", "i produksjon", "i produktion",
        "gennemført", "fullført", "적용", "배포", "완료",
    ];
    /// Not where users are, or not yet.
    NOT_LIVE = 34: [
        "merged", "committed", "pr", "pull request", "staging", "locally", "local", "test environment",
        "dev environment", "draft", "approved", "to dev", "on dev", "tested", "review", "プラン", "テスト",
        "ローカル",
    ];
    /// Undone.
    REVERTED = 35: [
        "rolled back", "rolls back", "reverted", "reverts", "rolled-back", "zurückgerollt", "zurückgesetzt",
        "rückgängig gemacht", "annulé", "revertido", "revertida", "rullet tilbake", "ruller tilbake",
        "rullet tilbage", "ruller tilbage", "回滚完成", "已回滚", "切り戻した",
    ];
    LOAD = 36: [
        "error rate", "error rates", "errors", "load", "latency", "latencies", "lag", "queue", "queues", "backlog",
        "response times", "timeouts", "systems", "cpu usage",
    ];
    FALLS = 37: [
        "falls", "fell", "fall", "dropped", "drops", "drop", "dropping", "coming down", "comes down", "came down",
        "going down", "goes down", "decreases", "decreased", "decreasing", "subsided", "subsides", "subsiding",
        "draining", "drains", "recovering", "improving", "improves", "improved", "balancing", "begin to recover",
        "begins to recover", "starts to recover", "start to recover",
    ];
    PARTIAL = 38: [
        "partial", "partially", "partly", "in part", "some", "most", "mostly", "half", "degraded", "limited",
        "read-only", "一部", "部分", "teilweise", "partiellement", "parcialmente", "delvis", "delvist", "일부",
        "first part", "one of",
    ];
    STOPPED = 39: [
        "disabled", "disables", "removed", "removes", "stopped", "stops", "killed", "kills", "blocked", "blocks",
        "deleted", "deletes", "terminated", "banned", "deaktiviert", "désactivé",
    ];
    OFFENDER = 40: [
        "responsible for", "responsible", "faulty", "offending", "problematic", "malicious", "rogue", "misbehaving", "runaway",
        "causing the", "attacker", "abusive", "fehlerhafte", "fehlerhaften", "défectueux",
    ];
    /// Says by itself that it is over.
    OVER = 41: [
        "all clear", "back to normal", "returned to normal", "returns to normal", "return to normal",
        "returning to normal", "normal operation", "normal operations", "normal service", "outage ends",
        "outage ended", "outage over", "incident ends", "incident ended", "incident over", "outage is over",
        "incident is over", "end of incident", "end of the incident", "end of outage", "end of the outage",
        "end of impact", "impact ends", "impact ended", "fully restored", "fully recovered", "fully operational",
        "works again", "working again", "work again", "operational again", "up and running", "back online",
        "back to working order", "steady state", "available again", "reachable again", "everything is working",
        "everything works", "starts working", "started working", "start working", "working as expected",
        "running as expected", "full recovery", "full service", "restored permanently", "back in service",
        "recovered by", "restored via", "restored by", "resolved by", "is resolve by", "was resolve by",
        "processed again", "復旧完了", "完全復旧", "最終復旧", "正常化", "復旧確認", "解決済", "恢复正常",
        "业务恢复", "服务恢复", "已恢复", "已解决", "故障恢复", "故障解除", "问题解决", "全部恢复", "完全恢复",
        "behoben", "gelöst", "wiederhergestellt", "entstört", "entwarnung", "wieder verfügbar", "wieder erreichbar",
        "störung beendet", "läuft wieder", "laufen wieder", "funktioniert wieder", "wieder normal", "wieder online",
        "résolu", "résolue", "rétabli", "rétablie", "rétablis", "rétablissement", "retour à la normale",
        "fin de l'incident", "fin d'incident", "opérationnel", "resuelto", "resuelta", "restablecido",
        "restablecida", "restablecidos", "normalidad", "solucionado", "solucionada", "restaurado el servicio",
        "servicio restaurado", "oppe igjen", "oppe igen", "tilbake til normal", "tilbake til normalen",
        "tilbage til normalen", "fungerer igjen", "fungerer igen", "virker igjen", "virker igen", "gjenopprettet",
        "genoprettet", "er løst", "er rettet", "ble løst", "blev løst", "ble rettet", "blev rettet", "feilen løst",
        "fejlen løst", "normaliserte seg", "normalisert", "normaliseret", "복구 완료", "복구됨", "복구되", "정상화",
        "해결됨", "해결 완료", "정상 복구", "서비스 복구", "장애 해소",
    ];
    RESOLVED = 42: ["resolved", "solved"];
    CLOSED = 43: [
        "closed", "closes", "over", "ends", "ended", "fixed", "geschlossen", "clos", "clôturé", "cerrado", "lukket",
        "løst", "rettet", "クローズ", "解決", "解除", "해결", "종료",
    ];
    SERVICE = 44: [
        "service", "services", "access", "connectivity", "functionality", "site", "website", "system", "systems",
        "cluster", "production", "api", "app", "apps", "application", "applications", "platform", "everything",
        "all", "operations", "network", "execution", "orders", "launches", "launch success", "logins", "login",
        "checkout", "search", "payments", "instances", "mail", "router", "kubectl logs", "サービス", "服务", "系统",
        "dienst", "dienste", "système", "sistema", "servicio", "tjenesten", "tjenester", "서비스", "시스템",
    ];
    RESTORED = 45: [
        "restored", "restores", "recovered", "recovers", "is back", "are back", "were back", "was back", "back up",
        "resumed", "resumes", "operational", "healthy", "up again", "reachable", "back to 100%", "ready", "復旧",
        "恢复", "wiederhergestellt", "rétablis", "restaurado", "복구", "running again", "confirmed working",
        "verified working", "green",
    ];
    /// What else is closed and resolved.
    OTHER = 46: [
        "ticket", "tickets", "alert", "alerts", "alarm", "alarms", "connection", "connections", "pr", "prs",
        "pull request", "task", "tasks", "page", "pages", "call", "jira", "postmortem", "post-mortem", "session",
        "sessions", "port", "circuit", "breaker", "conflict", "conflicts", "hostname", "domain", "ip", "thread",
        "socket", "itself", "themselves", "merge", "dependency", "dependencies", "comment", "message", "provider",
        "upstream", "issue #", "resolved to", "resolves to", "account", "branch", "questions", "pipeline", "build",
        "bridge", "チケット", "接続", "プルリクエスト", "アラート", "工单", "连接", "티켓", "알림", "verbindung",
        "connexion", "conexión", "billet", "host connectivity",
    ];
    /// The start, as a row says it.
    BREAKS = 47: [
        "begins to fill", "began to fill", "starts to fill", "started to fill", "fills up", "filled up", "filling up",
        "begins to grow", "began to grow", "starts to grow", "started to grow", "starts growing", "started growing",
        "begins to climb", "began to climb", "starts to climb", "started to climb", "starts climbing",
        "started climbing", "piles up", "piling up", "backs up", "builds up", "building up", "begins to leak",
        "starts to leak", "starts leaking", "runs out of", "ran out of", "running out of",
        "no new", "warnings", "advarsler", "does not load", "do not load", "hangs", "hang", "drops", "stalls", "stalled", "freezes", "froze", "died",
        "dies", "restart loop", "throttled", "wrong", "duplicates", "starts failing", "incident begins",
        "incident starts", "incident started", "incident began", "outage begins", "outage starts", "outage started",
        "outage began", "outage onset", "impact begins", "impact starts", "impact started", "impact began",
        "start of incident", "start of the incident", "start of the outage", "start of outage", "begins to fail",
        "begin to fail", "starts to fail", "start to fail", "started failing", "start failing", "began failing",
        "stops responding", "stopped responding", "stop responding", "goes down", "went down", "発生", "停止",
        "beginn", "ausgefallen", "début de l'incident", "début", "inicio", "comienzo", "starter å feile",
        "begynte å feile", "发生", "중단",
    ];
    /// Not the cause but what is done about it, and to whom.
    FIX_WORDS = 48: [
        "fix", "workaround", "solution", "mitigation", "users", "customers", "pipelines", "steps", "candidate",
        "improvements", "follow-ups", "actions", "conversation", "conversations", "discussion", "thread", "owner",
        "owners",
    ];
    /// An alert, by what follows it.
    ALERT_ON = 49: [
        "alert on", "alert for", "alerts on", "alerts for", "alarm on", "alarm for", "alert about", "alerts about",
        "becomes a page", "page fires", "pages arrive", "page arrives", "page received",
    ];
    /// Says by itself that the incident begins.
    START = 52: [
        "incident begins", "incident starts", "incident started", "incident began", "outage begins", "outage starts",
        "outage started", "outage began", "outage onset", "impact begins", "impact starts", "impact started",
        "impact began", "start of incident", "start of the incident", "start of the outage", "start of outage", "exposure begins", "début de l'incident",
    ];
    /// What says by itself that somebody told of trouble.
    TOLD = 51: [
        "report", "reports", "reported", "reporting", "complain", "complains", "complained", "complaint", "complaints",
        "notified", "notifies", "notifying", "flagged", "flags", "報告", "申告", "指摘", "反馈", "报告", "投诉", "报障", "meldet",
        "melden", "gemeldet", "signale", "signalent", "signalé", "reporta", "reportan", "reportó", "reportaron", "reportado",
        "melder", "meldte", "meldt", "rapporterer", "rapportert", "신고", "보고",
    ];
}
