//! The beginning of a text: as much of it as fits, whole characters only.

/// The longest beginning of a text with at most so many bytes.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_never_cut() {
        let check = |text, most, expected| assert_eq!(beginning(text, most), expected, "{text} {most}");
        check("queue", 3, "que");
        check("queue", 5, "queue");
        check("queue", usize::MAX, "queue");
        check("Größe", 3, "Gr");
        check("Größe", 4, "Grö");
        check("😀", 3, "");
        check("", 0, "");
    }
}
