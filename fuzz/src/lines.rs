//! Streams made of lines of all origins. Every choice takes one byte, or two, from the front of the input, so that
//! `fuzz/seeds` can write inputs.

use crate::pieces::{
    self, FORMS, HEADS, MARKS, OLDER, PREFIXES, RULES, STEPS, WORDS, WRAPPERS, command_of, enveloped_of,
    excerpt_of, line_of_a_service, transports,
};
use arbitrary::{Result, Unstructured};
use std::{path::Path, sync::LazyLock};
use unwedge::core::{
    line::{AFTER, BEFORE, ENVELOPES_MAX, PREFIXES_MAX, TAG_MAX, VIEW},
    verdict::QUOTE_MAX,
};

/// How long a stream can become, and one of those in which a line reaches the bounds of a view.
const SHORT: usize = 4 * 1024;
const LONG: usize = 2 * (VIEW + AFTER);

static CORPUS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| pieces::corpus(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")));

/// A stream, and how it is to be judged.
#[derive(Debug)]
pub struct Stream {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Where it is cut, in order.
    pub cuts: Vec<usize>,
    /// Whether both sentinels must stand on one line.
    pub same_line: bool,
}

/// How a stream is cut.
enum Cut {
    Every(usize),
    AtLines(usize),
    At(Vec<usize>),
}

/// A stream of all the lines that the input is enough for.
pub fn stream(input: &mut Unstructured) -> Result<Stream> {
    let head: u8 = input.arbitrary()?;
    let cut = match head >> 1 & 3 {
        0 => Cut::Every(1 + usize::from(input.arbitrary::<u8>()?)),
        1 => Cut::AtLines(input.choose_index(2)?),
        2 => Cut::At((0..3).map(|_| Ok(input.arbitrary::<u16>()?.into())).collect::<Result<_>>()?),
        _ => Cut::At(Vec::new()),
    };
    // Few are long: the oracle takes its time.
    let long = head >> 3 == 31;
    let mut bytes = Vec::new();
    while !input.is_empty() && bytes.len() < if long { LONG } else { SHORT } {
        more(input, &mut bytes, long)?;
    }
    bytes.truncate(if long { 2 * LONG } else { 2 * SHORT });
    let cuts = match cut {
        Cut::Every(length) => (0..bytes.len()).step_by(length).skip(1).collect(),
        Cut::AtLines(behind) => {
            let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            ends.map(|(at, _)| at + behind).collect()
        }
        Cut::At(mut places) => {
            places.iter_mut().for_each(|place| *place %= bytes.len() + 1);
            places.sort_unstable();
            places
        }
    };
    Ok(Stream { bytes, cuts, same_line: head & 1 == 1 })
}

/// The next lines, a piece of one, or a change of all that is there.
fn more(input: &mut Unstructured, bytes: &mut Vec<u8>, long: bool) -> Result<()> {
    match input.int_in_range(0..=17u8)? {
        0 => bytes.extend(of_the_corpus(input)?),
        1..=4 => bytes.extend((line(input)? + "\n").into_bytes()),
        5 => bytes.extend((sentence(input)? + "\n").into_bytes()),
        6 => bytes.extend(enveloped(input)?.into_bytes()),
        7 => bytes.extend(excerpt(input)?.into_bytes()),
        8 => bytes.extend((command(input)? + "\n").into_bytes()),
        9 => bytes.extend(any_of(input, WORDS)?.bytes()),
        10 => bytes.extend(any_of(input, HEADS)?.bytes()),
        11 => bytes.extend(any_of(input, MARKS)?.bytes()),
        12 => {
            let length = input.int_in_range(0..=15usize)?.min(input.len());
            bytes.extend(input.bytes(length)?);
        }
        13 => {
            let transports = transports();
            let transport = transports[input.choose_index(transports.len())?].1;
            *bytes = transport(&String::from_utf8_lossy(bytes)).into_bytes();
        }
        14 => {
            let prefix = *input.choose(&[HEADS, PREFIXES, FORMS])?;
            let prefix = any_of(input, prefix)?.as_bytes();
            let lines = bytes.split_inclusive(|byte| *byte == b'\n');
            *bytes = lines.flat_map(|line| [prefix, line].concat()).collect();
        }
        15 => {
            // Each line twice, the second time with other digits.
            let step: u8 = input.int_in_range(1..=9)?;
            let other =
                |byte: &u8| if byte.is_ascii_digit() { b'0' + (byte - b'0' + step) % 10 } else { *byte };
            let lines = bytes.split_inclusive(|byte| *byte == b'\n');
            *bytes = lines.flat_map(|line| line.iter().copied().chain(line.iter().map(other))).collect();
        }
        16 => {
            // Each line twice, the second time with another word here and there.
            let (word, step) = (any_of(input, NAMES)?.as_bytes(), input.int_in_range(1..=7usize)?);
            let joined: bool = input.arbitrary()?;
            let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || joined && b"-_".contains(byte);
            let mut count = 0;
            let mut other = |line: &[u8]| {
                let runs = line.chunk_by(|a, b| is_of_word(a) == is_of_word(b)).map(|run| {
                    count += usize::from(is_of_word(&run[0]));
                    if is_of_word(&run[0]) && count % step == 0 { word } else { run }
                });
                runs.collect::<Vec<_>>().concat()
            };
            let lines = bytes.split_inclusive(|byte| *byte == b'\n');
            *bytes = lines.flat_map(|line| [line.to_vec(), other(line)]).flatten().collect();
        }
        _ => bytes.extend(around_a_bound(input, long)?),
    }
    Ok(())
}

/// What is put in the place of a word: some that no rule knows, and some that one does.
const NAMES: &[&str] = &[
    "quux",
    "abcdefgh",
    "x/y",
    "7",
    "a1",
    "1ab2",
    "v1a-2b",
    "web-1",
    "2026-11-28T21",
    "12",
    "12345678",
    "дом",
    "1ab.2.3",
    "Abcd",
    "Nov",
    "Step",
    "stringValue",
    "Process1",
    "process",
    "command",
    "read",
    "only",
    "rea",
    "open",
    "log",
    "msg",
    "docker",
    "x/buildx/refs",
    "activity",
    "stdout",
    "the",
    "unknown",
    "name",
];

fn any_of(input: &mut Unstructured, pieces: &[&'static str]) -> Result<&'static str> {
    input.choose(pieces).copied()
}

/// Some pieces, one behind the other.
fn some_of(input: &mut Unstructured, pieces: &[&'static str], most: usize) -> Result<String> {
    let count = input.int_in_range(0..=most)?;
    (0..count).map(|_| any_of(input, pieces)).collect()
}

/// Lines of a case.
fn of_the_corpus(input: &mut Unstructured) -> Result<Vec<u8>> {
    let case = input.choose(&CORPUS)?;
    let (first, count): (u8, u8) = (input.arbitrary()?, input.arbitrary()?);
    let lines = case.split_inclusive(|byte| *byte == b'\n').skip(first.into()).take(count.into());
    Ok(lines.collect::<Vec<_>>().concat())
}

/// Voices and transports, and what is said.
fn line(input: &mut Unstructured) -> Result<String> {
    Ok(some_of(input, HEADS, 3)? + &some_of(input, WORDS, 4)? + &some_of(input, MARKS, 1)?)
}

/// A sentence behind a prefix and a form, and what a carriage return puts over it.
fn sentence(input: &mut Unstructured) -> Result<String> {
    let said = some_of(input, PREFIXES, 1)? + any_of(input, FORMS)? + any_of(input, WORDS)?;
    let over = any_of(input, &["", "\r", "\r{\"msg\":\""])?;
    Ok(if over.is_empty() { said } else { said + over + any_of(input, FORMS)? + any_of(input, WORDS)? })
}

fn excerpt(input: &mut Unstructured) -> Result<String> {
    let prefix = any_of(input, PREFIXES)?;
    let rule = if input.ratio(3, 4)? { "------" } else { any_of(input, RULES)? };
    let step = if input.ratio(3, 4)? { any_of(input, STEPS)? } else { any_of(input, FORMS)? };
    let end = any_of(input, &["\n", "\r\n", "\rz\n"])?;
    let ends = end.repeat(input.int_in_range(0..=9)?);
    let last = sentence(input)? + any_of(input, &["", " {\"attempt\": \"1\"}", " {\"msg\": \""])?;
    Ok(excerpt_of(prefix, [rule, step], &ends, &last))
}

fn command(input: &mut Unstructured) -> Result<String> {
    let escapes = |input: &mut Unstructured| input.int_in_range(0..=8usize);
    if input.ratio(2, 3)? {
        let (prefix, opening) = (any_of(input, PREFIXES)?, escapes(input)?);
        let quoted = [(any_of(input, WORDS)?, escapes(input)?), (any_of(input, WORDS)?, escapes(input)?)];
        return Ok(command_of(prefix, opening, quoted, any_of(input, WORDS)?));
    }
    let mut text = any_of(input, OLDER)?.to_owned();
    for _ in 0..2 {
        text += any_of(input, WORDS)?;
        text += any_of(input, &["]: ", "' returned a non-zero code: 1: ", "\r", ""])?;
    }
    Ok(text + any_of(input, WORDS)?)
}

/// Lines in envelopes, one in another, and some of them cut off.
fn enveloped(input: &mut Unstructured) -> Result<String> {
    let mut text = some_of(input, PREFIXES, 1)?;
    text += &match input.int_in_range(0..=4u8)? {
        0 => excerpt(input)?,
        1 => command(input)?,
        2 => sentence(input)? + "\n" + &sentence(input)?,
        3 => line(input)? + "\n" + &line(input)?,
        _ => sentence(input)?,
    };
    let depth = input.int_in_range(1..=ENVELOPES_MAX + 1)?;
    let kinds: Vec<usize> = (0..depth).map(|_| input.choose_index(WRAPPERS)).collect::<Result<_>>()?;
    let missing = if input.ratio(1, 4)? { input.int_in_range(1..=8usize)? } else { 0 };
    Ok(enveloped_of(text, kinds, missing))
}

/// What is counted or measured, around the most that there may be of it.
fn around_a_bound(input: &mut Unstructured, long: bool) -> Result<Vec<u8>> {
    let off = input.int_in_range(0..=4usize)?;
    Ok(match input.int_in_range(0..=4u8)? {
        0 => line_of_a_service(&"21:39:00 ".repeat(PREFIXES_MAX - 2 + off)),
        1 => line_of_a_service(&format!("[{}] ", "t".repeat(TAG_MAX - 4 + off))),
        2 => ("------\n > [3/3] RUN x:".to_owned() + &"\n".repeat(6 + off)).into_bytes(),
        _ => {
            let bounds: &[usize] = if long {
                &[VIEW - BEFORE, VIEW, VIEW + AFTER, AFTER, 2 * VIEW]
            } else {
                &[QUOTE_MAX / 2, QUOTE_MAX, BEFORE]
            };
            let length = *input.choose(bounds)? + 32 - usize::from(input.arbitrary::<u8>()?.min(160));
            vec![*input.choose(b"y  /:\t\\\"")?; length]
        }
    })
}
