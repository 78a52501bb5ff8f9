//! The constants and formulas of ranking, in one place. Section weights are in the field table.

/// BM25 (Robertson and Zaragoza 2009): the term frequency factor of a word in an incident. Lengths are in bytes.
pub(crate) fn saturate(frequency: f32, length: f32, mean_length: f32) -> f32 {
    (K1 + 1.0) * frequency / (frequency + K1 * (1.0 - B + B * length / mean_length))
}

/// The inverse document frequency of a word: ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene; never negative.
pub(crate) fn idf(frequency: u64, incidents: u64) -> f32 {
    let (n, all) = (frequency as f32, incidents as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}

/// The weight of an occurrence of a word in the title, relative to one in the text, by the word's inverse document
/// frequency: an ordinary word in a title says little, a rare one what the incident is about.
pub(crate) fn title_weight(idf: f32, incidents: u64) -> f32 {
    // Close to the inverse document frequency of a word that only one incident has.
    let rarest = (incidents as f32 + 1.0).ln();
    1.0 + (TITLE_WEIGHT - 1.0) * (idf / rarest).clamp(0.0, 1.0).sqrt()
}

/// The weight of the words that an incident must have to match in part, given the weights of the words that any incident
/// has, and how often each was typed: a share of the total, of at most [`RELAXED_WORDS`] words of mean weight.
pub(crate) fn least_share(known: impl Iterator<Item = (f32, u32)>) -> f32 {
    // Single parts of identifiers weigh nothing here.
    let known = known.filter(|&(share, _)| share > 0.0);
    let sum = |(total, count), (share, times)| (total + share, count + times as f32);
    let (total, count) = known.fold((0.0, 0.0_f32), sum);
    RELAXED_SHARE * total * (RELAXED_WORDS / count.max(1.0)).min(1.0)
}

/// The factor for an incident that has only some of the words, by their share of the total weight.
pub(crate) fn coverage(covered: f32, total: f32) -> f32 {
    // The common case, without computing a power.
    if covered < total { (covered / total).powf(COVERAGE) } else { 1.0 }
}

/// How much more a word counts for being repeated in a pasted text: an alert says its name ten times, a log the same line.
pub(crate) fn repeated_weight(times: u32) -> f32 {
    1.0 + REPEATED_WEIGHT * (times.max(1) as f32).ln()
}

/// How much says that an incident is like a pasted text: the share of all that the text says that the incident has, and how
/// much of its score is due to words that stand together as in the text; times the root of what these words tell, relative
/// to what it takes to tell one incident from all others, the logarithm of their number. Two words in common can be all that
/// a short text says, and yet many incidents have them.
pub(crate) fn evidence(covered: f32, closeness: f32, information: f32, incidents: u64) -> f32 {
    let distinct = (incidents.max(MIN_DISTINCT) as f32).ln();
    (covered + closeness) * (information * small_archive(incidents) / distinct).sqrt()
}

/// How much says that an incident is like a report: the score of the words that are looked for, as a share of that of a report
/// of mean length that has each of them once, times the share of what the report says that any other report knows. How many
/// of the words a report has says little: long reports have many, once each. It counts less where the words in common tell less
/// than several times what tells one incident from all others: of a short report, a few words are much.
pub(crate) fn report_evidence(strength: f32, known: f32, information: f32, incidents: u64) -> f32 {
    let distinct = (incidents.max(MIN_DISTINCT) as f32).ln();
    let told = information * small_archive(incidents) / (REPORT_INFORMATION * distinct);
    REPORT_EVIDENCE * strength * known * told.min(1.0)
}

/// The least score of the first pass with which an incident may have so much [`report_evidence`], by the sum of the weights of all
/// words. The second pass counts an occurrence as up to `most`, by its section, and has no factor for missing words: that is at
/// least the one of an incident with the fewest words that can amount to so much.
pub(crate) fn least_first_score(evidence: f32, known: f32, total: f32, most: f32) -> f32 {
    let strength = evidence / (REPORT_EVIDENCE * known);
    // No word scores more, however often an incident has it.
    let fewest = (strength / (K1 + 1.0)).min(1.0);
    // Sums of the same weights in another order differ in their last bits.
    0.999 * strength * total * coverage(fewest, 1.0) / most
}

/// How much more a word tells than its rarity says where there are few incidents: of three, one in three has the rarest word.
fn small_archive(incidents: u64) -> f32 {
    (idf(1, incidents.max(MIN_DISTINCT)) / idf(1, incidents)).min(MAX_SMALL)
}

/// Rounds a score for ordering. Scores are sums, and their last bits depend on how the index is divided into segments.
pub(crate) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}

