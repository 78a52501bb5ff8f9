//! Floors: minimum values of quality measures, so that quality reached once is not lost.
//!
//! In: `floors.tsv`, with the last value of each measure, and the current values. Out: the measures that fell.

use std::error::Error;
use std::fs;
use std::path::Path;

/// How far a measure may fall below its last value.
const SLACK: f64 = 0.01;

struct Floor {
    set: String,
    measure: String,
    last: f64,
}

/// The floors, and the measures found below them.
pub struct Floors {
    floors: Vec<Floor>,
    fallen: Vec<String>,
}

impl Floors {
    pub fn read() -> Result<Self, Box<dyn Error>> {
        Self::parse(&fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("floors.tsv"))?)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let mut floors = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let [set, measure, last] = line.split('\t').collect::<Vec<_>>()[..] else {
                return Err(format!("floors.tsv: `{line}` is not a set, a measure and a value").into());
            };
            floors.push(Floor { set: set.to_owned(), measure: measure.to_owned(), last: last.parse()? });
        }
        Ok(Self { floors, fallen: Vec::new() })
    }

    /// Compares a measure with its floor, and prints both. A measure without a floor counts as fallen.
    pub fn check(&mut self, set: &str, measure: &str, value: f64) {
        let floor = self.floors.iter().find(|floor| floor.set == set && floor.measure == measure);
        let Some(Floor { last, .. }) = floor else {
            self.fallen.push(format!("{set} {measure} {value:.3} has no floor in floors.tsv"));
            return;
        };
        let advice = if value >= last + SLACK { "; raise the floor" } else { "" };
        println!("{set} {measure} {value:.3}, last {last:.3}{advice}");
        if value < last - SLACK {
            self.fallen.push(format!("{set} {measure} fell from {last:.3} to {value:.3}"));
        }
    }

    /// Descriptions of the measures that fell.
    pub fn fallen(&self) -> &[String] {
        &self.fallen
    }
}

#[test]
fn a_measure_may_fall_by_a_hundredth_and_must_have_a_floor() -> Result<(), Box<dyn Error>> {
    let mut floors = Floors::parse("# set\tmeasure\tvalue\na\trecall\t0.800\n\nb\trecall\t0.500\n")?;
    floors.check("a", "recall", 0.791);
    floors.check("b", "recall", 0.9);
    assert_eq!(floors.fallen(), [""; 0]);
    floors.check("a", "recall", 0.789);
    floors.check("a", "precision", 1.0);
    assert_eq!(floors.fallen(), ["a recall fell from 0.800 to 0.789", "a precision 1.000 has no floor in floors.tsv"]);
    assert!(Floors::parse("a recall 0.8\n").is_err());
    Ok(())
}
