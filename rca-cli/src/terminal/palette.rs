//! The palette: how the parts of an answer look, and how a user changes that.
//!
//! In: colour specs in ripgrep's grammar. Out: styles. Every default colour can be read on black and on white.

use std::fmt;

use anstyle::{Ansi256Color, AnsiColor, Color, RgbColor, Style};
use clap::builder::styling::Styles;

/// The few colours whose contrast with both black and white is at least 4.5 lie in a narrow band of lightness, in which the 16
/// colours of a terminal have none. These are of the fixed cube of 256; a test computes their contrast.
const GREEN: Ansi256Color = Ansi256Color(29);
const RED: Ansi256Color = Ansi256Color(131);
const PINK: Ansi256Color = Ansi256Color(163);
const GREY: Ansi256Color = Ansi256Color(243);

/// The styles of help and of errors in the command line.
pub(crate) const HELP: Styles = Styles::styled()
    .header(Style::new().bold().underline())
    .usage(Style::new().bold().underline())
    .literal(GREEN.on_default().bold())
    .placeholder(GREY.on_default())
    .error(PINK.on_default().bold())
    .valid(GREEN.on_default())
    .invalid(RED.on_default().bold());

/// The styles of the parts of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Palette {
    pub(crate) title: Style,
    pub(crate) matched: Style,
    pub(crate) severe: Style,
    pub(crate) notable: Style,
    pub(crate) dim: Style,
}

impl Default for Palette {
    fn default() -> Self {
        Self {
            title: Style::new().bold(),
            matched: GREEN.on_default().bold(),
            severe: PINK.on_default().bold(),
            notable: RED.on_default(),
            dim: GREY.on_default(),
        }
    }
}

/// The names of the parts in specs.
const PARTS: [&str; 5] = ["title", "match", "severe", "notable", "dim"];
const STYLES: &str = "bold, nobold, dim, nodim, italic, noitalic, underline, nounderline";
const COLORS: [(&str, AnsiColor); 8] = [
    ("black", AnsiColor::Black),
    ("red", AnsiColor::Red),
    ("green", AnsiColor::Green),
    ("yellow", AnsiColor::Yellow),
    ("blue", AnsiColor::Blue),
    ("magenta", AnsiColor::Magenta),
    ("cyan", AnsiColor::Cyan),
    ("white", AnsiColor::White),
];

/// Why a colour spec is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SpecError {
    /// It does not have the form of a spec.
    Form,
    /// There is no part of this name.
    Part(String),
    /// A part has no attribute of this name.
    Attribute(String),
    /// This is no colour.
    Color(String),
    /// This is no style.
    Style(String),
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = COLORS.map(|(name, _)| name).join(", ");
        match self {
            Self::Form => write!(f, "a spec is `PART:fg:COLOR`, `PART:bg:COLOR`, `PART:style:STYLE` or `PART:none`"),
            Self::Part(name) => write!(f, "unknown part `{name}`; known are {}", PARTS.join(", ")),
            Self::Attribute(name) => write!(f, "unknown attribute `{name}`; known are fg, bg, style and none"),
            Self::Color(name) => {
                write!(f, "`{name}` is not a colour; write {names}, none, a number up to 255, or `R,G,B`")
            }
            Self::Style(name) => write!(f, "unknown style `{name}`; known are {STYLES}, intense, nointense"),
        }
    }
}

