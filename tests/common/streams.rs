//! Streams rich in everything that the rules look at, transports, and ways to cut a stream.

use proptest::{prelude::*, sample::Index};
use std::{env, fmt, fs, path::Path, sync::LazyLock};
use unwedge::core::{
    line::{AFTER, BEFORE, ENVELOPES_MAX, PREFIXES_MAX, TAG_MAX, VIEW},
    verdict::QUOTE_MAX,
};

/// So many cases, or as many as `PROPTEST_CASES` says. What is found becomes a test with a name, so
/// nothing is kept in files.
pub fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

/// What the sentences of both voices are made of.
const WORDS: &[&str] = &[
    "failed to update builder last activity time",
    "failed to update builder last activity time",
    "FAILED TO UPDATE BUILDER LAST ACTIVITY TIME",
    "read-only file system",
    "Read-only file system",
    ": ",
    ": open /home/x/.docker/buildx/activity/.tmp-d1: ",
    ": open /home/x/.docker/buildx/activity/.tmp-d1: read-only file system",
    "ERROR: failed to update builder last activity time: open /x: read-only file system",
    "failed to update builder last activity time: write /x: no space left on device",
    "failed to update builder last activity time: open /read-only file system/x: permission denied",
    "mkdir /home/x/.docker/buildx: read-only file system",
    "open /srv/buildx/current: read-only file system",
    "no space left on device",
    "operation not permitted",
    ": exit status 1",
    ": unknown",
    ": exit code: 12",
    ", exit code: 1",
    ": exit status 1234",
    " {\"attempt\": \"1\"}",
    ": permission denied {\"attempt\": \"1\"}",
    "failed to update builder last activity time: open /x: permission denied, exit code: 1",
    r"mkdir C:\Users\x\.docker\buildx: read-only file system",
    r"open D:\buildx\refs\x: read-only file system",
    "failed to update",
    "ty t",
    "d-on",
    "read-only fi",
    "open",
    "rename /a",
    "/.docker",
    "/buildx",
    "/activity/.tmp-",
    "/refs",
    "/",
    "\\",
    ".",
    "=",
    "-",
    "_",
    "'",
    "\"",
    "\u{2018}",
    "\u{e9}",
    "x",
    "7",
    " ",
    "  ",
];

/// What stands in front of a line: voices and transports.
const HEADS: &[&str] = &[
    "ERROR: ",
    "ERROR: failed to build: ",
    "#7 0.412 ",
    "#7 ERROR: ",
    "#7 ",
    "#12 DONE 0.1s",
    "#7 [3/3] RUN ",
    " => => # ",
    "=> [3/3] RUN ",
    "=> ",
    " > [3/3] RUN x:\n",
    "> [x",
    "0.412 ",
    "0.4123 ",
    "   3 | >>> RUN ",
    "3 |",
    "web-1  | ",
    "web  | ",
    "web_1 | ",
    "build | ",
    "| ",
    "[build] | ",
    "[web]: ",
    "[",
    "{\"vertexes\":[",
    "{\"logs\":[",
    "\"name\": \"",
    "\"log\": \"",
    "\"log\": [\"",
    "27604 v0.12.1 /usr/bin/docker-buildx ",
    "app: ",
    "{\"a\":{\"b\":\"",
    "[1.5, \"o\", \"",
    "stderr: '",
    "stderr=b'",
    "\\n",
    "##teamcity[message text='",
    "|n",
    "web-1  | {\"msg\":\"",
    "Step 3/5 : RUN ",
    "app: #7 [3/3] RUN ",
    "app: => ERROR [base 2/3] RUN ",
    "\"[web 3/3] RUN ",
    "app:    3 | >>> RUN ",
    "app: 27604 v0.12.1 docker-buildx ",
    "process \\\"x \\\\\\\" did not complete: ",
    "]: ",
    "the command '/bin/sh -c ",
    "' returned a non-zero code: 1",
    "27604 docker ",
    "27604 1.2 ",
    "27604 0.1.2-x y ",
    "process \"/bin/sh -c ",
    "\" did not complete successfully: ",
    "process \"x \\\" did not complete: ",
    "executor failed running [/bin/sh -c ",
    "build.log:7:#7 0.412 ",
    "2026-11-23T21:39:00.1Z ",
    "2026-11-23 21:39:00,123 ",
    "2026/11/23 21:39:00+01:00 ",
    "[2026-11-23T21:39:00Z] ",
    "(21:39:00) ",
    "21:39:00.5\t",
    "1700000000.5 ",
    "Nov 23 21:39:00 ",
    "Nov  3 21:39:00 host docker[1]: ",
    "host docker[1]: ",
    "host tag: ",
    "00O ",
    "01E+",
    "stderr F ",
    "stdout P ",
    "stderr P ",
    "<34>1 ",
    "<13>",
    "host app 12 ID47 - ",
    "##[error]",
    "job\tstep\t",
    "job\tstep\t2026-11-23T21:39:00Z ",
    "\u{feff}",
    "\u{2502} ",
    "\0",
    "\t",
];

