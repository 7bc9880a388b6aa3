//! Scripts as what a shell reads of them.

use crate::{
    facts::NAMES,
    shell_words::{Part, Token, tokens},
};

/// Names that nothing else looks like.
const PLACEHOLDERS: [&str; NAMES] =
    ["Qz0zQ", "Qz1zQ", "Qz2zQ", "Qz3zQ", "Qz4zQ", "Qz5zQ", "Qz6zQ", "Qz7zQ", "Qz8zQ"];

/// A harmless name for each.
pub fn placeholders() -> [Vec<u8>; NAMES] {
    PLACEHOLDERS.map(|name| name.as_bytes().to_vec())
}

/// A text with the names in their places.
fn filled(text: &[u8], names: &[Vec<u8>; NAMES]) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let behind = |number: usize| Some((number, rest.strip_prefix(PLACEHOLDERS[number].as_bytes())?));
        match (0..NAMES).find_map(behind) {
            Some((number, behind)) => {
                filled.extend(&names[number]);
                rest = behind;
            }
            None => {
                filled.push(*first);
                rest = tail;
            }
        }
    }
    filled
}

/// Holds that a shell reads of a script what it reads of the one with harmless names: the same words between the same
/// operators, the same to be expanded, and each name in no other place than as plain text of the same word.
pub fn same(script: &str, harmless: &str, names: &[Vec<u8>; NAMES]) {
    // What comes before the steps is most of a script, and every script has it.
    let steps = harmless.find("\nmain() {\n").filter(|at| script.get(..*at) == Some(&harmless[..*at]));
    let (script, harmless) = (&script[steps.unwrap_or(0)..], &harmless[steps.unwrap_or(0)..]);
    let script_tokens = tokens(script.as_bytes()).unwrap_or_else(|why| panic!("{why}: {script}"));
    let mut expected = tokens(harmless.as_bytes()).unwrap().into_iter();
    let mut by_hand = None;
    for token in script_tokens {
        let wanted = expected.next().unwrap_or_else(|| panic!("more than there should be: {token:?}"));
        match (&token, wanted) {
            (Token::Word(parts), Token::Word(wanted)) => {
                by_hand = match by_hand {
                    None => parts.as_slice().eq(&[Part::Text(b"by_hand".to_vec())]).then_some(0),
                    Some(words) => Some(words + 1),
                };
                // What is left to a person is a line of a shell in a word, behind its title.
                match (by_hand, &parts[..], &wanted[..]) {
                    (Some(2..), [Part::Text(line)], [Part::Text(wanted)]) => same_bytes(line, wanted, names),
                    (_, parts, wanted) => same_parts(parts, wanted, names),
                }
            }
            (Token::Operator(byte), Token::Operator(wanted)) => {
                assert_eq!(*byte, wanted, "{script}");
                by_hand = None;
            }
            (token, wanted) => panic!("{token:?} instead of {wanted:?}: {script}"),
        }
    }
    assert_eq!(expected.next(), None, "{script}");
}

fn same_bytes(script: &[u8], harmless: &[u8], names: &[Vec<u8>; NAMES]) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    same(&text(script), &text(harmless), names);
}

fn same_parts(parts: &[Part], wanted: &[Part], names: &[Vec<u8>; NAMES]) {
    let inside = |part: &Part| match part {
        Part::Live(live) => Some(live.strip_prefix(b"$(")?.strip_suffix(b")")?.to_vec()),
        Part::Text(_) => None,
    };
    assert_eq!(parts.len(), wanted.len(), "{parts:?} instead of {wanted:?}");
    for (part, wanted) in parts.iter().zip(wanted) {
        match (part, wanted) {
            (Part::Text(text), Part::Text(wanted)) => assert_eq!(text, &filled(wanted, names)),
            (part, wanted) => match (inside(part), inside(wanted)) {
                (Some(command), Some(wanted)) => same_bytes(&command, &wanted, names),
                _ => assert_eq!(part, wanted),
            },
        }
    }
}

/// The one word behind `printf '%s\n'` of a script that only says something.
pub fn said(script: &str) -> Vec<u8> {
    let mut texts = tokens(script.as_bytes()).unwrap().into_iter().map(|token| match token {
        Token::Word(parts) => match <[Part; 1]>::try_from(parts) {
            Ok([Part::Text(text)]) => text,
            parts => panic!("{parts:?} is not one text: {script}"),
        },
        Token::Operator(byte) => vec![byte],
    });
    let mut next = || texts.next().unwrap_or_default();
    assert_eq!([next(), next(), next()], [b"\n".to_vec(), b"printf".to_vec(), b"%s\\n".to_vec()]);
    let said = next();
    let rest: Vec<Vec<u8>> = texts.collect();
    assert_eq!(rest.concat(), b">&2\nexit1\n", "{script}");
    said
}