impl Palette {
    /// The palette changed by specs, separated by spaces; or the first spec that is wrong, with the reason.
    ///
    /// # Errors
    /// The wrong spec, and what is wrong with it.
    pub(crate) fn with<'s>(mut self, specs: impl IntoIterator<Item = &'s str>) -> Result<Self, (&'s str, SpecError)> {
        for spec in specs.into_iter().flat_map(str::split_whitespace) {
            self.change(spec).map_err(|error| (spec, error))?;
        }
        Ok(self)
    }

    /// Applies one spec: `match:fg:blue`, `title:style:underline`, `dim:none`.
    fn change(&mut self, spec: &str) -> Result<(), SpecError> {
        let (part, rest) = spec.split_once(':').ok_or(SpecError::Form)?;
        let style = match part {
            "title" => &mut self.title,
            "match" => &mut self.matched,
            "severe" => &mut self.severe,
            "notable" => &mut self.notable,
            "dim" => &mut self.dim,
            _ => return Err(SpecError::Part(part.to_owned())),
        };
        *style = match rest.split_once(':') {
            None if rest == "none" => Style::new(),
            None => return Err(if rest.is_empty() { SpecError::Form } else { SpecError::Attribute(rest.to_owned()) }),
            Some(("fg", value)) => style.fg_color(color(value)?),
            Some(("bg", value)) => style.bg_color(color(value)?),
            Some(("style", value)) => styled(*style, value)?,
            Some((attribute, _)) => return Err(SpecError::Attribute(attribute.to_owned())),
        };
        Ok(())
    }
}

/// A colour by its name, its number or its three shares, as ripgrep reads them; `none` is that of the terminal.
fn color(text: &str) -> Result<Option<Color>, SpecError> {
    let wrong = || SpecError::Color(text.to_owned());
    if text == "none" {
        return Ok(None);
    }
    if let Some((_, color)) = COLORS.iter().find(|(name, _)| *name == text) {
        return Ok(Some(Color::Ansi(*color)));
    }
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(digits) if !digits.starts_with('+') => u8::from_str_radix(digits, 16).ok(),
        None if !text.starts_with('+') => text.parse::<u8>().ok(),
        _ => None,
    };
    let numbers: Option<Vec<u8>> = text.split(',').map(number).collect();
    match numbers.as_deref() {
        Some(&[index]) => Ok(Some(Color::Ansi256(Ansi256Color(index)))),
        Some(&[r, g, b]) => Ok(Some(Color::Rgb(RgbColor(r, g, b)))),
        _ => Err(wrong()),
    }
}

/// A style with one more effect, or one less.
fn styled(style: Style, name: &str) -> Result<Style, SpecError> {
    use anstyle::Effects;
    let (on, effect) = match name.strip_prefix("no") {
        Some(effect) => (false, effect),
        None => (true, name),
    };
    let effect = match effect {
        "bold" => Effects::BOLD,
        "dim" => Effects::DIMMED,
        "italic" => Effects::ITALIC,
        "underline" => Effects::UNDERLINE,
        "intense" => return Ok(style.fg_color(style.get_fg_color().map(|color| intense(color, on)))),
        _ => return Err(SpecError::Style(name.to_owned())),
    };
    Ok(style.effects(style.get_effects().set(effect, on)))
}

