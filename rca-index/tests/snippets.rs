//! Snippets are close to their target length and have ordered highlights, for any text.
use proptest::prelude::*;
use rca_index::{Incident, SearchRequest, SectionKind, Snippet};

/// Snippets are cut at about 220 bytes.
const MOST_BYTES: usize = 320;

fn snippets(text: &str, query: &str) -> Vec<Snippet> {
    let mut incident = Incident::new("x", "A title");
    incident.push_section(SectionKind::Summary, text);
    // Text of punctuation only is not a valid query.
    let Ok(mut request) = SearchRequest::literal(query) else { return Vec::new() };
    request.snippets = 3;
    request.snippets_of(&incident)
}

fn highlighted(snippet: &Snippet) -> Vec<&str> {
    snippet.highlights.iter().map(|range| &snippet.text[range.clone()]).collect()
}

#[test]
fn text_without_spaces_is_cut_too() {
    let sentence = "待ち行列が長くなり、処理が追いつかなくなりました。";
    let text = sentence.repeat(3) + "原因は障害対応の遅れです。" + &sentence.repeat(40);
    for query in ["障害対応", "追いつかなく"] {
        let found = snippets(&text, query).remove(0);
        assert!((200..MOST_BYTES).contains(&found.text.len()), "{} bytes: {}", found.text.len(), found.text);
        assert!(found.text.ends_with('…'), "{}", found.text);
        assert_eq!(highlighted(&found)[0], query, "{}", found.text);
    }
}

#[test]
fn a_match_late_in_a_long_line_is_shown() {
    for filler in ["very slow ", "長い行の中で", "x", "-=-=-=-="] {
        let text = format!("{} janitor stopped", filler.repeat(300));
        let found = snippets(&text, "janitor").remove(0);
        assert_eq!(highlighted(&found), ["janitor"], "{}", found.text);
        assert!(found.text.starts_with('…') && found.text.len() < MOST_BYTES, "{}", found.text);
    }
}

proptest! {
    #[test]
    fn snippets_of_any_text_are_in_order(
        text in "\\PC{0,900}|(障害|対応|。|queue |slow|\n|\\| |é|e\u{301}|👩‍💻|𠮷|-){0,300}|(queue |slow|\n|\\| |\n\\|-\\|\n|\n```|    |\t|<pre>|障害|- ){0,200}",
        word in "\\PC{1,12}|障害対応|queue|slow queue",
        from in any::<prop::sample::Index>(),
    ) {
        // Search for a piece of the text, which usually matches.
        let chars: Vec<char> = text.chars().collect();
        let at = if chars.is_empty() { 0 } else { from.index(chars.len()) };
        let piece: String = chars[at..].iter().take(20).collect();
        for query in [word, piece] {
            for snippet in snippets(&text, &query) {
                prop_assert!(snippet.text.len() <= MOST_BYTES, "{} bytes", snippet.text.len());
                let mut end = 0;
                for range in &snippet.highlights {
                    prop_assert!(end <= range.start && range.start < range.end, "{:?}", snippet.highlights);
                    prop_assert!(snippet.text.get(range.clone()).is_some(), "{:?}: {}", range, snippet.text);
                    end = range.end;
                }
            }
        }
    }
}
