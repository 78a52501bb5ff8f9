//! Folding: removes differences in case, accents, strokes, ligatures and apostrophes.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A word in lower case with its accents. Only characters that never count are dropped, such as soft hyphens.
pub(crate) fn as_written(word: &str) -> String {
    word.chars().filter(|&c| !is_dropped(c)).nfc().flat_map(char::to_lowercase).collect()
}

/// Whether a character never counts: apostrophes, and characters without width.
pub(crate) fn is_dropped(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}') || is_invisible(c)
}

/// Soft hyphens, zero-width spaces and joiners: they do not split a word.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// What people write for a letter that Unicode does not decompose: letters with a stroke, ligatures.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'ł' | 'Ł' => "l",
        'ø' | 'Ø' | 'ǿ' | 'Ǿ' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ı' => "i",
        'ŋ' | 'Ŋ' => "n",
        'æ' | 'Æ' | 'ǽ' | 'Ǽ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        _ => return None,
    })
}

/// A text in lower case, without accents and apostrophes.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends a text in lower case, without accents and apostrophes.
pub(crate) fn fold_into(text: &str, buffer: &mut String) {
    for c in text.chars() {
        match c {
            '\'' => {}
            '\0'..='\x7f' => buffer.push(c.to_ascii_lowercase()),
            _ if is_dropped(c) => {}
            _ => match spelled_out(c) {
                Some(letters) => buffer.push_str(letters),
                None => push_unaccented(c, buffer),
            },
        }
    }
}

/// Appends a character in lower case without its accent. Letters with a stroke and ligatures are letters of their own:
/// Norwegian `løst` is solved, English `lost` is not.
pub(crate) fn push_unaccented(c: char, buffer: &mut String) {
    if matches!(c, 'ß' | 'ẞ') {
        buffer.push_str("ss");
        return;
    }
    decompose_compatible(c, |d| {
        if !is_combining_mark(d) {
            buffer.extend(d.to_lowercase());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_strokes_and_ligatures_are_spelled_out() {
        for (text, expected) in [
            ("Łódź", "lodz"),
            ("København", "kobenhavn"),
            ("Straße", "strasse"),
            ("Þórsmörk", "thorsmork"),
            ("Œuvre", "oeuvre"),
            ("Ærø", "aero"),
            ("Đà Nẵng", "da nang"),
            ("Diyarbakır", "diyarbakir"),
            ("Ħamrun", "hamrun"),
            ("ﬁne-tuned", "fine-tuned"),
            ("Cafe\u{301}", "cafe"),
            ("ware\u{200b}house", "warehouse"),
            ("\u{feff}ware\u{2060}ho\u{200d}use", "warehouse"),
            ("don\u{2019}t", "dont"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
        assert_eq!(as_written("ware\u{200b}hoUse\u{301}"), "warehousé");
    }
}
