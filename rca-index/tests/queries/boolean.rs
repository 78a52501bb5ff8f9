//! AND, OR, NOT, parentheses and `-`.

use super::{archive, check};

#[test]
fn operators_bind_as_documented() {
    // The id of a report lists its words; the tag is in `p` and `pb`.
    let index = archive(["w", "p", "b", "wp", "wb", "pb", "wpb"].map(|id| {
        let word = |c| match c {
            'w' => "walrus ",
            'p' => "pelican ",
            _ => "badger ",
        };
        let tag = if matches!(id, "p" | "pb") { "tags: [sea]\n" } else { "" };
        let words: String = id.chars().map(word).collect();
        (id, format!("---\nstatus: open\n{tag}---\n# An incident\n\nIt saw a {words}.\n"))
    }));
    check(
        &index,
        &[
            // A space means AND.
            ("walrus", "w wp wb wpb"),
            ("walrus pelican", "wp wpb"),
            ("walrus AND pelican", "wp wpb"),
            ("walrus && pelican", "wp wpb"),
            ("walrus || pelican", "w p wp wb pb wpb"),
            ("-*", ""),
            ("NOT *", ""),
            ("walrus pelican badger", "wpb"),
            ("walrus AND pelican AND badger", "wpb"),
            ("walrus OR pelican", "w p wp wb pb wpb"),
            ("walrus OR pelican OR badger", "w p b wp wb pb wpb"),
            // AND binds tighter than OR, on either side.
            ("walrus OR pelican badger", "w wp wb wpb pb"),
            ("walrus OR pelican AND badger", "w wp wb wpb pb"),
            ("walrus pelican OR badger", "wp wpb b wb pb"),
            ("walrus AND pelican OR badger AND pelican", "wp wpb pb"),
            // Parentheses.
            ("(walrus OR pelican) badger", "wb pb wpb"),
            ("badger (walrus OR pelican)", "wb pb wpb"),
            ("walrus (pelican OR badger)", "wp wb wpb"),
            ("(walrus OR pelican) (pelican OR badger)", "p wp wb pb wpb"),
            ("(walrus (pelican OR (badger)))", "wp wb wpb"),
            ("(walrus pelican) OR (pelican badger)", "wp pb wpb"),
            // NOT binds tighter than AND.
            ("NOT walrus", "p b pb"),
            ("-walrus", "p b pb"),
            ("NOT walrus pelican", "p pb"),
            ("-walrus pelican", "p pb"),
            ("walrus NOT pelican", "w wb"),
            ("walrus AND NOT pelican", "w wb"),
            ("walrus -pelican -badger", "w"),
            ("NOT walrus OR pelican", "p b pb wp wpb"),
            ("walrus OR NOT pelican", "w wp wb wpb b"),
            ("walrus OR -pelican badger", "w wp wb wpb b"),
            ("-walrus OR -pelican", "w p b wb pb"),
            ("-(walrus OR pelican)", "b"),
            ("-(walrus pelican)", "w p b wb pb"),
            ("badger -(walrus OR pelican)", "b"),
            ("badger -(walrus pelican)", "b wb pb"),
            ("NOT NOT walrus", "w wp wb wpb"),
            ("-(-walrus)", "w wp wb wpb"),
            ("-walrus -pelican -badger", ""),
            ("walrus -walrus", ""),
            // Every incident.
            ("*", "w p b wp wb pb wpb"),
            ("* -walrus", "p b pb"),
            ("walrus OR *", "w p b wp wb pb wpb"),
            ("NOT *", ""),
            ("", "w p b wp wb pb wpb"),
            // Filters combine like words.
            ("tag:sea", "p pb"),
            ("tag:sea badger", "pb"),
            ("tag:sea -badger", "p"),
            ("walrus OR tag:sea", "w p wp wb pb wpb"),
            ("walrus OR tag:sea badger", "w wp wb wpb pb"),
            ("(walrus OR tag:sea) badger", "wb wpb pb"),
            ("(badger -tag:sea) OR (pelican -badger)", "b wb wpb p wp"),
            ("pelican -(tag:sea OR badger)", "wp"),
            ("-tag:sea pelican", "wp wpb"),
            // Operators are upper case; `or`, `and` and `not` are plain words, and stop words.
            ("walrus or pelican", "wp wpb"),
            ("walrus and pelican", "wp wpb"),
            ("walrus not pelican", "wp wpb"),
            ("\\-walrus", "w wp wb wpb"),
        ],
    );
}
