//! Pasted command lines: which words that begin with a `-` are options of a command, and not exclusions.
//!
//! In: the text of a query. Out: whether `-x` in it is an option.

/// Commands that are not the topic of a search: whatever begins with `-` behind them is an option.
const TOOLS: &[&str] = &[
    "apt", "apt-get", "awk", "brew", "cargo", "chmod", "chown", "cp", "crictl", "ctr", "curl", "dd", "df", "dig",
    "dnf", "docker-compose", "du", "egrep", "etcdctl", "ffmpeg", "gcc", "gcloud", "gdb", "gradle", "grep", "gsutil",
    "iptables", "jcmd", "jmap", "journalctl", "jstack", "kubectl", "lsof", "mvn", "mysqldump", "nc", "netstat", "nmap",
    "npm", "npx", "nslookup", "openssl", "oc", "pg_dump", "pg_restore", "pip", "pip3", "pkill", "psql", "redis-cli",
    "rm", "rsync", "scp", "sed", "ssh", "strace", "sysctl", "systemctl", "tar", "tcpdump", "traceroute", "umount",
    "wget", "xargs", "yarn", "yum",
];
/// Commands whose names people also search for: behind them only what looks like an option is one.
const TOPICS: &[&str] = &[
    "ansible", "ansible-playbook", "aws", "az", "bash", "cat", "docker", "env", "find", "git", "go", "head", "helm",
    "java", "javac", "kill", "ls", "make", "mount", "mv", "mysql", "nginx", "node", "nohup", "perf", "perl", "php",
    "ping", "podman", "ps", "python", "python3", "redis-server", "ruby", "sh", "ss", "tail", "terraform", "top",
    "vault",
];

/// How far a query looks like a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandLine {
    /// It does not.
    No,
    /// Words that look like options are options.
    Maybe,
    /// It begins with a command.
    Yes,
}

impl CommandLine {
    /// Looks at the first word, and for long options.
    pub(super) fn of(text: &str) -> Self {
        let is_prompt = |word: &str| matches!(word, "$" | "#" | ">" | "%" | "sudo" | "time" | "nohup" | "exec");
        let mut words = text.split_whitespace().skip_while(|word| is_prompt(word));
        let Some(first) = words.next() else { return Self::No };
        let name = first.rsplit('/').next().unwrap_or(first);
        if TOOLS.contains(&name) || name.rsplit_once('.').is_some_and(|(_, extension)| extension == "sh") {
            return Self::Yes;
        }
        let long =
            |word: &str| word.strip_prefix("--").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
        if TOPICS.contains(&name) || text.split_whitespace().any(long) { Self::Maybe } else { Self::No }
    }

    /// Whether a word after a `-` is an option.
    pub(super) fn has_option(self, word: &str) -> bool {
        let option = match self {
            Self::No => false,
            Self::Yes => word.starts_with(|c: char| c.is_ascii_alphanumeric()),
            Self::Maybe => looks_like_option(word),
        };
        option || is_java_option(word)
    }
}

/// `n`, `czf`, `Xmx4g`, `o=json`, `auto-approve`; not `deploy`.
fn looks_like_option(word: &str) -> bool {
    let short = word.len() <= 3 && word.bytes().all(|b| b.is_ascii_alphanumeric());
    let odd = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'=' | b'-' | b'_');
    word.starts_with(|c: char| c.is_ascii_alphanumeric()) && (short || word.bytes().any(odd))
}

/// `Xmx4g`, `XX:+UseG1GC`, `Dfile.encoding=UTF-8`: nothing else is written so.
fn is_java_option(word: &str) -> bool {
    let mut letters = word.chars();
    match letters.next() {
        Some('X') => letters.next().is_some_and(|c| c.is_ascii_lowercase()) || word.starts_with("XX:"),
        Some('D') => word.contains('='),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_from_exclusions() {
        let check = |text: &str, word: &str, expected: bool| {
            assert_eq!(CommandLine::of(text).has_option(word), expected, "-{word} in {text}");
        };
        check("kubectl -n payments delete pod", "n", true);
        check("$ sudo /usr/bin/kubectl -namespace payments", "namespace", true);
        check("tar -czf logs.tgz", "czf", true);
        check("rm -rf /tmp", "rf", true);
        check("./start.sh -port 80", "port", true);
        check("java -Xmx4g -jar app.jar", "Xmx4g", true);
        check("java -jar app.jar", "jar", true);
        check("java -spring", "spring", false);
        check("terraform apply -auto-approve", "auto-approve", true);
        check("deploy --force -n 3", "n", true);
        check("deploy --force -canary", "canary", false);
        check("out of memory -Xmx4g", "Xmx4g", true);
        check("heap -XX:+UseG1GC", "XX:+UseG1GC", true);
        check("heap -Dfile.encoding=UTF-8", "Dfile.encoding=UTF-8", true);
        check("queue -deploy", "deploy", false);
        check("queue -n", "n", false);
        check("", "n", false);
    }
}
