//! The generator: an archive of any size, similar to real ones in shape and word frequencies. The same seed gives the
//! same archive, byte for byte.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use rayon::prelude::*;

use crate::words::{ACTIONS, CAUSES, COMPONENTS, OPERATIONS, OWNERS, SYMPTOMS, Vocabulary};

/// The number of days that the incidents are spread over: ten years, from 2016.
const DAYS: u64 = 3653;
/// The number of services.
const SERVICES: u64 = 400;
/// One in this many reports is long, with logs and transcripts of about 50 KB.
const LONG_EVERY: u64 = 200;

/// Writes an archive with a number of reports.
pub fn run(folder: &Path, reports: u64, seed: u64) -> Result<(), Box<dyn Error>> {
    let vocabulary = Vocabulary::new(seed);
    let bytes = (0..reports).into_par_iter().map(|number| -> std::io::Result<u64> {
        let report = Report::new(number, seed);
        let path = folder.join(report.path());
        let text = report.text(&vocabulary);
        match fs::write(&path, &text) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(folder))?;
                fs::write(&path, &text)?;
            }
            written => written?,
        }
        Ok(text.len() as u64)
    });
    let bytes: u64 = bytes.try_reduce(|| 0, |a, b| Ok(a + b))?;
    println!("{reports} reports, {:.1} MB in {}", bytes as f64 / 1e6, folder.display());
    Ok(())
}

/// The facts of a report, drawn before it is written.
struct Report {
    number: u64,
    rng: Rng,
    year: u64,
    month: u64,
    day: u64,
    component: &'static str,
    symptom: &'static str,
    services: Vec<String>,
    minutes: u64,
}

impl Report {
    /// Each report has its own random generator, so that the order of writing does not matter.
    fn new(number: u64, seed: u64) -> Self {
        let mut rng =
            Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
        let (year, month, day) = date(rng.u64(0..DAYS));
        let component = pick(&mut rng, COMPONENTS);
        let symptom = pick(&mut rng, SYMPTOMS);
        let services = (0..rng.u64(1..4)).map(|_| service(&mut rng)).collect();
        // Most incidents last less than an hour, some last days.
        let minutes = (rng.f64().powi(4) * 3000.0) as u64 + 5;
        Self { number, rng, year, month, day, component, symptom, services, minutes }
    }

    fn path(&self) -> PathBuf {
        let Self { number, year, month, day, component, symptom, .. } = self;
        let name = format!("{year}-{month:02}-{day:02}-{component}-{symptom}-{number:07}.md").replace(' ', "-");
        PathBuf::from(format!("{year}/{month:02}")).join(name)
    }

    fn text(mut self, vocabulary: &Vocabulary) -> String {
        let mut text = String::with_capacity(4096);
        // Writing to a string never fails.
        let _ = self.write(&mut text, vocabulary);
        text
    }

    fn write(&mut self, out: &mut String, vocabulary: &Vocabulary) -> std::fmt::Result {
        let Self { number, rng, year, month, day, component, symptom, services, minutes } = self;
        let date = format!("{year}-{month:02}-{day:02}");
        let first = services[0].clone();
        let severity = pick(rng, &["P1", "P2", "P2", "P3", "P3", "P3", "P4"]);
        let cause = pick(rng, CAUSES);
        writeln!(out, "---\ntitle: \"{date} - {component} {symptom} in {first}\"\ndate: {date}\nseverity: {severity}")?;
        writeln!(out, "services: [{}]", services.join(", "))?;
        writeln!(out, "tags: [rca, {}, {}/{}]", severity.to_lowercase(), component, pick(rng, OPERATIONS))?;
        let owner = pick(rng, OWNERS);
        writeln!(out, "status: resolved\nduration_minutes: {minutes}\nauthor: {owner}\n---\n")?;
        writeln!(out, "# {date} - {component} {symptom} in {first}\n\n## Summary\n")?;
        let users = rng.u64(10..100_000);
        write!(
            out,
            "On {date}, {first} suffered from {symptom} of its {component} because of {cause}. It lasted {minutes} "
        )?;
        writeln!(out, "minutes and affected {users} users. {}\n", sentences(rng, vocabulary, 2))?;

        writeln!(out, "## Timeline\n\n| Time (UTC) | Event |\n|------------|-------|")?;
        let start = rng.u64(0..1440);
        let steps = [
            "Alert triggered", "On-call engineer paged", "Root cause identified", "Mitigation applied",
            "Incident resolved",
        ];
        for (i, step) in (0..).zip(steps) {
            let at = (start + *minutes * i / 4) % 1440;
            writeln!(out, "| {:02}:{:02} | {step}: {} |", at / 60, at % 60, words(rng, vocabulary, 6))?;
        }

        writeln!(
            out,
            "\n## Root Cause\n\n{} of {first} failed by {cause}. {}\n",
            component,
            sentences(rng, vocabulary, 5)
        )?;
        for i in 1..4 {
            writeln!(out, "{i}. {}", words(rng, vocabulary, 9))?;
        }
        writeln!(out, "\n## Impact\n\n- {}% of requests affected", rng.u64(1..100))?;
        writeln!(out, "- Error rate: {}% (baseline: <1%)", rng.u64(2..60))?;
        writeln!(out, "- Latency: p99 went from {}ms to {}ms", rng.u64(20..400), rng.u64(500..9000))?;
        writeln!(out, "- {} customer-facing errors\n- {} support tickets", rng.u64(10..9000), rng.u64(0..300))?;
        writeln!(out, "- {}\n\n## Resolution\n", sentences(rng, vocabulary, 1))?;
        for i in 1..4 {
            writeln!(out, "{i}. {} {}", pick(rng, ACTIONS), words(rng, vocabulary, 7))?;
        }
        if number.is_multiple_of(LONG_EVERY) {
            write_log(rng, out, vocabulary, &first)?;
        }
        writeln!(out, "\n## Lessons Learned\n\n### What Went Well\n\n- {}", sentences(rng, vocabulary, 1))?;
        writeln!(out, "\n### What Could Be Improved\n\n- {}", sentences(rng, vocabulary, 2))?;
        writeln!(out, "\n## Action Items\n\n| Priority | Action | Owner | Due Date |\n|---|---|---|---|")?;
        for i in 1..4 {
            let (due, owner) = (rng.u64(1..28), pick(rng, OWNERS));
            writeln!(
                out,
                "| P{i} | {} {} | {owner} | {year}-12-{due:02} |",
                pick(rng, ACTIONS),
                words(rng, vocabulary, 4)
            )?;
        }
        writeln!(out, "\n## Related Incidents\n\n- [[{:07}|an earlier one]]", rng.u64(0..=*number))
    }
}

