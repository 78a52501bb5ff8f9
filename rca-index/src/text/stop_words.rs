//! English stop words. They are dropped from queries only; all words of a report are indexed.

/// Sorted, for binary search.
const STOP_WORDS: &[&str] = &[
    "a", "about", "again", "all", "also", "am", "an", "and", "any", "anybody", "anyone", "are", "arent", "as", "at",
    "be", "because", "been", "before", "being", "but", "by", "can", "cannot", "could", "couldnt", "did", "didnt", "do",
    "does", "doesnt", "doing", "done", "dont", "each", "either", "else", "ever", "for", "from", "get", "gets",
    "getting", "give", "given", "gives", "go", "goes", "going", "got", "had", "has", "have", "having", "he", "hello",
    "her", "here", "him", "his", "how", "i", "if", "im", "in", "into", "is", "isnt", "it", "its", "ive", "just",
    "know", "let", "like", "make", "many", "may", "me", "might", "more", "most", "much", "must", "my", "need", "no",
    "not", "now", "of", "on", "one", "only", "or", "other", "our", "out", "over", "own", "please", "really", "same",
    "see", "shall", "she", "should", "so", "some", "somebody", "someone", "something", "such", "than", "that", "thats",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "though", "to", "too", "up", "us",
    "used", "using", "very", "was", "wasnt", "we", "well", "were", "what", "whats", "when", "where", "which", "while",
    "who", "whom", "whose", "why", "will", "with", "within", "would", "you", "your",
];

/// Whether a folded word is a stop word.
pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("why") && !is_stop_word("queue"));
    }
}
