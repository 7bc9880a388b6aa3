//! Streams rich in everything that the rules look at, transports, and ways to cut a stream.

use proptest::{prelude::*, sample::Index};
use std::{env, fmt, path::Path, sync::LazyLock};
use unwedge::core::{
    line::{AFTER, BEFORE, ENVELOPES_MAX, PREFIXES_MAX, TAG_MAX, VIEW},
    verdict::QUOTE_MAX,
};

#[path = "pieces.rs"]
pub mod pieces;
use pieces::*;

/// So many cases, or as many as `PROPTEST_CASES` says. What is found becomes a test with a name, so
/// nothing is kept in files.
pub fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

fn any_of(pieces: &'static [&str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(pieces)
}

/// A sentence behind a prefix and a form, and what a carriage return puts over it.
fn sentence() -> impl Strategy<Value = String> {
    let over = prop_oneof![3 => Just(""), 1 => Just("\r"), 1 => Just("\r{\"msg\":\"")];
    (any_of(PREFIXES), any_of(FORMS), any_of(WORDS), over, any_of(FORMS), any_of(WORDS)).prop_map(
        |(prefix, form, words, over, again, more)| [prefix, form, words, over, again, more].concat(),
    )
}

/// An excerpt behind a prefix, around the bound of its lines.
fn excerpt() -> impl Strategy<Value = String> {
    let head = prop_oneof![3 => any_of(STEPS), 1 => any_of(FORMS)];
    let rule = prop_oneof![4 => Just("------"), 1 => any_of(RULES)];
    // The words in front of an object are the step's, too.
    let last = (sentence(), prop_oneof![Just(""), Just(" {\"attempt\": \"1\"}"), Just(" {\"msg\": \"")])
        .prop_map(|(last, object)| last + object);
    let lines = prop_oneof![0..10usize, 6..9usize];
    let end = any_of(&["\n", "\n", "\r\n", "\rz\n"]);
    (any_of(PREFIXES), rule, head, lines, end, any_of(PREFIXES), last).prop_map(
        |(prefix, rule, head, lines, end, other, last)| {
            excerpt_of(prefix, [rule, head], &end.repeat(lines), &(other.to_owned() + &last))
        },
    )
}

/// A command that is quoted back, with escapes of every level around its quotes.
fn command() -> impl Strategy<Value = String> {
    let quoted = || (any_of(WORDS), 0..9usize);
    let escaped = (any_of(PREFIXES), 0..9usize, quoted(), quoted(), any_of(WORDS)).prop_map(
        |(prefix, opening, first, second, rest)| command_of(prefix, opening, [first, second], rest),
    );
    let ends = || prop_oneof![2 => Just("]: "), 2 => Just("' returned a non-zero code: 1: "), 1 => Just("\r"), 1 => Just("")];
    let older = (any_of(OLDER), any_of(WORDS), ends(), any_of(WORDS), ends(), any_of(WORDS))
        .prop_map(|(introducer, a, first, b, second, c)| [introducer, a, first, b, second, c].concat());
    prop_oneof![2 => escaped, 1 => older]
}

/// Lines in envelopes, one in another, and often cut off.
fn enveloped() -> impl Strategy<Value = String> {
    let lines = prop_oneof![
        4 => prop::collection::vec(sentence(), 1..4).prop_map(|lines| lines.join("\n")),
        1 => excerpt(),
        1 => command(),
    ];
    let end = prop_oneof![3 => Just(0), 1 => 1..9usize];
    (any_of(PREFIXES), prop::collection::vec(0..WRAPPERS, 1..=ENVELOPES_MAX + 1), lines, end)
        .prop_map(|(prefix, kinds, lines, end)| enveloped_of(prefix.to_owned() + &lines, kinds, end))
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let of = |pieces: &'static [&str]| {
        prop::sample::select(pieces).prop_map(|piece: &str| piece.as_bytes().to_vec())
    };
    prop_oneof![
        6 => of(WORDS),
        4 => of(HEADS),
        4 => of(MARKS),
        1 => prop::collection::vec(any::<u8>(), 0..6),
        1 => (PREFIXES_MAX - 2..PREFIXES_MAX + 2).prop_map(|count| line_of_a_service(&"21:39:00 ".repeat(count))),
        1 => sentence().prop_map(String::into_bytes),
        1 => enveloped().prop_map(String::into_bytes),
        1 => excerpt().prop_map(String::into_bytes),
        1 => command().prop_map(String::into_bytes),
        // An excerpt around its bound, and a tag in brackets around its own.
        1 => (5..11usize).prop_map(|lines| b"------\n > [3/3] RUN x:".iter().copied().chain(vec![b'\n'; lines]).collect()),
        1 => (TAG_MAX - 5..TAG_MAX + 2).prop_map(|length| line_of_a_service(&format!("[{}] ", "t".repeat(length)))),
    ]
}

