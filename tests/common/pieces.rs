//! What streams are made of that are rich in everything the rules look at: pieces, lines, envelopes, transports.
//! Nothing here chooses: that is for who generates (proptest in `streams.rs`, libFuzzer in `fuzz/`).

use std::{fs, path::Path};

/// What the sentences of both voices are made of.
pub const WORDS: &[&str] = &[
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
pub const HEADS: &[&str] = &[
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
pub const MARKS: &[&str] = &[
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
pub const PREFIXES: &[&str] = &[
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
pub const FORMS: &[&str] = &[
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

/// Rules of an excerpt, and what only looks like one.
pub const RULES: &[&str] =
    &["------ ", "-------", "#7 0.4 ------", "web-1  | ------", "\x1b[1m------", "---\x1b[1m---", "x ------"];

/// The names of steps in an excerpt.
pub const STEPS: &[&str] = &[" > [3/3] RUN x:", "> x", "> [3/3"];

/// What older builders open a command with that they quote.
pub const OLDER: &[&str] = &["executor failed running [", "The command '"];

/// An excerpt of the rule and the name of a step, behind a prefix: of so many lines as `ends` has, and the last.
pub fn excerpt_of(prefix: &str, [rule, step]: [&str; 2], ends: &str, last: &str) -> String {
    let lines = ends.split_inclusive('\n').flat_map(|end| [prefix, "y", end]).collect::<String>();
    format!("{prefix}{rule}\n{prefix}{step}\n{lines}{last}\n{prefix}------\n{last}\n")
}

/// A command that is quoted back: so many backslashes in front of its opening quote; words, each with a quote
/// and its backslashes behind it; and the rest.
pub fn command_of(prefix: &str, opening: usize, quoted: [(&str, usize); 2], rest: &str) -> String {
    let quote = |escapes| "\\".repeat(escapes) + "\"";
    let [(first, a), (second, b)] = quoted;
    format!("{prefix}process {}{first}{} {second}{}: {rest}", quote(opening), quote(a), quote(b))
}

/// A text in envelopes, one in another, of which so many characters at the end are missing.
pub fn enveloped_of(text: String, kinds: impl IntoIterator<Item = usize>, missing: usize) -> String {
    // Escapes of escapes double.
    let wrap = |text: String, kind| if text.len() < 8192 { wrapped(kind, &text) } else { text };
    let mut whole = kinds.into_iter().fold(text, wrap);
    for _ in 0..missing {
        whole.pop();
    }
    whole + "\n"
}

/// An envelope around a text: `WRAPPERS` of them.
pub fn wrapped(kind: usize, text: &str) -> String {
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

/// How many kinds of envelopes there are.
pub const WRAPPERS: usize = 24;

/// The wedge in a container's voice, for who takes the prefix off.
pub fn line_of_a_service(prefix: &str) -> Vec<u8> {
    format!("\n{prefix}web-1  | failed to update builder last activity time: read-only file system\n")
        .into_bytes()
}

/// The streams of a corpus, in the order of their names: the order of a folder is nobody's promise, and a seed
/// has to mean the same stream everywhere.
pub fn corpus(root: &Path) -> Vec<Vec<u8>> {
    let files = |label| fs::read_dir(root.join(label)).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = ["wedge", "clear", "limit"].into_iter().flat_map(files).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
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