/// Rules, envelopes and their ends, escapes, line ends.
const MARKS: &[&str] = &[
    "\n",
    "\n",
    "\n",
    "\n",
    "\r",
    "\r\n",
    "------\n",
    "------",
    "------ \r\n",
    "-----",
    "------\n > [3/3] RUN x:\n",
    "------\r\n > [3/3] RUN x:\r\n",
    "{\"log\":\"",
    "{\"level\":\"error\",\"n\":[1,{\"msg\":\"x\"}],\"msg\":\"",
    "{ \"error\" : \"",
    "{\"m\\u0073g\":\"",
    "{\"message\":\"{\\\"msg\\\":\\\"",
    "\\n\",\"stream\":\"stderr\"}",
    "\"}",
    "\",\"error\":\"",
    "\", \"k\":",
    "\\\"",
    "\\\\",
    "\\n",
    "\\r",
    "\\",
    "}",
    "]",
    ",",
    "time=\"x\" level=error msg=\"",
    "msg=\"",
    "level=error ",
    "err=\"",
    "log=\"------\\n\" ",
    "\x1b[31m",
    "failed to upd\x1b]8;;x\x1b\\ate builder last activity time",
    "\x1b[0m",
    "\x1b[",
    "\x1b]0;t",
    "\x07",
    "\x1b\\",
    "\x1b_bk;t=1\x07",
    "\x1b(B",
    "\x1b",
    "\\u001b[1m",
    "\\x1b[1m",
    "failed to update builder last activit\x1b[0my time",
    "failed to upd\x1b[1mate builder last activity time",
    "read-o\x1b[1mnly file system",
    "failed to update builder last activity \\u0074ime",
    "\\u0066ailed to update builder last activity time",
    "r\\x65ad\\u002donly file system",
    "---\\u002d--",
    "--\x1b[1m----\n",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\q",
    "\\u12",
    "\u{fffd}",
];

/// Prefixes that nobody knows, and what is none: a form behind it is no marker.
const PREFIXES: &[&str] = &[
    "",
    "",
    "app:build: ",
    "app:",
    "build.log:7:",
    "E1123 build.go:42] ",
    "PS> ",
    "x\\n",
    "x|n",
    "x\tn",
    "'",
    "\"",
    "(x,",
    "see [",
    "x",
    "n",
    "\u{e9}",
    "|",
    "\0",
    "\x7f",
    "=",
    "ERROR: ",
    "mkdir /a/x: ",
];

/// What a container's words begin with, and what only looks like it.
const FORMS: &[&str] = &[
    "",
    "",
    "ERROR: ",
    "#7 0.412 ",
    "#7 0.4123 ",
    "#7 [3/3] ",
    "#7 [base 2/3] ",
    "#7 [linux/amd64 internal] ",
    "#7 [x[3/3] ",
    "#7 [3/3[ ",
    "#7 [3/] ",
    "#7 [a internals] ",
    "# [3/3] ",
    "#7 ERROR: ",
    "#7 DONE 0.1s ",
    "=> => # ",
    "=> [3/3] ",
    "=> ERROR [3/3] ",
    "=> CACHED  [base 2/3] ",
    "=> xX [3/3] ",
    "=> ",
    "> [3/3] RUN ",
    "> [x] ",
    "> [b internal] ",
    "3 | >>> ",
    "3 |     ",
    "3 |    ",
    "12 | ",
    "27604 v0.12.1 /usr/bin/docker-buildx ",
    "27604 0.13.1+ds1-3 docker ",
    "27604 0.1. docker/x ",
    "27604 0.1 docker ",
    "27604  buildx ",
    "27604 x3 buildkitd ",
    "12345678 0.1.2 docker ",
    "27604 0.1.2 x",
    "{\"vertexes\":[",
    "{ \"LOGS\" :",
    "{\"log\":",
    "\"[web 3/3] ",
    "[3/3] ",
    "\"name\": \"",
    "\"id\" : [",
    "\"short\": \"",
    "\"detail\":[\"",
    "\"key\": \"",
    "web-1  | ",
    "web-1 | ",
    "web_12 |",
    "web1 | ",
    "web-1| ",
    "-1 | ",
    "web-1  |x",
    "web  | ",
    "0.412 ",
    "Step 3/5 : ",
    "Step 3/ : ",
    "------",
    "-------",
    "process \"",
    "executor failed running [",
    "the command '",
];

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
    let head = prop_oneof![Just(" > [3/3] RUN x:"), Just("> x"), Just("> [3/3"), any_of(FORMS)];
    let rule = prop_oneof![4 => Just("------"), 1 => any_of(&["------ ", "-------", "#7 0.4 ------", "web-1  | ------", "\x1b[1m------", "---\x1b[1m---", "x ------"])];
    // The words in front of an object are the step's, too.
    let last = (sentence(), prop_oneof![Just(""), Just(" {\"attempt\": \"1\"}"), Just(" {\"msg\": \"")])
        .prop_map(|(last, object)| last + object);
    let lines = prop_oneof![0..10usize, 6..9usize];
    let end = any_of(&["\n", "\n", "\r\n", "\rz\n"]);
    (any_of(PREFIXES), rule, head, lines, end, any_of(PREFIXES), last).prop_map(
        |(prefix, rule, head, lines, end, other, last)| {
            let lines = format!("{prefix}y{end}").repeat(lines);
            format!("{prefix}{rule}\n{prefix}{head}\n{lines}{other}{last}\n{prefix}------\n{last}\n")
        },
    )
}