/// A filler around one of the bounds of a line, or of any length.
fn filler() -> impl Strategy<Value = Vec<u8>> {
    const BOUNDS: [usize; 9] = [
        QUOTE_MAX / 2,
        QUOTE_MAX,
        BEFORE,
        AFTER,
        VIEW - BEFORE,
        VIEW,
        VIEW + AFTER,
        2 * VIEW,
        2 * VIEW + AFTER,
    ];
    let near = (prop::sample::select(&BOUNDS[..]), 0..160usize)
        .prop_map(|(bound, off)| (bound + 32).saturating_sub(off));
    let length = prop_oneof![3 => near, 1 => 0..150_000usize];
    (length, prop::sample::select(&b"y  /:\t\\\""[..])).prop_map(|(length, byte)| vec![byte; length])
}

/// A line whose sentences begin around the bounds.
fn long_line() -> impl Strategy<Value = Vec<u8>> {
    // Envelopes and commands that the bound cuts are the point of it.
    const OPENERS: &[&str] = &[
        "process \"",
        "process \\\"",
        "executor failed running [",
        "The command '",
        "{\"msg\":\"",
        "{\"x\":\"",
        "stderr=b'",
        "msg=\"",
        "stderr: '",
        "##teamcity[message text='",
        "{\"error\":\"",
        "x {\"msg\":\"",
        "{\"msg\":\"x\\n#7 0.4 x\\r",
    ];
    let opener = || prop_oneof![2 => Just(""), 1 => any_of(OPENERS), 1 => any_of(FORMS), 1 => any_of(HEADS)];
    let head = (opener(), opener()).prop_map(|(first, second)| first.to_owned() + second);
    let sentence =
        || prop_oneof![4 => any_of(WORDS), 1 => any_of(FORMS), 1 => any_of(HEADS), 1 => any_of(MARKS)];
    let start =
        (prop::sample::select(&[QUOTE_MAX / 2, VIEW, 2 * VIEW][..]), prop_oneof![Just(0), -50..=50isize]);
    let more = (prop::sample::select(&[0, AFTER - BEFORE, AFTER, VIEW - BEFORE, VIEW][..]), 0..100usize);
    let blank = prop::sample::select(&b" y\t:"[..]);
    (head, start, sentence(), more, sentence(), sentence(), blank).prop_map(
        |(head, (bound, off), first, (more, off_more), second, last, blank)| {
            let mut line = head.into_bytes();
            line.resize(bound.saturating_add_signed(off).max(line.len()), blank);
            line.extend(first.bytes());
            line.resize(line.len() + more + off_more, blank);
            line.extend([second, last].concat().bytes());
            // One of more than one view, however the rest of it falls out.
            if bound == VIEW && off_more > 60 {
                line.resize(VIEW + AFTER + 100, blank);
            }
            // A line of just the length that one view takes, or of one byte more.
            if bound == VIEW && off_more < 30 {
                line.resize(VIEW + AFTER + off_more % 2, blank);
            }
            line
        },
    )
}

/// Lines of one head or more and some words, between marks.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let of = |pieces: &'static [&str], count| {
        prop::collection::vec(prop::sample::select(pieces), count).prop_map(|pieces| pieces.concat())
    };
    let line =
        (of(HEADS, 0..4), of(WORDS, 0..5), prop_oneof![3 => Just(String::new()), 1 => of(MARKS, 1..3)]);
    let line = prop_oneof![
        4 => line.prop_map(|(head, words, mark)| head + &words + &mark + "\n"),
        1 => sentence().prop_map(|line| line + "\n"),
        1 => enveloped(),
        1 => command().prop_map(|line| line + "\n"),
        1 => excerpt(),
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat().into_bytes())
}

