//! Interpret: a query as it was understood, as a query again.
//!
//! In: the tree as typed. Out: the tree with synonyms and corrections beside the words, and without the stop words.

use crate::engine::compile::{Compiler, Correction};
use crate::plan::words::words;
use crate::query::{Node, NodeKind, Query, Text};

/// The query as it was understood.
pub(crate) fn interpret(query: &Query, compiler: &Compiler<'_>, corrections: &[Correction]) -> Query {
    Query { root: group(&query.root, compiler, corrections), sort: query.sort }
}

fn group(node: &Node, compiler: &Compiler<'_>, corrections: &[Correction]) -> Node {
    let inner = |part: &Node| group(part, compiler, corrections);
    let kind = match &node.kind {
        NodeKind::And(parts) => return with(node, run(parts, compiler, corrections)),
        NodeKind::Text { .. } => return with(node, run(std::slice::from_ref(node), compiler, corrections)),
        NodeKind::Or(parts) => NodeKind::Or(parts.iter().map(inner).collect()),
        // What is excluded is excluded as typed.
        kind => kind.clone(),
    };
    with(node, vec![Node { kind, span: node.span.clone() }])
}

/// All of these, in the place of a node.
fn with(node: &Node, mut parts: Vec<Node>) -> Node {
    let kind = if parts.len() == 1 { parts.remove(0).kind } else { NodeKind::And(parts) };
    Node { kind, span: node.span.clone() }
}

/// The parts of an AND: its words first, then what is not a plain word.
fn run(parts: &[Node], compiler: &Compiler<'_>, corrections: &[Correction]) -> Vec<Node> {
    let plain = |part: &&Node| matches!(part.kind, NodeKind::Text { field: None, text: Text::Word(_) });
    let (typed, others): (Vec<&Node>, Vec<&Node>) = parts.iter().partition(plain);
    // A text of several words, such as `level=warn`, has no synonyms of its own.
    let texts: Vec<String> = typed.iter().map(|node| single_word(node, compiler)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let language = compiler.analyzer.language();
    // Stop words are left out where there is another word.
    let dropped: Vec<bool> = texts.iter().map(|text| language.is_stop_word(text)).collect();
    let dropped = if dropped.contains(&false) { dropped } else { vec![false; texts.len()] };
    let mut found = Vec::new();
    let mut at = 0;
    for run in compiler.synonyms.of(&texts) {
        found.extend(words_between(&typed, &texts, at..run.words.start, &dropped, corrections));
        let here = typed[run.words.clone()].iter().map(|&node| node.clone()).collect::<Vec<_>>();
        let span = here.first().map_or(0..0, |node| node.span.clone());
        let mut either = vec![with(&Node { kind: NodeKind::All, span: span.clone() }, here)];
        either.extend(run.others.iter().map(|other| text_node(other.join(" "), span.clone())));
        found.push(Node { kind: NodeKind::Or(either), span });
        at = run.words.end;
    }
    found.extend(words_between(&typed, &texts, at..typed.len(), &dropped, corrections));
    found.extend(others.into_iter().map(|part| group_other(part, compiler, corrections)));
    found
}

fn group_other(part: &Node, compiler: &Compiler<'_>, corrections: &[Correction]) -> Node {
    if matches!(part.kind, NodeKind::Text { .. }) { part.clone() } else { group(part, compiler, corrections) }
}

/// Words with no synonyms, with their corrections, without those that are dropped.
fn words_between(
    typed: &[&Node],
    texts: &[&str],
    range: std::ops::Range<usize>,
    dropped: &[bool],
    corrections: &[Correction],
) -> Vec<Node> {
    let kept = range.filter(|&at| !dropped[at]);
    let node = |at: usize| {
        let (node, span) = (typed[at].clone(), typed[at].span.clone());
        let Some(correction) = corrections.iter().find(|correction| correction.typed == texts[at]) else { return node };
        let meant = correction.meant.iter().map(|word| text_node(word.clone(), span.clone()));
        let kind = NodeKind::Or(std::iter::once(node).chain(meant).collect());
        Node { kind, span }
    };
    kept.map(node).collect()
}

fn text_node(text: String, span: std::ops::Range<usize>) -> Node {
    let text = if text.contains(' ') { Text::Phrase { text, slop: 0 } } else { Text::Word(text) };
    Node { kind: NodeKind::Text { field: None, text }, span }
}

/// The word that a text is, folded; empty when it is none or several.
fn single_word(node: &Node, compiler: &Compiler<'_>) -> String {
    let NodeKind::Text { text: Text::Word(text), .. } = &node.kind else { return String::new() };
    match &words(compiler.analyzer, text, None)[..] {
        [word] => word.text.clone(),
        _ => String::new(),
    }
}