/// A command that is quoted back, with escapes of every level around its quotes.
fn command() -> impl Strategy<Value = String> {
    let quote = || (0..9usize).prop_map(|escapes| "\\".repeat(escapes) + "\"");
    let escaped = (any_of(PREFIXES), quote(), any_of(WORDS), quote(), any_of(WORDS), quote(), any_of(WORDS))
        .prop_map(|(prefix, a, first, b, second, c, third)| {
            format!("{prefix}process {a}{first}{b} {second}{c}: {third}")
        });
    let ends = || prop_oneof![2 => Just("]: "), 2 => Just("' returned a non-zero code: 1: "), 1 => Just("\r"), 1 => Just("")];
    let introducer = prop_oneof![Just("executor failed running ["), Just("The command '")];
    let older = (introducer, any_of(WORDS), ends(), any_of(WORDS), ends(), any_of(WORDS))
        .prop_map(|(introducer, a, first, b, second, c)| [introducer, a, first, b, second, c].concat());
    prop_oneof![2 => escaped, 1 => older]
}

/// An envelope around a text: `WRAPPERS` of them.
fn wrapped(kind: usize, text: &str) -> String {
    let json = serde_json::to_string(text).unwrap();
    let python = || format!("'{}'", text.escape_default().to_string().replace("\\\"", "\""));
    let bars = || text.replace('|', "||").replace('\'', "|'").replace('\n', "|n").replace('\r', "|r");
    match kind {
        0 => format!("{{\"msg\":{json}}}"),
        1 => format!("{{\"a\":{{\"b\":[1,{json},\"word\"]}}}}"),
        2 => format!("{{\"error\":\"why\",\"cmd\":[\"no\"],\"message\":{json},\"err\":{json}}}"),
        3 => format!("{{\"stdout\":{json},\"stderr\":{json},\"n\":1}}"),
        4 => format!("fatal: [h]: FAILED! => {{\"rc\": 1, \"stderr\": {json}}}"),
        5 => format!("ERROR: {text} {{\"attempt\": {json}}}"),
        6 => format!("[1.5, \"o\", {json}]"),
        7 => format!("{{'rc': 1, 'stderr': {}}}", python()),
        8 => format!("CalledProcessError(1, stderr=b{})", python()),
        9 => format!("  stderr: {},", python()),
        10 => format!("  error: {json} it says"),
        11 => format!("\"log\": {json},"),
        12 => format!("  {json},"),
        13 => format!("time=\"x\" level=error msg={json} err=x"),
        14 => format!("level=error x={json} error={json}"),
        15 => format!("##teamcity[message text='{}' status='ERROR']", bars()),
        16 => {
            let escaped = bars().replace("last ", "last|u0020").replace(" file", "|x20file");
            format!("##teamcity[x name='{}' errorDetails='{}' text='{escaped}'", bars(), bars())
        }
        17 => format!("app: {{\"log\"=>{json}}}"),
        18 => format!("\"stderr_lines\": [\"\", {json}]"),
        19 => format!("[{{\"message\":{json},\"type\":\"err\"}}]"),
        20 => format!("x{{\"msg\":{json}}} b{json}"),
        21 => text.lines().map(|line| serde_json::to_string(line).unwrap() + ",\n").collect(),
        22 => serde_json::json!({ "x": text.lines().collect::<Vec<&str>>() }).to_string(),
        _ => json,
    }
}
const WRAPPERS: usize = 24;