/// The files of the committed corpus.
pub static CORPUS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| corpus(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")));

/// One change of a stream.
#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, Vec<u8>),
    Remove(Index, u8),
    /// A line is put somewhere else, or twice there.
    Move(Index, Index, bool),
    /// A piece is put in front of every line.
    Prefix(&'static str),
    Transport(usize),
    Truncate(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        5 => (any::<Index>(), piece()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, length)| Edit::Remove(at, length)),
        3 => (any::<Index>(), any::<Index>(), any::<bool>()).prop_map(|(from, to, keep)| Edit::Move(from, to, keep)),
        1 => prop_oneof![any_of(HEADS), any_of(PREFIXES), any_of(FORMS)].prop_map(Edit::Prefix),
        1 => (0..transports().len()).prop_map(Edit::Transport),
        1 => any::<Index>().prop_map(Edit::Truncate),
    ]
}

fn edited(mut bytes: Vec<u8>, edit: Edit) -> Vec<u8> {
    match edit {
        Edit::Insert(at, piece) => {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, piece);
        }
        Edit::Remove(at, length) => {
            let at = at.index(bytes.len() + 1);
            bytes.drain(at..bytes.len().min(at + usize::from(length)));
        }
        Edit::Move(from, to, keep) => {
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            if !lines.is_empty() {
                let from = from.index(lines.len());
                let line = if keep { lines[from] } else { lines.remove(from) };
                lines.insert(to.index(lines.len() + 1), line);
            }
            bytes = lines.concat();
        }
        Edit::Prefix(head) => {
            let lines = bytes.split_inclusive(|byte| *byte == b'\n');
            bytes = lines.flat_map(|line| [head.as_bytes(), line].concat()).collect();
        }
        Edit::Transport(which) => {
            bytes = transports()[which].1(&String::from_utf8_lossy(&bytes)).into_bytes();
        }
        Edit::Truncate(at) => bytes.truncate(at.index(bytes.len() + 1)),
    }
    bytes
}

/// A stream that shows its bytes as text.
#[derive(Clone, PartialEq)]
pub struct Stream(pub Vec<u8>);

impl fmt::Debug for Stream {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "b\"{}\"", self.0.escape_ascii())
    }
}

/// Pieces in any order, lines in the form of real ones, files of the corpus; then changed.
pub fn stream() -> impl Strategy<Value = Stream> {
    let base = prop_oneof![
        3 => prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat()),
        3 => lines(),
        2 => prop::sample::select(&CORPUS[..]),
        1 => long_line(),
    ];
    let edits = prop::collection::vec(edit(), 0..5);
    let fillers =
        prop_oneof![9 => Just(vec![]), 1 => prop::collection::vec((any::<Index>(), filler()), 1..3)];
    (base, edits, fillers).prop_map(|(base, edits, fillers)| {
        let fillers = fillers.into_iter().map(|(at, filler)| Edit::Insert(at, filler));
        Stream(edits.into_iter().chain(fillers).fold(base, edited))
    })
}

/// A way to cut a stream.
#[derive(Clone, Debug)]
pub enum Cut {
    /// Into pieces of so many bytes.
    Every(usize),
    /// In front of or behind each line's end.
    AtLines { behind: bool },
    /// At these places.
    At(Vec<Index>),
}

/// A way to cut a stream, one byte at a time included.
pub fn cut() -> impl Strategy<Value = Cut> {
    let bound = prop::sample::select(&[1, 2, 3, 7, BEFORE, QUOTE_MAX, AFTER, VIEW, VIEW + AFTER][..]);
    prop_oneof![
        Just(Cut::Every(1)),
        (bound, 0..2usize).prop_map(|(bound, off)| Cut::Every(bound + off)),
        any::<bool>().prop_map(|behind| Cut::AtLines { behind }),
        prop::collection::vec(any::<Index>(), 0..12).prop_map(Cut::At),
    ]
}

impl Cut {
    /// The pieces of a stream. Some can be empty.
    pub fn pieces<'b>(&self, bytes: &'b [u8]) -> impl Iterator<Item = &'b [u8]> + use<'b> {
        let ends = 0..=bytes.len();
        let mut ends: Vec<usize> = match self {
            Self::Every(length) => ends.step_by(*length).collect(),
            Self::AtLines { behind } => {
                memchr::memchr_iter(b'\n', bytes).map(|at| at + usize::from(*behind)).collect()
            }
            Self::At(places) => places.iter().map(|place| place.index(bytes.len() + 1)).collect(),
        };
        ends.sort_unstable();
        let mut start = 0;
        ends.into_iter().chain([bytes.len()]).map(move |end| &bytes[std::mem::replace(&mut start, end)..end])
    }
}
