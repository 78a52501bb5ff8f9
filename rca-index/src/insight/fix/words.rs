//! The words of what is done to end an incident, as data, in the languages that reports are written in.
//!
//! In: nothing. Out: `SETS`, beside those of `parse::clauses`, and `RULES`. Words are in lower case, with straight apostrophes.
//! A set that ends in `_DONE` says that it was done; its twin is the bare verb or noun, which a step of a list may be.

use super::FixKind::{
    self, ConfigurationChanged, DataRestored, FailedOver, HotFix, Limited, Provider, Renewed, Restarted, RolledBack,
    Scaled, SpaceFreed,
};
use crate::parse::clauses::{Set, sets};

sets! {
    /// Before what ended it: `resolved by`.
    BY = 6: [
        "resolved by", "resolve it by", "resolved via", "resolved with", "resolved after", "resolved when", "resolved once", "solved by",
        "solved with", "fixed by", "fixed via", "fixed with", "fixed after", "mitigated by", "mitigated via", "mitigated with",
        "mitigated after", "remediated by", "remedied by", "restored by", "restored via", "restored after", "recovered by",
        "recovered after", "recovered once", "recovered when", "repaired by", "addressed by", "alleviated by", "contained by",
        "stopped by", "ended by", "ended when", "back online after", "back up after", "back to normal after",
        "service returned after", "workaround was to", "fix was to", "solution was to",
        "一次復旧は", "復旧は", "暫定対応は", "恒久対応は", "behoben durch", "gelöst durch", "résolu par", "résolu en", "resuelto mediante", "resuelto al", "løst ved",
    ];
    /// What happens when an incident ends.
    RESULT = 7: [
        "resolved", "resolves", "resolving", "solved", "solves", "fixed", "fixes the", "mitigated", "mitigates", "restored",
        "restores", "restoring", "recovered", "recovers", "back to normal", "returned to normal", "return to normal",
        "returning to normal", "back online", "back up", "came back", "comes back", "working again", "work again",
        "works again", "worked again", "started working", "stabilized", "stabilised", "subsided", "brought back", "resumed", "normalized", "normalised", "all clear", "unblocked", "behoben", "gelöst", "wiederhergestellt", "läuft wieder",
        "rétabli", "résolu", "restablecido", "resuelto", "gjenopprettet", "genoprettet", "løst", "rettet",
        "復旧した", "復旧完了", "復旧済", "解消した", "解消され", "回復した", "恢复正常", "已恢复", "已解决", "복구됨", "해결됨",
    ];
    APPLIED = 8: [
        "applied", "deployed", "deploys", "released", "implemented", "rolled out", "shipped", "performed", "executed", "completed",
        "merged", "pushed", "live", "in place", "took effect", "went live", "finished", "done", "適用", "完了",
        "デプロイ", "リリース", "反映", "上线", "发布", "ausgerollt", "eingespielt", "déployé", "desplegado", "적용", "배포",
    ];
    /// What is wrong.
    TROUBLE = 9: [
        "error", "errors", "errored", "failure", "failures", "failing", "fails", "failed", "outage", "down", "degraded", "slow", "latency",
        "timeout", "timeouts", "unavailable", "unreachable", "broken", "crash", "crashed", "crashes", "crashing", "stuck",
        "exhausted", "expired", "lost", "障害", "エラー", "失敗",
    ];
    /// What trouble does when it ends.
    GONE = 59: [
        "stopped", "ceased", "gone", "disappeared", "dropped", "drops", "subsided", "went away", "cleared", "declined", "fell", "falls",
        "eased", "decreased",
    ];
    /// What an action brought about that was no end.
    CAUSES = 10: [
        "caused", "causes", "causing", "led to", "leads to", "leading to", "triggered", "triggers", "triggering",
        "resulted in", "results in", "resulting in", "introduced", "broke", "verursacht", "hampered", "prolonging", "prolonged",
        "problem was", "is the problem", "引き起こ",
    ];
    /// Says of a clause that nothing was mended in it: it checks, plans or teaches.
    ASIDE = 55: [
        "verify", "verified", "verifies", "check", "checked", "checking", "confirm", "monitor", "monitored", "ensure", "ensures",
        "to prevent", "prevent", "in the future", "going forward", "lesson", "lessons", "learned", "committed to", "committed remediations",
        "remediations", "long-term", "long term", "will", "plans", "planned", "improvements", "unclear", "可能", "べき",
    ];
    /// Opens a clause that nobody says happened.
    IF = 11: ["if", "whether", "unless", "until", "in case", "before", "so that", "in order to", "falls", "si", "hvis"];
    ROLL_DONE = 21: [
        "rolled back", "rolled-back", "rolls back", "reverted", "reverts", "downgraded", "backed out",         "rolled it back", "rolled them back", "switched back to the previous", "went back to the previous", "returned to the previous version",
        "restored the previous version", "restored the previous configuration", "zurückgerollt", "zurückgesetzt", "rückgängig gemacht",
        "annulé", "revertido", "revertida", "rullet tilbake", "rullet tilbage", "回滚", "回退", "切り戻した", "ロールバックした",
        "ロールバック実施", "롤백했", "rolled back to",
    ];
    ROLL = 32: [
        "roll back", "roll-back", "rollback", "rollbacks", "rolling back", "revert", "reverting", "downgrade", "downgrading",
        "back out", "backing out", "ロールバック", "切り戻し", "切戻し", "tilbakerulling", "롤백", "restoring the previous version",
        "restore the previous version",
    ];
    RESTART_DONE = 22: [
        "restarted", "restarts the", "restarts of", "rebooted", "reboots", "bounced", "stopped and started", "power cycled", "power-cycled", "recycled", "respawned", "killed the pods",
        "deleted the pods", "deleted the pod", "recreated the pods", "redeployed", "re-deployed", "relaunched", "started again",
        "turned it off and on", "neu gestartet", "neugestartet", "redémarré", "redémarrée", "reiniciado", "reiniciada", "reiniciaron",
        "startet på nytt", "genstartet", "再起動した", "再起動し", "重启了", "重启", "재시작",
    ];
    RESTART = 33: [
        "restart", "restarting", "reboot", "rebooting", "bounce", "bouncing", "stopping and starting", "stop and start", "power cycle", "power-cycle", "redeploy", "redeploying",
        "recycle", "recycling", "relaunch", "rolling restart", "neustart", "redémarrage", "reinicio", "omstart", "genstart", "再起動", "再デプロイ",
    ];
    SCALE_DONE = 23: [
        "scaled", "scaled up", "scaled out", "upscaled", "autoscaled", "upsized", "resized the instance", "resized the cluster", "provisioned",
        "spun up", "launched additional", "launched more", "brought up additional", "hochskaliert", "skaliert", "增加", "扩容", "スケールアップした",
        "スケールアウトした", "増設した", "増強した",
    ];
    SCALE = 34: [
        "scale up", "scale out", "scaling", "scaling up", "scaling out", "upscale", "upsize", "add capacity", "adding capacity",
        "spin up", "provision", "スケールアップ", "スケールアウト", "増設", "増強", "증설",
    ];
    FAIL_OVER_DONE = 24: [
        "failed over", "fails over", "promoted", "switched over", "switched to the standby", "switched to the secondary", "switched to the backup",
        "switched traffic", "rerouted", "re-routed", "diverted", "moved traffic", "shifted traffic", "redirected traffic", "routed traffic", "cut over",
        "drained traffic", "evacuated", "切り替えた", "フェイルオーバーした", "umgeschaltet", "basculé", "切换",
    ];
    FAIL_OVER = 35: [
        "failover", "fail over", "failing over", "fail-over", "promote", "promoting", "switch over", "switching over", "switchover",
        "reroute", "rerouting", "divert", "diverting", "redirect traffic", "shift traffic", "shifting traffic", "cutover",
        "フェイルオーバー", "切り替え",
    ];
    CHANGE_DONE = 25: [
        "changed", "updated", "adjusted", "increased", "raised", "bumped", "doubled", "tripled", "reduced", "lowered", "decreased", "tuned",
        "set to", "set the", "was set", "were set", "configured", "reconfigured", "corrected", "edited", "modified", "added", "removed", "replaced", "expanded", "extended the",
        "enabled", "disabled", "turned off", "turned on", "toggled", "switched off", "switched on", "moved", "allocated", "geändert", "angepasst", "erhöht",
        "deaktiviert", "modifié", "augmenté", "désactivé", "modificado", "aumentado", "endret", "ændret", "変更した", "変更し", "追加した",
        "引き上げた", "修正した", "调整", "修改", "upgraded", "pinned",
    ];
    CHANGE = 36: [
        "change", "changing", "update", "updating", "adjust", "adjusting", "increase", "increasing", "raise", "raising", "bump", "bumping",
        "double", "doubling", "reduce", "reducing", "lower", "lowering", "tune", "tuning", "setting", "configure", "reconfigure",
        "correct", "correcting", "add", "adding", "remove", "removing", "replace", "replacing", "expand", "expanding", "extend",
        "extending", "enable", "enabling", "disable", "disabling", "turn off", "turning off", "toggle", "変更", "追加", "upgrade", "upgrading", "pin", "pinning",
    ];
    INCREASE_DONE = 53: [
        "increased", "raised", "bumped", "doubled", "tripled", "expanded", "extended the", "enlarged", "grew", "resized", "erhöht",
        "augmenté", "aumentado", "引き上げた", "moved to a larger", "moved to larger",
    ];
    INCREASE = 54: [
        "increase", "increasing", "raise", "raising", "bump", "bumping", "double", "doubling", "expand", "expanding", "extend",
        "extending", "enlarge", "resize", "resizing",
    ];
    ADD_DONE = 60: ["added", "allocated", "upgraded", "extra", "additional", "追加した"];
    ADD = 61: ["add", "adding", "allocate", "upgrade", "upgrading", "more", "追加"];
    REPLACE_DONE = 51: [
        "replaced", "updated", "issued", "installed", "recreated", "re-created", "uploaded", "new", "imported", "refreshed", "更新し", "差し替え",
        "ersetzt", "remplacé", "reemplazado",
    ];
    REPLACE = 52: ["replace", "replacing", "update", "updating", "install", "installing", "refresh", "refreshing", "更新"];
    DISABLE_DONE = 48: [
        "disabled", "turned off", "switched off", "deactivated", "unplugged", "uninstalled", "deaktiviert", "désactivé", "desactivado",
        "無効化し", "無効にし",
    ];
    DISABLE = 49: ["disable", "disabling", "turn off", "turning off", "switch off", "switching off", "deactivate", "無効化"];
    FIX_DONE = 26: [
        "hotfixed", "hot-fixed", "patched", "deployed a fix", "deployed the fix", "released a fix", "pushed a fix", "shipped a fix",
        "merged a fix", "merged the fix", "applied a fix", "applied the fix", "applied a patch", "implemented a fix", "fixed the bug",
        "fixed the code", "fixed the query", "fixed the config", "fixed forward", "rewrote", "deployed a patch", "deployed a new version",
        "deployed a hotfix", "released a new version", "released a patch", "rolled out a fix", "rolled forward",
    ];
    FIX = 37: [
        "hotfix", "hot fix", "hot-fix", "patch", "patching", "bugfix", "bug fix", "fix forward", "roll forward", "rolling forward", "a fix",
        "the fix", "fix release", "code fix", "ホットフィックス", "修正版", "パッチ", "correctif", "parche", "fiks", "패치", "修复",
    ];
    FREE_DONE = 27: ["freed", "freed up", "vacuumed", "compacted", "freigegeben", "libéré", "liberado", "reclaimed"];
    FREE = 38: ["free up", "freeing", "freeing up", "free space", "free disk space", "vacuum", "reclaim", "reclaiming"];
    DELETE_DONE = 57: [
        "deleted", "removed", "cleaned up", "cleaned", "purged", "pruned", "truncated", "emptied", "garbage collected", "gelöscht",
        "supprimé", "eliminado", "削除した", "清理",
    ];
    DELETE = 58: [
        "delete", "deleting", "remove", "removing", "clean up", "cleanup", "cleaning up", "purge", "purging", "prune", "pruning",
        "truncate", "truncating", "削除",
    ];
    RENEW_DONE = 28: [
        "renewed", "rotated", "reissued", "re-issued", "regenerated", "issued a new", "reissuing", "re-created the certificate", "revoked",
        "erneuert", "renouvelé", "renovado", "fornyet", "更新した", "続期", "续期", "갱신",
    ];
    RENEW = 39: [
        "renew", "renewing", "renewal", "rotate", "rotating", "rotation", "reissue", "regenerate", "regenerating", "revoke", "revoking",
        "erneuerung", "renouvellement", "renovación",
    ];
    LIMIT_DONE = 29: [
        "rate limited", "rate-limited", "throttled", "blocked", "banned", "rate limits applied", "blacklisted", "blackholed", "denylisted", "shed load", "shed",
        "killed", "terminated", "stopped", "paused", "suspended", "cancelled", "canceled", "aborted", "shut down", "shut off", "took offline", "taken offline",
        "quarantined", "isolated", "gesperrt", "blockiert", "gestoppt", "bloqué", "arrêté", "bloqueado", "detenido", "停止した", "遮断した",
        "cordoned",
    ];
    LIMIT = 40: [
        "rate limit", "rate-limit", "rate limiting", "throttle", "throttling", "block", "blocking", "ban", "banning", "kill",
        "killing", "terminate", "terminating", "stop", "stopping", "pause", "pausing", "suspend", "suspending", "cancel", "cancelling", "shut down",
        "shutting down", "isolate", "isolating", "load shedding", "遮断",
    ];
    RESTORE_DONE = 30: [
        "restored from", "restored the backup", "restored a backup", "restored the snapshot", "restored a snapshot", "restored the data",
        "restored the database", "reimported", "re-imported", "replayed", "backfilled", "reindexed", "re-indexed", "rebuilt", "recreated",
        "re-created", "repaired", "resynced", "re-synced", "resynchronized", "reprocessed", "re-ran", "reran", "requeued", "re-queued",
        "wiederhergestellt aus", "復元した", "再作成した", "再構築した", "再作成", "reattached", "re-attached", "reinstalled", "reconnected",
    ];
    RESTORE = 41: [
        "restore from", "restoring from", "restore the backup", "restoring the backup", "restore the data", "reimport", "replay", "replaying", "backfill", "backfilling",
        "reindex", "reindexing", "rebuild", "rebuilding", "recreate", "recreating", "repair", "repairing", "resync", "resyncing", "reprocess",
        "rerun", "re-run", "復元", "再構築", "reconnect", "reconnecting", "reinstall",
    ];
    /// Done to data with a copy of it.
    RESTORED_DONE = 12: ["restored", "restores", "recovered", "reloaded", "wiederhergestellt", "restauré", "restaurado"];
    RESTORED = 13: ["restore", "restoring", "recover", "recovering", "reload", "reloading"];
    COPY = 14: ["backup", "backups", "snapshot", "snapshots", "dump", "dumps", "archive log", "replica's copy", "バックアップ"];
    /// With a verb of the end: the provider did it.
    PROVIDER = 42: [
        "provider", "provider's", "vendor", "vendor's", "upstream", "third party", "third-party", "aws", "amazon", "azure", "microsoft", "gcp",
        "google", "google cloud", "cloudflare", "fastly", "akamai", "github", "digitalocean", "hetzner", "ovh", "linode", "heroku",
        "isp", "carrier", "hosting provider", "cloud provider", "cloud provider's", "anbieter", "fournisseur", "proveedor", "leverandør",
        "leverandøren", "プロバイダ", "供应商",
    ];
    /// What a provider did, right behind its name.
    MENDED = 56: [
        "resolved", "fixed", "restored", "recovered", "solved", "mitigated", "returned to normal", "is resolved", "has resolved", "has fixed",
        "incident has been resolved", "behoben", "gelöst", "résolu", "resuelto",
    ];
    WAIT_DONE = 31: ["waited for", "waited until", "waited it out", "gewartet", "自然復旧", "自然回復", "resolved itself", "resolved on its own", "recovered on its own", "self-resolved"];
    /// What there is more of when something is scaled.
    CAPACITY = 43: [
        "replica", "replicas", "node", "nodes", "instance", "instances", "consumer", "consumers", "worker", "workers", "pod", "pods", "server",
        "servers", "machine", "machines", "vm", "vms", "host", "hosts", "capacity", "memory", "ram", "cpu", "cpus", "cores", "shard", "shards", "partition",
        "partitions", "broker", "brokers", "resources", "instance size", "instance type", "node pool", "ノード", "レプリカ", "台数", "メモリ", "iops", "throughput",
    ];
    /// What is set.
    SETTING = 44: [
        "config", "configuration", "configurations", "setting", "settings", "parameter", "parameters", "timeout", "timeouts", "limit", "limits", "threshold", "thresholds",
        "flag", "flags", "feature flag", "feature flags", "ttl", "pool size", "connection pool", "quota", "quotas", "max_connections", "max connections",
        "variable", "environment variable", "env var", "dns", "dns record", "record", "records", "route", "routes", "routing", "firewall", "rule", "rules", "policy",
        "policies", "security group", "permission", "permissions", "role", "retry", "retries", "interval", "option", "yaml", "manifest", "values", "heap", "selector",
        "annotation", "annotations", "label", "labels", "ingress", "nginx", "cron", "schedule", "設定", "タイムアウト", "上限", "einstellung", "konfiguration", "grenzwert",
        "configuración", "paramètre", "index", "proxy", "helm", "terraform", "dockerfile", "version", "image",
    ];
    SPACE = 45: [
        "disk", "disks", "disk space", "space", "volume", "volumes", "logs", "log files", "old files", "snapshots", "images", "backups", "storage", "filesystem",
        "file system", "inodes", "pvc", "log file", "tmp", "partition full", "ディスク", "ログ", "festplatte", "speicherplatz", "disque", "disco",
    ];
    SECRET = 46: [
        "certificate", "certificates", "cert", "certs", "key", "keys", "api key", "token", "tokens", "credential", "credentials", "secret", "secrets",
        "password", "passwords", "証明書", "トークン", "zertifikat", "zertifikate", "certificat", "certificado", "证书", "인증서", "sertifikat",
    ];
    /// What is stopped when load is limited.
    LOAD = 47: [
        "query", "queries", "export", "exports", "batch", "migration", "rollout", "job", "jobs", "process", "processes", "ip", "ips", "address", "addresses", "traffic", "client", "clients", "user", "users", "bot", "bots",
        "crawler", "crawlers", "requests", "request", "load", "attack", "attacker", "feature", "endpoint", "integration", "task", "tasks", "account", "accounts", "connections", "session", "sessions", "service",
        "deployment", "deployments", "pipeline", "tenant", "バッチ", "クエリ", "アクセス", "import", "imports", "script", "scripts", "plugin", "module", "autoscaler", "access",
    ];
}