/// Lines in envelopes, one in another, and often cut off.
fn enveloped() -> impl Strategy<Value = String> {
    let lines = prop_oneof![
        4 => prop::collection::vec(sentence(), 1..4).prop_map(|lines| lines.join("\n")),
        1 => excerpt(),
        1 => command(),
    ];
    let end = prop_oneof![3 => Just(0), 1 => 1..9usize];
    (any_of(PREFIXES), prop::collection::vec(0..WRAPPERS, 1..=ENVELOPES_MAX + 1), lines, end).prop_map(
        |(prefix, kinds, lines, end)| {
            // Escapes of escapes double.
            let wrap = |text: String, kind| if text.len() < 8192 { wrapped(kind, &text) } else { text };
            let mut whole = kinds.into_iter().fold(prefix.to_owned() + &lines, wrap);
            for _ in 0..end {
                whole.pop();
            }
            whole + "\n"
        },
    )
}

/// The wedge in a container's voice, for who takes the prefix off.
fn line_of_a_service(prefix: &str) -> Vec<u8> {
    format!("\n{prefix}web-1  | failed to update builder last activity time: read-only file system\n")
        .into_bytes()
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
pub static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut paths: Vec<_> = ["wedge", "clear", "limit"]
        .iter()
        .flat_map(|label| fs::read_dir(root.join(label)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    // The order of a folder is nobody's promise, and a seed has to mean the same stream everywhere.
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
});

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

/// A transport, as a function on a whole stream.
pub type Transport = fn(&str) -> String;

/// The transports that change no verdict, each with its name.
pub fn transports() -> Vec<(&'static str, Transport)> {
    fn each(stream: &str, wrap: impl Fn(&str) -> String) -> String {
        stream.lines().map(|line| wrap(line) + "\n").collect()
    }
    fn json(text: &str) -> String {
        serde_json::to_string(text).unwrap()
    }
    vec![
        ("crlf", |s| s.replace('\n', "\r\n")),
        ("github", |s| each(s, |l| format!("2026-11-23T21:39:00.1234567Z {l}"))),
        ("gh run view", |s| each(s, |l| format!("build\tRun make\t2026-11-23T21:39:00.1234567Z {l}"))),
        ("gitlab", |s| each(s, |l| format!("2026-11-23T21:39:00.123456Z 01E {l}"))),
        ("jenkins", |s| each(s, |l| format!("[2026-11-23T21:39:00.123Z] {l}"))),
        ("buildkite", |s| each(s, |l| format!("\x1b_bk;t=1700000000000\x07{l}"))),
        ("journald", |s| each(s, |l| format!("Nov 23 21:39:00 host compose-up[123]: {l}"))),
        ("syslog", |s| each(s, |l| format!("<13>1 2026-11-23T21:39:00Z host docker 12 - - {l}"))),
        ("kubernetes", |s| each(s, |l| format!("2026-11-23T21:39:00.123456789Z stderr F {l}"))),
        ("ts", |s| each(s, |l| format!("Nov 23 21:39:00 {l}"))),
        ("tag", |s| each(s, |l| format!("[build] | {l}"))),
        ("unknown tag", |s| each(s, |l| format!("app:build: {l}"))),
        ("klog", |s| each(s, |l| format!("E1123 21:39:00.123456   12345 build.go:42] {l}"))),
        ("circleci", |s| format!("[{{\"message\":{},\"time\":\"x\",\"type\":\"err\"}}]\n", json(s))),
        ("ansible", |s| {
            format!("fatal: [h]: FAILED! => {{\"cmd\": \"x\", \"rc\": 1, \"stderr\": {}}}\n", json(s))
        }),
        ("nested", |s| each(s, |l| format!("{{\"jsonPayload\":{{\"message\":{}}}}}", json(l)))),
        ("json-file", |s| {
            each(s, |l| {
                format!("{{\"log\":{},\"stream\":\"stderr\",\"time\":\"x\"}}", json(&format!("{l}\n")))
            })
        }),
        ("ndjson", |s| each(s, |l| format!("{{\"level\":\"error\",\"ts\":1.5,\"msg\":{}}}", json(l)))),
        ("one ndjson line", |s| format!("{{\"message\":{}}}\n", json(s))),
        ("logfmt", |s| each(s, |l| format!("time=\"2026-11-23T21:39:00Z\" level=error msg={}", json(l)))),
        ("colour", |s| {
            each(s, |l| format!("\x1b[31m{}\x1b[0m", l.replace("failed", "\x1b[1mfailed\x1b[22m")))
        }),
        ("no last newline", |s| s.trim_end_matches('\n').to_owned()),
        ("noise", |s| format!("\u{feff}\0#0 building\n{s}\nDONE\0\n")),
    ]
}
