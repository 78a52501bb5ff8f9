//! Encodings: from the bytes of a file to its text, whatever program wrote it.
//!
//! In: bytes. Out: a text with a problem that names its encoding where that is not UTF-8, or that there is no text in them.
//! UTF-8 is the fast way: nothing else is looked at where the bytes are valid and hold no control character.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::incident::lines::line_at;
use crate::incident::{Problem, ProblemKind};

/// Decodes a file: UTF-8, UTF-16 with or without a byte order mark, else the encoding that its bytes are likely to be in.
///
/// # Errors
/// [`ProblemKind::Binary`]: the bytes are no text in any encoding.
pub(super) fn decode(bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Result<String, ProblemKind> {
    let mut warn = |line: u32, kind: ProblemKind| problems.push(Problem::new(line, kind));
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes).filter(|(encoding, _)| encoding.name() != "UTF-8") {
        warn(1, ProblemKind::Utf16);
        return Ok(encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned());
    }
    if let Some(format) = format_of(&bytes) {
        return Err(ProblemKind::Binary { format: format.to_owned() });
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if controls(text.as_bytes()) == 0 => return Ok(text),
        Ok(text) => return of_rare_utf8(text, &mut warn),
        Err(error) => error.into_bytes(),
    };
    if let Some((text, _)) = utf16_without_mark(&bytes) {
        warn(1, ProblemKind::Utf16);
        return Ok(text);
    }
    if is_binary(&bytes, 50) {
        return Err(ProblemKind::Binary { format: String::new() });
    }
    let first = line_at(&bytes, bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len()));
    if is_mostly_utf8(&bytes) {
        warn(first, ProblemKind::NotUtf8);
        return Ok(mended(&bytes));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let text = encoding.decode_without_bom_handling(&bytes).0.into_owned();
    warn(first, ProblemKind::OtherEncoding { encoding: encoding.name().to_owned() });
    warn_of_nul(&text, &mut warn);
    Ok(text)
}

/// Valid UTF-8 with control characters: text in an encoding of seven bits, UTF-16 of plain letters, or no text.
fn of_rare_utf8(text: String, warn: &mut impl FnMut(u32, ProblemKind)) -> Result<String, ProblemKind> {
    if let Some((text, _)) = utf16_without_mark(text.as_bytes()) {
        warn(1, ProblemKind::Utf16);
        return Ok(text);
    }
    let shifts = ["\x1b$B", "\x1b$@"].iter().filter_map(|shift| text.find(shift)).min();
    if let Some(at) = shifts.filter(|_| text.is_ascii()) {
        let (decoded, _, failed) = ISO_2022_JP.decode(text.as_bytes());
        if !failed {
            let encoding = ISO_2022_JP.name().to_owned();
            warn(line_at(text.as_bytes(), at), ProblemKind::OtherEncoding { encoding });
            return Ok(decoded.into_owned());
        }
    }
    if is_binary(text.as_bytes().split(|&b| b == 0).max_by_key(|run| run.len()).unwrap_or_default(), 10) {
        return Err(ProblemKind::Binary { format: String::new() });
    }
    warn_of_nul(&text, warn);
    Ok(text)
}

fn warn_of_nul(text: &str, warn: &mut impl FnMut(u32, ProblemKind)) {
    if let Some(at) = text.find('\0') {
        warn(line_at(text.as_bytes(), at), ProblemKind::NulBytes);
    }
}

/// The format of a file that is known by its first bytes.
fn format_of(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 16] = [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF87a", "GIF"),
        (b"GIF89a", "GIF"),
        (b"%PDF-", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh", "bzip2"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x7fELF", "ELF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office"),
        (b"SQLite format 3\0", "SQLite"),
        (b"wOF2", "WOFF2"),
        (b"OggS\0", "Ogg"),
    ];
    let (magic, format) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    // Letters that may begin a text as well.
    let is_letters = magic.iter().all(u8::is_ascii_alphanumeric);
    (!is_letters || std::str::from_utf8(bytes).is_err()).then_some(*format)
}