/// The bright one of the named colours, or the plain one.
fn intense(color: Color, on: bool) -> Color {
    match color {
        Color::Ansi(color) => Color::Ansi(color.bright(on)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colours of xterm: the 16 as it sets them, then the cube and the greys, which are fixed.
    fn rgb(color: Color) -> [u8; 3] {
        const NAMED: [[u8; 3]; 16] = [
            [0, 0, 0],
            [205, 0, 0],
            [0, 205, 0],
            [205, 205, 0],
            [0, 0, 238],
            [205, 0, 205],
            [0, 205, 205],
            [229, 229, 229],
            [127, 127, 127],
            [255, 0, 0],
            [0, 255, 0],
            [255, 255, 0],
            [92, 92, 255],
            [255, 0, 255],
            [0, 255, 255],
            [255, 255, 255],
        ];
        let index = match color {
            Color::Rgb(RgbColor(r, g, b)) => return [r, g, b],
            Color::Ansi(color) => Ansi256Color::from_ansi(color).index(),
            Color::Ansi256(color) => color.index(),
        };
        let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
        match index {
            0..16 => NAMED[usize::from(index)],
            16..232 => [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map(level),
            _ => [8 + 10 * (index - 232); 3],
        }
    }

    /// The contrast with black and with white, as WCAG 2 computes it.
    fn contrasts(color: Color) -> [f64; 2] {
        let share = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = rgb(color).map(share);
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        [(luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)]
    }

    #[test]
    fn every_colour_can_be_read_on_black_and_on_white() {
        let Palette { title, matched, severe, notable, dim } = Palette::default();
        let of_help = [
            HELP.get_header(),
            HELP.get_usage(),
            HELP.get_literal(),
            HELP.get_placeholder(),
            HELP.get_error(),
            HELP.get_valid(),
            HELP.get_invalid(),
            HELP.get_context(),
            HELP.get_context_value(),
        ];
        let all = [title, matched, severe, notable, dim].into_iter().chain(of_help.into_iter().copied());
        let mut colors = 0;
        for style in all {
            assert!(style.get_bg_color().is_none(), "{style:?}");
            assert!(!style.get_effects().contains(anstyle::Effects::DIMMED), "a terminal dims as it likes: {style:?}");
            if let Some(color) = style.get_fg_color() {
                let contrasts = contrasts(color);
                assert!(contrasts.iter().all(|&contrast| contrast >= 4.5), "{color:?}: {contrasts:?}");
                colors += 1;
            }
        }
        assert!(colors >= 8, "{colors}");
        // The measure itself: yellow on white cannot be read, nor blue on black.
        assert!(contrasts(AnsiColor::Yellow.into())[1] < 2.0 && contrasts(AnsiColor::Blue.into())[0] < 4.5);
        assert!(contrasts(AnsiColor::BrightWhite.into())[0] > 20.9);
    }

    #[test]
    fn specs_are_those_of_ripgrep() {
        let with = |specs: &'static str| Palette::default().with([specs]);
        let blue = with("match:fg:blue match:style:nobold").unwrap();
        assert_eq!(blue.matched, AnsiColor::Blue.on_default());
        assert_eq!(with("match:none title:none").unwrap().matched, Style::new());
        assert_eq!(with("dim:fg:0x1F").unwrap().dim, Ansi256Color(31).on_default());
        assert_eq!(with("dim:bg:1,2,0xff").unwrap().dim.get_bg_color(), Some(RgbColor(1, 2, 255).into()));
        assert_eq!(with("notable:fg:red notable:style:intense").unwrap().notable, AnsiColor::BrightRed.on_default());
        assert_eq!(with("severe:none severe:style:underline").unwrap().severe, Style::new().underline());
        assert_eq!(with("dim:fg:none").unwrap().dim, Style::new());
        assert_eq!(with("  "), Ok(Palette::default()));
    }

    #[test]
    fn a_wrong_spec_is_named_with_its_reason() {
        let wrong = |specs: &'static str| Palette::default().with([specs]).unwrap_err();
        assert_eq!(wrong("match"), ("match", SpecError::Form));
        assert_eq!(wrong("match:"), ("match:", SpecError::Form));
        assert_eq!(wrong("path:fg:red").1, SpecError::Part("path".to_owned()));
        assert_eq!(wrong("dim:none match:front:red"), ("match:front:red", SpecError::Attribute("front".to_owned())));
        assert_eq!(wrong("match:red").1, SpecError::Attribute("red".to_owned()));
        for color in ["purple", "256", "1,2", "1,2,3,4", "", "+1", "0x100", "0x"] {
            let spec = format!("match:fg:{color}");
            let error = Palette::default().with([&*spec]).unwrap_err().1;
            assert_eq!(error, SpecError::Color(color.to_owned()));
        }
        assert_eq!(wrong("match:style:loud").1, SpecError::Style("loud".to_owned()));
        assert!(wrong("match:style:loud").1.to_string().contains("known are bold, nobold"));
    }
}