/// BM25: how quickly repetitions of a word saturate. Robertson and Zaragoza (2009), "The Probabilistic Relevance
/// Framework".
pub(crate) const K1: f32 = 2.4;
/// BM25: the strength of length normalization, from 0 (none) to 1 (full).
pub(crate) const B: f32 = 0.6;
/// The weight of an occurrence of the rarest words in the title, relative to one in the text; see [`title_weight`].
pub(crate) const TITLE_WEIGHT: f32 = 4.0;
/// The weight of another form of a word, relative to the exact word: `backlogs` for `backlog`.
pub(crate) const STEM_WEIGHT: f32 = 0.7;
/// The weight of a word that matches a prefix (`certif*`).
pub(crate) const PREFIX_WEIGHT: f32 = 0.8;
/// The weight of a word one edit away from the word as typed; the weight is multiplied once per edit.
pub(crate) const FUZZY_WEIGHT: f32 = 0.6;
/// The weight of an identifier's parts where they occur as separate words (`inventory api` for `inventory-api`).
pub(crate) const PARTS_WEIGHT: f32 = 0.8;
/// The weight of another spelling of the same word: `6.2.8` for `v6.2.8`, `4,500` for `4500`, `512 MB` for `512MB`.
pub(crate) const SPELLING_WEIGHT: f32 = 0.9;
/// The weight of a name without its sign: `C` for `C++`.
pub(crate) const BARE_WEIGHT: f32 = 0.3;
/// The weight of two words written as one: `timeout` for `time out`.
pub(crate) const JOINED_WEIGHT: f32 = 0.6;
/// The weight of one word written as two: `log in` for `login`. Two ordinary words also meet by chance.
pub(crate) const DIVIDED_WEIGHT: f32 = 0.2;
/// At most this many neighboring words of a query are looked for as one word.
pub(crate) const MAX_JOINED: usize = 64;
/// At most this many words of a query are looked for as two words.
pub(crate) const MAX_DIVIDED: usize = 16;
/// The maximum number of ways to divide a word.
pub(crate) const MAX_HALVES: usize = 3;
/// The weight of a single part of an identifier (`idempotent` for `non-idempotent`), relative to a word.
pub(crate) const EXTRA_WEIGHT: f32 = 0.5;
/// Shorter parts, in bytes, do not count on their own.
pub(crate) const MIN_PART_BYTES: usize = 3;
/// The weight of a synonym.
pub(crate) const SYNONYM_WEIGHT: f32 = 0.6;
/// At most this many words of a query are corrected.
pub(crate) const MAX_CORRECTED: usize = 8;
/// The maximum number of corrections of a word; the most frequent are kept.
pub(crate) const MAX_CORRECTIONS: usize = 4;
/// The maximum number of words that a prefix or a fuzzy word expands to; the most frequent are kept.
pub(crate) const MAX_EXPANSIONS: usize = 128;
/// The maximum number of words that all prefixes and fuzzy words of a query expand to together: each of up to four has as
/// many as it may, and of more, those with the most words share the rest.
pub(crate) const MAX_ALL_EXPANSIONS: usize = 512;
/// The maximum number of fuzzy words of a query: each is compared with the whole dictionary, which takes milliseconds.
pub(crate) const MAX_FUZZY: usize = 16;
/// How many terms of the dictionary the prefixes of a query may visit. A single letter visits a twentieth of it: this is
/// enough for every letter of an index with a million words.
pub(crate) const MAX_VISITED: usize = 1_000_000;
/// How many terms of the dictionary a query may look at for words with the same stem. Most words look at a few hundred of an index
/// of a million; where stemming changes how words begin, each looks at all of them.
pub(crate) const MAX_STEM_SCANNED: usize = if cfg!(test) { 20_000 } else { 2_000_000 };
/// The maximum number of different words and phrases of a query that are looked up. A pasted page of 4 KB has about 300.
pub(crate) const MAX_WORDS: usize = 512;
/// The maximum number of different words and phrases that a query excludes.
pub(crate) const MAX_EXCLUDED: usize = 512;
/// The maximum number of words of a phrase. A pasted sentence has about 30.
pub(crate) const MAX_PHRASE_WORDS: usize = 64;
/// The maximum number of different pairs of neighboring words whose closeness counts.
pub(crate) const MAX_PAIRS: usize = 1_024;
/// How many postings a search may read for each incident of the index: as many as 85 words that every incident has. Reading
/// and scoring one takes about 60 nanoseconds, so all of them take 0.5 s of one processor on 100,000 reports.
pub(crate) const MAX_READS: u64 = 85;
/// The least budget, for small indexes, in postings.
pub(crate) const MIN_READS: u64 = 2_000_000;
/// What an incident that may have a phrase costs for each word of it, in postings: positions are read.
pub(crate) const PHRASE_READS: u64 = 8;
/// What an incident that has a word costs, in postings, if only one section counts: positions and sections are read.
pub(crate) const SECTION_READS: u64 = 10;
/// The maximum number of unknown filter values for which similar values are looked for.
pub(crate) const MAX_SUGGESTED: usize = 8;
/// How many values of the archive each is compared with; the most frequent.
pub(crate) const MAX_COMPARED: usize = 10_000;
/// How many words of the index are looked at for the start of a word that is still being typed.
pub(crate) const MAX_SCANNED: usize = 16_000;
/// The share of the total weight of the words that a partial match must have. It keeps reports out that have nothing
/// but words that nearly all reports have.
pub(crate) const RELAXED_SHARE: f32 = 0.05;
/// The share is one of at most this many words: one word of mean weight is enough, however long a pasted log is.
pub(crate) const RELAXED_WORDS: f32 = 20.0;
/// The penalty for reports with only some of the words: the exponent of their share of the weight.
pub(crate) const COVERAGE: f32 = 0.15;
/// The weight of two neighboring query words that occur close together, relative to the rarer of the two.
pub(crate) const PAIR_WEIGHT: f32 = 0.5;
/// The maximum distance, in words, at which two words count as close.
pub(crate) const PAIR_WINDOW: u64 = 8;
/// How many of the best candidates are reranked.
pub(crate) const RERANKED: usize = 200;
/// The boost of an incident of today over a very old one.
pub(crate) const RECENT_WEIGHT: f32 = 0.02;
/// The number of days after which the boost has halved.
pub(crate) const RECENT_HALF_LIFE: f32 = 365.0;
/// The boost of the most severe incident over the least severe.
pub(crate) const SEVERE_WEIGHT: f32 = 0.08;
/// The minimum number of query words for feedback: words that the best hits have in common. Stop words do not count, so
/// four are about six as typed; short queries mean what they say.
pub(crate) const FEEDBACK_MIN_WORDS: usize = 4;
/// The maximum number of query words for feedback. A longer text is pasted: it says all there is to say, and more words
/// lead away from it.
pub(crate) const FEEDBACK_MAX_WORDS: usize = 20;
/// How many of the best hits feedback uses.
pub(crate) const FEEDBACK_HITS: usize = 3;
/// The maximum number of feedback words.
pub(crate) const FEEDBACK_WORDS: usize = 60;
/// The total weight of the feedback words, relative to the words of the query that any report has. With 1, feedback made
/// up half of the scores; that gains where the report asked with is in the archive, and loses elsewhere.
pub(crate) const FEEDBACK_WEIGHT: f32 = 0.5;
/// How many words of a pasted alert or log are looked for, those that say most.
pub(crate) const SIGNAL_WORDS: usize = 30;
/// How many words of a report are looked for to find reports like it.
pub(crate) const REPORT_WORDS: usize = 50;
/// How much of a report's text is looked at to find reports like it, in bytes.
pub(crate) const MAX_REPORT_BYTES: usize = 1 << 20;
/// How much a word of a pasted text counts for each time that it is repeated; see [`repeated_weight`].
pub(crate) const REPEATED_WEIGHT: f32 = 0.3;
/// The weight of a single part of an identifier of a pasted text, relative to a word.
pub(crate) const WEIGHTED_PART_WEIGHT: f32 = 0.7;
/// How many different words of a pasted text are weighed.
pub(crate) const MAX_WEIGHED: usize = 10_000;
/// Of how many words of a pasted text that no incident has, other forms are looked for: those with the most weight, of equals
/// the first. A pasted page of 4 KB has fewer.
pub(crate) const MAX_OTHER_FORMS: usize = 256;
/// How much a service of a pasted text raises the score of an incident that has it.
pub(crate) const SERVICE_WEIGHT: f32 = 0.15;
/// How many services of a pasted text count.
pub(crate) const MAX_SERVICES: usize = 16;
/// From this [`evidence`] on, an incident is like a pasted text: the most at which each report of the corpus that a judged
/// paste expects, and that comes first, is called so. 3 in 100 of these pastes have it in archives with nothing like them.
pub(crate) const LIKE_EVIDENCE: f32 = 1.05;
/// From this [`evidence`] on, it is the same again: four in five of the expected reports of the corpus have it, and of pastes
/// asked of archives with nothing like them, 1 in 100 first hits.
pub(crate) const SAME_EVIDENCE: f32 = 2.0;
/// Scales the evidence of reports, so that the thresholds are those of pasted texts: 5 in 100 reports have something like them in
/// archives of other teams.
pub(crate) const REPORT_EVIDENCE: f32 = 4.2;
/// From this [`report_evidence`] on, each way, two reports are of the same incident again. Of 27 clusters of real archives that
/// were read, those below it were mostly of other causes; those above it mostly not.
pub(crate) const RECURRING_EVIDENCE: f32 = 2.5;
/// How many times what it takes to tell one incident from all others the words of two reports must tell.
pub(crate) const REPORT_INFORMATION: f32 = 6.0;
/// How many words in a row are a shingle, by which the wording of two reports is compared.
pub(crate) const SHINGLE_WORDS: usize = 3;
/// From this share of common shingles on, two reports may be near duplicates.
pub(crate) const NEAR_SHINGLES: f32 = 0.5;
/// From this share on of what a report says, a report with such wording is its near duplicate.
pub(crate) const NEAR_SHARE: f32 = 0.75;
/// From this share of common numbers on, two reports in the same words state the same facts.
pub(crate) const NEAR_NUMBERS: f32 = 0.33;
/// From this share on of what a report says, one of the same day and of a service in common is its near duplicate, whatever its
/// wording.
pub(crate) const SAME_DAY_SHARE: f32 = 0.5;
/// So many incidents count at least in [`evidence`]: what is rare in a smaller archive may be common elsewhere.
pub(crate) const MIN_DISTINCT: u64 = 30;
/// How much more a word tells at most in a small archive. Of one or two incidents, ordinary words are as rare as telling ones.
const MAX_SMALL: f32 = 3.0;
/// At most so many incidents that are like a pasted text are loaded, to say how often it was seen.
pub(crate) const MAX_SEEN: usize = 100;
/// At most so many incidents are looked at, the latest, to find which of them are the same again: each asks a query.
pub(crate) const MAX_RECURRING: usize = 5_000;
/// So many incidents that are like another are compared with it in full.
pub(crate) const MAX_ALIKE: usize = 100;
