//! The words of generated reports: words of operations, and a vocabulary in which frequent words are short and the k-th
//! word is about k times rarer than the first (Zipf 1949, "Human Behavior and the Principle of Least Effort").

use fastrand::Rng;

/// The number of made-up words.
const VOCABULARY: usize = 30_000;

pub const COMPONENTS: &[&str] = &[
    "queue", "database", "cache", "certificate", "load balancer", "disk", "network", "scheduler", "replica", "index",
    "broker", "gateway", "proxy", "cluster", "volume", "connection pool", "consumer", "deployment", "rate limiter",
    "cron",
];

pub const SYMPTOMS: &[&str] = &[
    "backlog", "timeout", "outage", "failover", "leak", "saturation", "corruption", "latency", "expiry", "overload",
    "deadlock", "crash loop", "split brain", "throttling", "lag", "eviction", "drift", "exhaustion", "flapping",
    "loss",
];

pub const CAUSES: &[&str] = &[
    "a wrong setting", "a bad deploy", "an expired certificate", "a memory leak", "a traffic spike", "a full disk",
    "a schema migration", "a missing index", "a failed node", "a retry storm", "a kernel bug", "clock skew",
    "a firewall rule", "a vendor outage", "a race condition", "a leaked secret",
];

pub const ACTIONS: &[&str] = &[
    "Rolled back", "Restarted", "Scaled out", "Added an alert for", "Raised the limit of", "Documented", "Drained",
    "Failed over", "Rotated", "Cleaned up", "Added a test for", "Isolated", "Rebuilt", "Patched",
];

pub const OWNERS: &[&str] = &[
    "SRE", "Platform Engineering", "Database Team", "Infrastructure", "Payments", "Storefront", "Security", "Network",
];

/// Words of operations, including identifiers.
pub const OPERATIONS: &[&str] = &[
    "timeout", "latency", "error", "request", "retry", "queue", "backlog", "broker", "consumer", "producer",
    "partition", "offset", "lag", "kafka", "rabbitmq", "redis", "postgres", "mysql", "connection", "pool", "deadlock",
    "lock", "replica", "failover", "primary", "leader", "election", "quorum", "etcd", "kubernetes", "pod", "node",
    "evicted", "OOMKilled", "CrashLoopBackOff", "memory", "heap", "garbage", "cpu", "throttled", "disk", "inode",
    "volume", "snapshot", "backup", "restore", "certificate", "tls", "expired", "handshake", "dns", "resolver",
    "nxdomain", "route", "bgp", "packet", "loss", "firewall", "proxy", "nginx", "envoy", "upstream", "502", "503",
    "504", "gateway", "balancer", "healthcheck", "deploy", "rollback", "canary", "release", "feature", "flag",
    "config", "secret", "token", "auth", "session", "login", "cache", "eviction", "stampede", "cdn", "origin", "shard",
    "rebalance", "compaction", "index", "query", "migration", "schema", "alert", "pager", "dashboard", "metric", "log",
    "trace", "p99", "slo", "runbook", "oncall", "capacity", "quota", "limit", "ERR_CONN_RESET", "ECONNREFUSED",
    "NullPointerException", "ETIMEDOUT", "SIGKILL", "i/o", "checkout-web", "10.0.0.1", "eu-west-1", "us-east-2",
    "node-7", "v2.14.1", "webhook", "payment", "invoice", "order", "customer", "traffic", "spike",
];

/// The made-up words.
pub struct Vocabulary {
    words: Vec<String>,
}

impl Vocabulary {
    pub fn new(seed: u64) -> Self {
        const SYLLABLES: [&str; 48] = [
            "ba", "be", "bi", "bo", "ca", "ce", "co", "da", "de", "di", "do", "fa", "fe", "fi", "ga", "ge", "go", "ha",
            "he", "in", "ka", "la", "le", "li", "lo", "ma", "me", "mi", "mo", "na", "ne", "no", "pa", "pe", "po", "ra",
            "re", "ri", "ro", "sa", "se", "so", "ta", "te", "ti", "to", "un", "ver",
        ];
        const ENDS: [&str; 10] = ["", "n", "s", "r", "t", "ing", "ed", "ly", "er", "tion"];
        let mut rng = Rng::with_seed(seed);
        let words = (0..VOCABULARY).map(|rank| {
            let syllables = 1 + (rank as f64).ln_1p() as usize / 3;
            let word: String = (0..syllables).map(|_| SYLLABLES[rng.usize(0..SYLLABLES.len())]).collect();
            word + ENDS[rng.usize(0..ENDS.len())]
        });
        Self { words: words.collect() }
    }

    /// A random word by frequency: the rank is N^u for u uniform in 0 to 1, so its density is proportional to 1 / rank.
    pub fn word(&self, rng: &mut Rng) -> &str {
        let rank = (self.words.len() as f64).powf(rng.f64()) as usize - 1;
        &self.words[rank.min(self.words.len() - 1)]
    }
}