/// About 50 KB of log lines.
fn write_log(rng: &mut Rng, out: &mut String, vocabulary: &Vocabulary, service: &str) -> std::fmt::Result {
    writeln!(out, "\n### Log\n\n```")?;
    for i in 0..450 {
        let level = pick(rng, &["INFO", "WARN", "ERROR"]);
        write!(out, "12:{:02}:{:02} {level} {service}-{:05x} ", i / 60 % 60, i % 60, rng.u32(0..0xFFFFF))?;
        writeln!(out, "10.{}.{}.{}: {}", rng.u8(..), rng.u8(..), rng.u8(..), words(rng, vocabulary, 9))?;
    }
    writeln!(out, "```")
}

fn sentences(rng: &mut Rng, vocabulary: &Vocabulary, count: u64) -> String {
    let sentences = (0..count).map(|_| {
        let length = rng.u64(8..22);
        words(rng, vocabulary, length) + "."
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// A number of words, one in five from operations.
pub fn words(rng: &mut Rng, vocabulary: &Vocabulary, count: u64) -> String {
    let mut text = String::with_capacity(count as usize * 8);
    for i in 0..count {
        if i > 0 {
            text.push(' ');
        }
        text.push_str(if rng.u8(..) < 51 { pick(rng, OPERATIONS) } else { vocabulary.word(rng) });
    }
    text
}

/// A service; few services have many incidents.
pub fn service(rng: &mut Rng) -> String {
    let rank = (SERVICES as f64).powf(rng.f64()) as usize - 1;
    let names = ["inventory", "billing", "checkout", "search", "auth", "orders", "pricing", "media", "mail", "report"];
    let kinds = ["api", "worker", "db", "cache", "gateway"];
    let zone = rank / (names.len() * kinds.len());
    let (name, kind) = (names[rank % names.len()], kinds[rank / names.len() % kinds.len()]);
    if zone == 0 { format!("{name}-{kind}") } else { format!("{name}-{kind}-{zone}") }
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(0..from.len())]
}

/// The calendar date of a day counted from 2016-01-01.
fn date(mut day: u64) -> (u64, u64, u64) {
    let mut year = 2016;
    loop {
        let leap = u64::from(year % 4 == 0);
        if day < 365 + leap {
            let months = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            let mut month = 0;
            while day >= months[month] {
                day -= months[month];
                month += 1;
            }
            return (year, month as u64 + 1, day + 1);
        }
        day -= 365 + leap;
        year += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_report() {
        let text = |number, seed| Report::new(number, seed).text(&Vocabulary::new(seed));
        assert_eq!(text(7, 1), text(7, 1));
        assert_ne!(text(7, 1), text(8, 1));
        assert_ne!(text(7, 1), text(7, 2));
        assert_eq!((date(0), date(59), date(60), date(366)), ((2016, 1, 1), (2016, 2, 29), (2016, 3, 1), (2017, 1, 1)));
    }

    #[test]
    fn reports_have_a_realistic_size_and_every_fact() {
        let vocabulary = Vocabulary::new(1);
        let parsed = |number| {
            let report = Report::new(number, 1);
            let path = report.path().to_string_lossy().into_owned();
            rca_index::parse::parse_report(&path, report.text(&vocabulary), &rca_index::parse::ParseOptions::default())
        };
        for number in 1..50 {
            let found = parsed(number);
            assert!(found.problems.is_empty(), "{:?}", found.problems);
            let incident = found.incident;
            assert!((1500..5000).contains(&incident.source.len()), "{} bytes", incident.source.len());
            assert!(incident.date.is_some() && incident.severity.is_some() && incident.impact_user_minutes().is_some());
            assert_eq!((incident.actions.len(), incident.resolution_steps.len(), incident.timeline.len()), (3, 3, 5));
        }
        assert!((35_000..70_000).contains(&parsed(LONG_EVERY).incident.source.len()));
    }
}