/// What one clause says was done: a word of each set, the first of them its verb.
pub(super) struct Rule {
    pub(super) kind: FixKind,
    /// The verb, where it says that it was done.
    pub(super) done: Set,
    /// The verb as such, or its noun.
    pub(super) bare: Set,
    /// What it is done to, where the verb alone does not say it; 0 where it does.
    pub(super) object: Set,
}

const fn rule(kind: FixKind, done: Set, bare: Set) -> Rule {
    Rule { kind, done, bare, object: 0 }
}

const fn done_to(kind: FixKind, done: Set, bare: Set, object: Set) -> Rule {
    Rule { kind, done, bare, object }
}

/// The first that a clause follows counts.
pub(super) const RULES: &[Rule] = &[
    rule(RolledBack, ROLL_DONE, ROLL),
    rule(FailedOver, FAIL_OVER_DONE, FAIL_OVER),
    done_to(Renewed, REPLACE_DONE, REPLACE, SECRET),
    rule(Renewed, RENEW_DONE, RENEW),
    rule(HotFix, FIX_DONE, FIX),
    rule(SpaceFreed, FREE_DONE, FREE),
    done_to(SpaceFreed, INCREASE_DONE | DELETE_DONE, INCREASE | DELETE, SPACE),
    rule(Restarted, RESTART_DONE, RESTART),
    rule(DataRestored, RESTORE_DONE, RESTORE),
    done_to(DataRestored, RESTORED_DONE, RESTORED, COPY),
    done_to(ConfigurationChanged, CHANGE_DONE, CHANGE, SETTING),
    rule(Scaled, SCALE_DONE, SCALE),
    done_to(Scaled, INCREASE_DONE | ADD_DONE, INCREASE | ADD, CAPACITY),
    done_to(Limited, LIMIT_DONE, LIMIT, LOAD),
    rule(Limited, DISABLE_DONE, DISABLE),
    rule(Provider, WAIT_DONE, 0),
];