/// Whether more than one byte of `share` is a control character that no text has.
fn is_binary(bytes: &[u8], share: usize) -> bool {
    /// Fewer may be damage.
    const MIN: usize = 4;
    let controls = bytes.iter().filter(|&&b| b != ESCAPE && is_control(b)).count();
    controls >= MIN && controls > bytes.len() / share
}

/// Opens the name of a character set in ISO-2022-JP, and a colour of a terminal.
const ESCAPE: u8 = 0x1b;

fn is_control(b: u8) -> bool {
    matches!(b, 0..=8 | 14..=31 | 127)
}

/// How many bytes are control characters other than white space. With no early end, so that many are looked at at once.
fn controls(bytes: &[u8]) -> usize {
    bytes.chunks(128).map(|chunk| usize::from(chunk.iter().map(|&b| u8::from(is_control(b))).sum::<u8>())).sum()
}

/// Whether valid characters of several bytes are more than the bytes that are not valid.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let count = |(valid, invalid): (usize, usize), chunk: std::str::Utf8Chunk<'_>| {
        let several = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (valid + several, invalid + chunk.invalid().len())
    };
    let (valid, invalid) = bytes.utf8_chunks().fold((0, 0), count);
    valid > invalid
}

/// UTF-8 whose other bytes are read as Windows-1252.
fn mended(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

/// A text in UTF-16 that does not say so. Each unit must be a character that texts have, and one of either byte order must
/// have the spaces and ends of lines.
fn utf16_without_mark(bytes: &[u8]) -> Option<(String, &'static Encoding)> {
    /// So much of a file tells.
    const SAMPLE: usize = 4096;
    let even = &bytes[..bytes.len() & !1];
    let sample = &even[..even.len().min(SAMPLE)];
    if sample.len() < 8 || !sample.contains(&0) {
        return None;
    }
    let count = |unit: fn([u8; 2]) -> u16| {
        let units = sample.as_chunks().0.iter().map(|&pair| unit(pair));
        let mut usual = 0;
        for unit in units {
            match unit {
                0..=8 | 14..=26 | 28..=31 | 0x7f | 0xe000..=0xf8ff | 0xfffe.. => return None,
                0x20..=0x7e | 9 | 10 | 13 => usual += 1,
                _ => {}
            }
        }
        Some(usual)
    };
    let (little, big) = (count(u16::from_le_bytes), count(u16::from_be_bytes));
    let encoding = if little > big { UTF_16LE } else { UTF_16BE };
    // One unit of forty: the ends of lines, at least, of a text without spaces.
    let is_text = little.max(big).is_some_and(|usual| usual * 80 > sample.len());
    let (text, failed) = encoding.decode_without_bom_handling(even);
    (is_text && !failed && !text.contains('\0')).then(|| (text.into_owned(), encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str, expected: &[(u32, ProblemKind)]) {
        let mut problems = Vec::new();
        assert_eq!(decode(bytes.to_vec(), &mut problems).as_deref(), Ok(text));
        assert_eq!(problems.into_iter().map(|p| (p.line, p.kind)).collect::<Vec<_>>(), expected, "{text}");
    }

    /// Checks that a text is read as what it was written in, which is named.
    fn round_trip(label: &str, text: &str) {
        let (bytes, encoding, failed) = Encoding::for_label(label.as_bytes()).unwrap().encode(text);
        assert!(!failed, "{label}");
        let mut problems = Vec::new();
        assert_eq!(decode(bytes.to_vec(), &mut problems).as_deref(), Ok(text), "{label}: {problems:?}");
        let kind = ProblemKind::OtherEncoding { encoding: encoding.name().to_owned() };
        assert!(matches!(&problems[..], [problem] if problem.kind == kind), "{label}: {problems:?}");
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn utf8_is_taken_as_it_is() {
        check("straße".as_bytes(), "straße", &[]);
        check("\u{feff}straße".as_bytes(), "\u{feff}straße", &[]);
        check(b"a\nb\0c", "a\nb\0c", &[(2, ProblemKind::NulBytes)]);
        check(b"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m", &[]);
    }

    #[test]
    fn utf16_is_known_by_its_mark_or_its_spaces() {
        check(b"\xff\xfeh\0i\0", "hi", &[(1, ProblemKind::Utf16)]);
        check(b"\xfe\xff\0h\0i", "hi", &[(1, ProblemKind::Utf16)]);
        for text in [
            "# Queue outage\n\nThe consumers were slow.\n",
            "# Störung\r\n\r\nDie Straße war überflutet.\r\n",
            "# 消息队列故障\n\n服务于三点重启。一切恢复正常。\n",
            "# メッセージキューの障害\n\n再起動した。\n",
            "# 큐 장애\n\n서비스를 다시 시작했다.\n",
            "# Очередь\n\nСлужба была перезапущена.\n",
            "# Emoji 🔥\n\nfire\n",
        ] {
            for unit in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
                check(&utf16(text, unit), text, &[(1, ProblemKind::Utf16)]);
            }
        }
    }

    #[test]
    fn other_encodings_are_detected_and_named() {
        round_trip("windows-1252", "# Störung\n\nDie Warteschlange war größer als üblich – für Stunden.\n");
        round_trip("windows-1252", "# Panne\n\nLe serveur a été redémarré à 10 h ; déjà vu.\n");
        round_trip("windows-1252", "# Caída\n\nLa configuración falló después del despliegue de mañana.\n");
        round_trip("shift_jis", "# メッセージキューの障害\n\nサービスを再起動した。原因は設定の誤り。\n");
        round_trip("euc-jp", "# メッセージキューの障害\n\nサービスを再起動した。原因は設定の誤り。\n");
        round_trip("iso-2022-jp", "# メッセージキューの障害\n\nサービスを再起動した。\n");
        round_trip("gbk", "# 消息队列故障\n\n服务于三点重启。一切恢复正常。根本原因是配置错误。\n");
        round_trip("big5", "# 訊息佇列故障\n\n服務於三點重新啟動。一切恢復正常。根本原因是設定錯誤。\n");
        round_trip("euc-kr", "# 메시지 큐 장애\n\n서비스를 다시 시작했다. 원인은 설정 오류였다.\n");
        round_trip("windows-1251", "# Сбой очереди\n\nСлужба была перезапущена. Причина в настройках.\n");
        round_trip("windows-1250", "# Výpadek fronty\n\nSlužba byla restartována, příčinou byla špatná konfigurace.\n");
    }

    #[test]
    fn a_few_bytes_that_are_not_utf8_do_not_cost_the_others() {
        check(b"one\nd\xc3\xa9j\xe0 \xc3\xbcber", "one\ndéjà über", &[(2, ProblemKind::NotUtf8)]);
        check(b"caf\xc3\xa9 \xc3\xa9t\xc3\xa9 \x93x\x94", "café été “x”", &[(1, ProblemKind::NotUtf8)]);
    }

    #[test]
    fn a_binary_file_is_named() {
        let noise: Vec<u8> = (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let png = [b"\x89PNG\r\n\x1a\n".to_vec(), noise.clone()].concat();
        for (bytes, format) in [
            (noise, ""),
            (png, "PNG"),
            (b"%PDF-1.7\nabc".to_vec(), "PDF"),
            (b"PK\x03\x04\x14\0\x06\0".to_vec(), "ZIP"),
            ([&[1_u8, 2, 3, 4, 5, 6][..], b"abcdef"].concat().repeat(20), "any"),
        ] {
            let found = decode(bytes, &mut Vec::new());
            let Err(ProblemKind::Binary { format: found }) = &found else { panic!("{format}: {found:?}") };
            assert!(format == "any" || found == format, "{format}: {found}");
        }
        check(b"BZh is how bzip2 begins", "BZh is how bzip2 begins", &[]);
    }
}
