//! Words of English.

use super::{Column, Words};
use crate::incident::{MeasureKind, SectionKind};
use crate::parse::keys::Key;

pub(super) const WORDS: Words = Words {
    keys: &[
        (Key::Title, &["title", "incident title", "headline"]),
        (
            Key::Start,
            &[
                "start", "started", "startedat", "starttime", "startdate", "incidentstart", "began", "begin", "from",
                "occurred", "occurredat", "impactstart", "startutc", "period", "incident start time",
                "incident start date", "incident began", "start date time", "start of incident", "start of impact",
                "start of outage", "outage start", "outage started", "time of incident", "incident time",
                "impact start time", "impact began", "impact started", "impact window", "outage window",
                "incident window", "incident period", "time period", "first occurred", "first occurrence",
                "first seen", "onset", "time", "times", "incidenttime", "date and time", "date time utc", "startend",
                "starttoend", "startandend", "startedended", "startfinish", "incidentwindow", "outagewindow",
                "outagestart", "outagestarted", "outagebegan", "impactbegan", "impactstarted", "incidentstarted",
                "incidentbegan", "degradationstart", "timeofincident", "timeofoccurrence", "timeofoutage",
                "incidentstarttime", "incidentstartdate", "outagestarttime", "problemstart", "eventstart",
            ],
        ),
        (
            Key::Date,
            &[
                "date", "incidentdate", "dateofincident", "day", "when", "datetime", "date of the incident",
                "date of outage", "outage date", "incident day", "event date", "date occurred", "date of occurrence",
                "date of event", "dates", "incident dates",
            ],
        ),
        (
            Key::Detected,
            &[
                "detected", "detectedat", "detectiontime", "timedetected", "reported", "reportedat", "detected on",
                "discovered", "discovered at", "date detected", "date discovered", "first detected", "identified on",
            ],
        ),
        (
            Key::Published,
            &[
                "published", "publishedat", "publishdate", "pubdate", "sourcepublishedat", "created", "createdat",
                "date published", "publication date", "posted", "posted on", "date created", "created on", "written",
                "written on", "report date", "date of report", "date of postmortem", "postmortem date", "date written",
            ],
        ),
        (
            Key::End,
            &[
                "end", "ended", "endedat", "endtime", "enddate", "incidentend", "until", "to", "finish", "finished",
                "resolvedwhen", "resolvedat", "resolvedon", "resolutiontime", "timeresolved", "dateresolved",
                "impactend", "incident end time", "incident end date", "incident ended", "end of incident",
                "end of impact", "end of outage", "outage end", "outage ended", "impact end time", "impact ended",
                "impact over", "restored", "restored at", "service restored", "recovered", "recovered at",
                "recovery time", "resolved date", "resolved time", "resolution date", "date resolved",
                "time of resolution", "fixed at", "end date time", "outageend", "outageended", "outagefinish",
                "outagefinished", "servicerestored", "restoredat", "recoveredat", "impactended", "incidentended",
                "incidentresolved", "resolvedtime", "timeofresolution", "timeofrecovery", "serviceresumed",
                "incidentendtime", "incidentenddate", "outageendtime", "endofimpact", "endofincident", "recoverytime",
            ],
        ),
        (Key::Resolved, &["resolved"]),
        (
            Key::Severity,
            &[
                "severity", "sev", "priority", "level", "severitylevel", "incidentseverity", "impactlevel",
                "criticality", "max severity", "maximum severity", "severity rating", "severity class",
                "incident priority", "incident level", "priority level", "outage severity", "event severity",
                "sev level", "incident severity level", "urgency level",
            ],
        ),
        (
            Key::Services,
            &[
                "services", "service", "affected", "affectedservices", "affectedservice", "servicesaffected",
                "affectedsystems", "affectedsystem", "affectedcomponents", "components", "component", "systems",
                "system", "products", "product", "application", "applications", "impacted services",
                "impacted service", "impacted systems", "impacted system", "impacted components", "impacted component",
                "impacted products", "impacted product", "services impacted", "systems impacted", "systems affected",
                "components affected", "components impacted", "products affected", "affected products",
                "affected product", "affected applications", "affected application", "affected service s",
                "service affected", "service impacted", "system affected", "services involved",
                "affected infrastructure",
            ],
        ),
        (Key::Tags, &["tags", "tag", "labels", "label", "categories", "category", "keywords", "topics", "company"]),
        (
            Key::Status,
            &[
                "status", "state", "incidentstatus", "current status", "current state", "incident state",
                "resolution status", "issue status", "overall status", "final status",
            ],
        ),
        (
            Key::Duration(1),
            &[
                "duration", "durationminutes", "durationmin", "durationmins", "minutes", "length", "downtime",
                "downtimeminutes", "outageduration", "incidentduration", "totalduration", "timetorecovery",
                "timetorecover", "timetoresolve", "timetoresolution", "impactduration", "duration of outage",
                "duration of incident", "duration of impact", "duration of the outage", "duration of the incident",
                "outage length", "incident length", "length of outage", "length of incident", "total downtime",
                "total outage time", "total outage duration", "total incident duration", "time to restore",
                "downtime duration", "outage time", "service downtime", "total impact duration", "duration minute",
            ],
        ),
        (Key::Duration(60), &["durationhours", "hours", "downtimehours"]),
        (Key::DurationSeconds, &["durationseconds", "durationsecs", "downtimeseconds"]),
        (
            Key::Author,
            &[
                "author", "authors", "writtenby", "preparedby", "owner", "lead", "incidentlead", "incidentcommander",
                "commander", "reporter",
            ],
        ),
        (Key::Related, &["related", "relatedincidents", "relatedincident", "relatedreports", "seealso"]),
        (Key::Summary, &["summary", "description", "abstract", "tldr"]),
        (Key::Zone, &["timezone", "tz", "zone"]),
        (
            Key::Measure(MeasureKind::Users),
            &[
                "users", "usersaffected", "affectedusers", "customersaffected", "affectedcustomers", "usersimpacted",
                "customers impacted", "impacted customers", "impacted users", "users impacted",
                "number of users affected", "number of affected users", "number of customers affected",
                "number of users impacted", "affected user count", "affected users count", "user count", "customers",
                "accounts affected", "affected accounts", "total users affected", "affected people",
            ],
        ),
        (
            Key::Measure(MeasureKind::Errors),
            &[
                "errors", "errorcount", "failedrequests", "total errors", "errors total", "error total",
                "failed request count", "failed requests total", "requests failed", "number of errors",
            ],
        ),
        (
            Key::Measure(MeasureKind::Tickets),
            &[
                "tickets", "supporttickets", "tickets raised", "tickets opened", "support cases",
                "support cases raised", "support tickets raised", "support tickets opened", "support ticket count",
                "ticket count", "cases raised", "support requests",
            ],
        ),
        (
            Key::Measure(MeasureKind::Revenue),
            &[
                "revenue", "revenueimpact", "revenueloss", "lostrevenue", "revenue lost", "estimated revenue loss",
                "estimated revenue impact", "estimated lost revenue", "loss of revenue",
            ],
        ),
        (
            Key::Measure(MeasureKind::RequestsPct),
            &[
                "requestspct", "requestsaffectedpct", "requests percent", "requests failed percent",
                "percent of requests affected",
            ],
        ),
        (Key::Measure(MeasureKind::ErrorRatePct), &["error rate pct", "error rate percent"]),
        (
            Key::Share(MeasureKind::ErrorRatePct),
            &["errorrate", "error rate", "error ratio", "peak error rate", "max error rate"],
        ),
        (Key::Name, &["name", "incident", "incident name", "subject", "report title"]),
        (
            Key::DocumentStatus,
            &[
                "document status", "document state", "doc status", "report status", "post mortem status",
                "review status", "rca status", "publication status",
            ],
        ),
        (Key::Impact, &["impact"]),
    ],
    headings: &[
        (
            SectionKind::Summary,
            &[
                "summary", "executive summary", "incident summary", "issue summary", "tl;dr", "tldr", "overview",
                "abstract", "synopsis", "description", "what happened", "in short", "in brief", "at a glance",
                "the incident", "incident overview", "incident description", "what it looked like", "problem",
                "problem statement", "issue", "short summary", "brief summary", "quick summary", "high level summary",
                "background and summary", "the short version", "outage summary", "what broke", "tl dr",
            ],
        ),
        (
            SectionKind::Timeline,
            &[
                "timeline", "time line", "chronology", "sequence of events", "incident timeline", "events",
                "log of events", "timeline of events", "detection and response", "incident log", "updates",
                "timelines", "detailed timeline", "event timeline", "outage timeline", "event log", "incident updates",
                "status updates", "history", "incident history", "chain of events", "order of events",
                "what happened when",
            ],
        ),
        (
            SectionKind::RootCause,
            &[
                "root cause", "root causes", "cause", "causes", "root cause analysis", "cause analysis",
                "why it happened", "why did it happen", "what caused it", "contributing factors",
                "contributing factor", "contributing causes", "contributing conditions", "5 whys", "5-whys",
                "five whys", "the five whys", "trigger", "triggers", "underlying cause", "proximate cause",
                "technical analysis", "analysis", "background", "fault", "how the attack worked",
                "what went wrong technically", "diagnosis", "investigation", "rca", "root cause(s)", "cause(s)",
                "trigger(s)", "what caused the incident", "what caused the outage", "what caused the issue",
                "what caused the problem", "what caused this", "what was the cause", "why did this happen",
                "why this happened", "why", "whys", "five why's", "5 why's", "the 5 whys", "cause of the incident",
                "cause of the outage", "cause of incident", "cause of outage", "probable cause", "primary cause",
                "contributing factor(s)", "underlying causes", "causal analysis", "cause and trigger",
                "how did it happen", "what broke and why",
            ],
        ),
        (
            SectionKind::Impact,
            &[
                "impact", "impacts", "customer impact", "user impact", "business impact", "affected services",
                "services affected", "affected systems", "affected users", "scope", "scope of impact", "blast radius",
                "damage", "effect", "effects", "consequences", "what was affected", "who was affected",
                "what it meant for people", "what was down", "impact analysis", "impact assessment",
                "customer impacts", "impact summary", "service impact", "what was the impact", "who was impacted",
                "what was impacted", "impacted services", "impacted systems", "affected customers", "extent",
            ],
        ),
        (
            SectionKind::Resolution,
            &[
                "resolution", "resolutions", "recovery", "mitigation", "mitigations", "fix", "the fix", "fixes",
                "remediation", "solution", "how it was resolved", "how we fixed it", "how we got out",
                "resolution and recovery", "corrective actions taken", "actions taken", "response", "repair",
                "workaround", "what we did", "resulting action", "containment", "what was done", "what got us out",
                "what fixed it", "how did we fix it", "how was it fixed", "how it was fixed", "how was it resolved",
                "how did we resolve it", "recovery steps", "resolution steps", "remediation steps", "immediate fix",
                "immediate actions", "immediate action", "immediate response", "immediate mitigation", "fix applied",
                "fixes applied", "actions taken to resolve", "steps taken", "the solution", "solution applied",
                "how we resolved it", "how we recovered", "temporary fix", "permanent fix", "hotfix",
                "remediation steps taken",
            ],
        ),
        (
            SectionKind::Lessons,
            &[
                "lessons learned", "lessons learnt", "lessons", "lesson learned", "what we learned", "what we learnt",
                "learnings", "takeaways", "key takeaways", "retrospective", "reflections", "what i take from it",
                "what we take from it", "what we think about it", "what went well", "things that went well",
                "went well", "what worked", "what worked well", "what went wrong", "what went badly",
                "what went poorly", "what did not go well", "what didn't go well", "things that went poorly",
                "things that went wrong", "what could be improved", "what could have gone better", "what did not work",
                "where we got lucky", "where we were lucky", "we got lucky", "luck", "lesson", "what have we learned",
                "what did we learn", "what went right", "what went well?", "things that went right",
                "what went not so well", "what did we do well", "what we did well", "what we could improve",
                "what can be improved", "areas for improvement", "where did we get lucky", "takeaway", "positives",
                "negatives", "what didn't work", "what we can do better", "what can we do better",
            ],
        ),
        (
            SectionKind::Actions,
            &[
                "action items", "action item", "actions", "action points", "action plan", "follow-up", "follow up",
                "follow-ups", "followups", "follow up actions", "follow-up actions", "next steps", "todo", "todos",
                "to do", "to-do", "corrective actions", "preventive actions", "preventative actions",
                "corrective and preventive actions", "preventive measures", "prevention", "remediation items",
                "improvements", "process improvements", "technical improvements", "documentation improvements",
                "what we will do", "what we are going to do", "tickets", "tasks", "future work", "next actions",
                "next step", "what's next", "what is next", "what we are doing", "what we're doing",
                "what are we doing", "what we are doing about it", "what are we doing about it",
                "what we are doing to prevent this", "what we're doing to prevent this", "what will we do",
                "what we are changing", "what we're changing", "what will change", "what we change", "what we changed",
                "what we will change", "what will be done", "what remains", "what we do", "what we do about it",
                "what happens next", "what follows", "what follows from it", "afterwards", "measures", "what changes",
                "corrective measures", "corrective action", "corrective action plan",
                "corrective and preventative measures", "corrective and preventive measures",
                "corrective and preventative actions", "corrective/preventive actions", "preventative measures",
                "preventative action", "preventive action", "prevention measures", "prevention plan",
                "prevention steps", "preventing recurrence", "preventing a recurrence", "how to prevent this",
                "how we will prevent this", "how do we prevent this", "how will we prevent this",
                "how can we prevent this", "long term fix", "long term fixes", "long-term fix", "long-term fixes",
                "remediation plan", "remediation actions", "remediations", "remediation and follow up",
                "remediation and follow-up", "remediation and prevention", "follow up items", "follow-up items",
                "follow up tasks", "follow-up tasks", "follow up work", "follow-up work", "follow up plan", "followup",
                "followup actions", "followup items", "followup tasks", "planned actions", "planned improvements",
                "planned work", "planned fixes", "improvement actions", "improvement items", "recommendations",
                "recommended actions", "remaining work", "remaining actions", "open items", "open tasks",
                "outstanding items", "outstanding actions", "outstanding work", "moving forward", "looking forward",
                "looking ahead", "prevention of recurrence", "long term prevention", "long-term prevention",
                "going forward", "future improvements", "future prevention", "future actions", "improvement plan",
                "next steps and action items", "ai", "detection improvements", "monitoring improvements",
                "process changes",
            ],
        ),
        (
            SectionKind::Related,
            &[
                "related incidents", "related incident", "related", "related links", "related documents",
                "related reports", "similar incidents", "previous incidents", "see also", "references", "reference",
                "links", "further reading", "resources", "related resources", "artifacts", "artefacts",
                "references and artifacts", "further information", "supporting documents", "links and references",
            ],
        ),
        (
            SectionKind::Body,
            &[
                "metadata", "stats", "statistics", "attendees", "participants", "people", "appendix", "glossary",
                "context", "changelog", "summary of people", "date", "dates", "status", "severity", "authors",
                "author", "owner", "duration", "document history", "revision history", "incident metadata",
                "incident details", "incident information", "incident info", "key facts", "general information",
                "details",
            ],
        ),
    ],
    columns: &[
        (Column::Priority, &["priority", "prio", "severity"]),
        (
            Column::Due,
            &["due", "deadline", "target date", "eta", "until", "by when", "when", "date", "timeline", "timeframe"],
        ),
        (Column::Owner, &["owner", "assignee", "assigned", "who", "responsible", "team", "lead", "dri"]),
        (Column::State, &["status", "state", "done", "progress", "complete"]),
        (
            Column::Text,
            &[
                "action", "task", "item", "what", "description", "todo", "follow", "measure", "improvement",
                "recommendation", "fix", "change", "remediation",
            ],
        ),
    ],
    statuses: &[
        (
            "resolved",
            &[
                "resolved", "fixed", "solved", "fully resolved", "incident resolved", "issue resolved",
                "service restored", "restored", "recovered", "remediated", "completely resolved", "permanently fixed",
                "permanently resolved", "operational", "fully operational",
            ],
        ),
        ("partially resolved", &["partially resolved", "partly resolved", "partially fixed"]),
        (
            "mitigated",
            &["mitigated", "partially mitigated", "workaround in place", "contained", "stabilized", "stabilised"],
        ),
        ("closed", &["closed", "incident closed"]),
        ("monitoring", &["monitoring", "under monitoring", "being monitored", "observing"]),
        (
            "investigating",
            &[
                "investigating", "under investigation", "investigation ongoing", "investigation in progress",
                "being investigated",
            ],
        ),
        ("identified", &["identified", "root cause identified", "cause identified"]),
        ("open", &["open", "reopened", "unresolved", "not resolved", "new", "triage", "triaged", "reported"]),
        ("ongoing", &["ongoing", "on going", "in progress", "active", "still active", "wip", "work in progress"]),
        ("scheduled", &["scheduled", "planned"]),
        ("completed", &["completed", "complete", "done", "finished"]),
        ("cancelled", &["cancelled", "canceled", "false alarm", "false positive"]),
        ("postponed", &["postponed", "delayed"]),
    ],
    done: &[
        "done", "complete", "completed", "closed", "fixed", "resolved", "merged", "yes", "x", "implemented",
        "documented", "deployed", "shipped", "finished", "delivered", "released", "live", "verified", "applied",
        "added", "✅", "☑", "✔", "✓",
    ],
    open: &[
        "open", "todo", "to do", "to-do", "in progress", "pending", "planned", "not started", "not done", "no",
        "started", "new", "backlog", "proposed", "deferred", "ongoing", "wip", "not yet", "in review", "under review",
        "blocked", "scheduled", "future", "assigned", "on hold", "incomplete", "active", "unassigned", "❌", "☐", "🚧",
        "⏳", "🔄", "⬜", "🔲", "📋", "🟡", "🔴",
    ],
    document_statuses: &[
        "draft", "published", "publish", "approved", "final", "finalized", "finalised", "in review", "under review",
        "review", "reviewed", "pending review", "ready for review", "accepted", "archived", "obsolete", "superseded",
        "internal", "public",
    ],
};
