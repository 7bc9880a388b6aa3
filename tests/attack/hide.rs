//! Attempts to hide a wedge: words in front of, behind and around the client's line that are to swallow it.

use super::attempt::{
    Attempt,
    By::{Argument, Dockerfile, Program, Service, Step, Transport},
    Row, attempts, made,
};
use super::common::said::filled;
use unwedge::core::line::{EXCERPT_MAX, VIEW};

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Rules and excerpts that no client printed.
    ("a rule", Step, "#7 0.412 ------\nERROR: $W\n", "wedge line 2 2"),
    ("an excerpt", Step, "#7 0.412 ------\n#7 0.412  > [3/3] RUN x:\nERROR: $W\n", "wedge line 3 3"),
    ("an excerpt behind a carriage return", Step, "#7 0.4 x\r------\n#7 0.4 x\r > [3/3] RUN x:\nERROR: $W\n", "wedge line 3 3"),
    ("an excerpt behind a tag", Step, "app: #7 0.412 ------\napp: #7 0.412  > [3/3] RUN x:\napp: ERROR: $W\n", "wedge line 3 3"),
    ("an excerpt in a terminal's window", Step, " => => # ------\n => => #  > [3/3] RUN x:\nERROR: $W\n", "wedge line 3 3"),
    ("an excerpt of a service", Service, "web-1  | ------\nweb-1  |  > [3/3] RUN x:\nERROR: $W\n", "wedge line 3 3"),
    ("an excerpt in rawjson", Step, "{\"logs\":[{\"data\":\"------\"}]}\n{\"logs\":[\" > [3/3] RUN x:\"]}\nERROR: $W\n", "wedge line 3 3"),
    ("an excerpt in its own JSON", Step, "#7 0.412 {\"msg\":\"------\\n > [3/3] RUN x:\"}\nERROR: $W\n", "wedge line 2 2"),
    ("another rule in its excerpt", Step, "------\n > [3/3] RUN x:\n0.412 ------\n0.412  > [2/2] RUN y:\n------\nERROR: $W\n", "wedge line 6 6"),
    ("a rule without a step", Program, "------\nERROR: $W\n", "wedge line 2 2"),
    ("a rule with a quotation", Program, "------\n> text\nERROR: $W\n------\n", "clear container-output@3"),
    // Control strings, half of them.
    ("a title without an end", Step, "#7 0.412 \x1b]0;x\nERROR: $W\n", "wedge line 2 2"),
    ("a title that ends behind the client", Step, "#7 0.412 \x1b]0;x\nERROR: $W\n#7 0.413 \x07\n", "wedge line 2 2"),
    ("a link without an end", Step, "#7 0.412 \x1b]8;;http://x\x1b\\\nERROR: $W\n", "wedge line 2 2"),
    ("a clipboard without an end", Step, "#7 0.412 \x1b]52;c;\nERROR: $W\n", "wedge line 2 2"),
    ("DCS, SOS, PM and APC without an end", Step, "#7 0.4 \x1bP\n#7 0.4 \x1bX\n#7 0.4 \x1b^\n#7 0.4 \x1b_\nERROR: $W\n", "wedge line 5 5"),
    ("half a CSI", Step, "#7 0.412 \x1b[\nERROR: $W\n", "wedge line 2 2"),
    ("half a CSI with parameters", Step, "#7 0.412 \x1b[38;5;\nERROR: $W\n", "wedge line 2 2"),
    ("a bare escape", Step, "#7 0.412 \x1b\nERROR: $W\n", "wedge line 2 2"),
    ("half a change of the character set", Step, "#7 0.412 \x1b(\nERROR: $W\n", "wedge line 2 2"),
    ("C1 controls", Step, "#7 0.412 \u{9d}0;\u{90}\u{98}\nERROR: $W\n", "wedge line 2 2"),
    ("a string without an end in front", Program, "\x1b]0;\x1bP\x1b_ERROR: $W\n", "wedge line 1 1"),
    ("concealed text", Step, "#7 0.412 \x1b[8m\nERROR: $W\n", "wedge line 2 2"),
    ("the second screen", Step, "#7 0.412 \x1b[?1049h\nERROR: $W\n", "wedge line 2 2"),
    // Quotations and envelopes that nobody closes.
    ("a command that is not closed", Step, "#7 0.412 process \"/bin/sh -c x\nERROR: $W\n", "wedge line 2 2"),
    ("an older command that is not closed", Dockerfile, "#7 [3/3] RUN executor failed running [x\nERROR: $W\n", "wedge line 2 2"),
    ("quotes of every kind", Service, "web-1  | \" ' ` \u{201c} \u{ab}\nERROR: $W\n", "wedge line 2 2"),
    ("JSON that is not closed", Step, "#7 0.412 {\"log\":\"\nERROR: $W\n", "wedge line 2 2"),
    ("progress that is not closed", Step, "#7 0.412 {\"vertexes\":[{\"name\":\"\nERROR: $W\n", "wedge line 2 2"),
    ("progress over several lines", Program, "{\"vertexes\":[\n  {\"name\":\nERROR: $W\n", "wedge line 3 3"),
    ("a hundred openings", Service, "web-1  | {\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[\nERROR: $W\n", "wedge line 2 2"),
    ("brackets in front", Program, "[[[{{{\nERROR: $W\n", "wedge line 2 2"),
    // Bytes that are none of a text's.
    ("NUL", Step, "#7 0.412 \0\0\0\n\0ERROR: $W\0\n", "wedge line 2 2"),
    ("half a character", Step, "#7 0.412 \u{2028}\nERROR: $W\n", "wedge line 2 2"),
    ("bidi overrides", Step, "#7 0.412 \u{202e}\u{2067}\nERROR: $W\n", "wedge line 2 2"),
    ("end of text and end of file", Step, "#7 0.412 \x03\x04\x1a\nERROR: $W\n", "wedge line 2 2"),
    ("carriage returns and line feeds", Step, "#7 0.412 x\r\r\n\r\nERROR: $W\r\r\n", "wedge line 3 3"),
    ("an empty line of a carriage return", Program, "x\rERROR: $W\n", "wedge line 1 1"),
    // Causes, causes everywhere.
    ("another cause, said by a step", Step, "#7 0.412 $A: open /x: permission denied\nERROR: $W\n", "wedge line 2 2"),
    ("another cause, said before", Program, "ERROR: $A: open /x: permission denied\nERROR: $W\n", "wedge line 2 2"),
    ("another cause behind", Step, "ERROR: $W\n#7 0.412 $A: open /x: no space left on device\n", "wedge line 1 1"),
    ("a cause in the path", Argument, "ERROR: $A: open /x: permission denied/activity/.tmp-d1: $E\n", "wedge line 1 1"),
    ("a path with a line break", Argument, "ERROR: $A: open /x\n/activity/.tmp-d1: $E\n", "wedge stream 1 2"),
    ("a status behind the cause", Transport, "ERROR: $A: open /x: $E: exit status 1\n", "wedge line 1 1"),
    // Around the client's own line.
    ("a full signature in front", Step, "#7 0.412 ERROR: $W\nERROR: $W\n", "wedge line 2 2"),
    ("a mention in front", Argument, "see '$W'\nERROR: $W\n", "wedge line 2 2"),
    ("one on each side", Service, "web-1  | x\nERROR: $A: open /x\nweb-1  | y\n: $E\nweb-1  | z\n", "wedge stream 2 4"),
    ("the window of a step around it", Step, " => => # x\r\n\x1b[?25hERROR: $W\r\n => => # y\r\n", "wedge line 2 2"),
    ("an excerpt of the Dockerfile in front", Dockerfile, "   4 | >>> RUN x\n--------------------\nERROR: $W\n", "wedge line 3 3"),
    ("an unknown tag that looks like a step's", Transport, "job #7: ERROR: $W\n", "wedge line 1 1"),
    ("a tag with a number in brackets", Transport, "[3/3] ERROR: $W\n", "wedge line 1 1"),
    ("a step that ended", Step, "#7 0.412 text#7 DONE 0.5s\nERROR: $W\n", "wedge line 2 2"),
    ("capitals", Transport, "ERROR: FAILED TO UPDATE BUILDER LAST ACTIVITY TIME: OPEN /X: READ-ONLY FILE SYSTEM\n", "wedge line 1 1"),
    ("colour in both sentinels", Transport, "ERROR: \x1b[31mfailed to upd\x1b[1mate builder\x1b[0m last activity time: read-only \x1b[7mfile\x1b[0m system\n", "wedge line 1 1"),
];

pub(crate) fn all() -> Vec<Attempt> {
    let mut all = attempts(ROWS);
    let client = filled("ERROR: $W\n");
    let mut add = |name: &str, by, front: String, then: &str| {
        all.push(made(name, by, (front + &client).into_bytes(), then));
    };
    // An excerpt of a build that was killed is never closed.
    let open = format!("------\n > [3/3] RUN x:\n{}", "x\n".repeat(usize::from(EXCERPT_MAX)));
    add("an excerpt that nobody closed, one line later", Step, open, "wedge line 11 11");
    add("a line of a mebibyte", Step, format!("#7 0.412 {}\n", "y ".repeat(512 * 1024)), "wedge line 2 2");
    add("no line ends for long", Program, format!("{} ", "y ".repeat(VIEW)), "wedge line 1 1");
    let misses = filled("#7 0.412 touch: $E\n#7 0.413 $A\nsee '$W'\n").repeat(2000);
    add("thousands of near misses", Step, misses, "wedge line 6001 6001");
    let openings = "#7 0.412 process \"x\n#7 0.412 {\"msg\":\"\n#7 0.412 \x1b]0;\n".repeat(2000);
    add("thousands of openings", Step, openings, "wedge line 6001 6001");
    add("a wall of quotes", Service, format!("web-1  | {}\n", "\\\"".repeat(40_000)), "wedge line 2 2");
    add("a wall of brackets", Program, format!("{}\n", "[{".repeat(20_000)), "wedge line 2 2");
    add("a wall of escapes", Step, format!("#7 0.412 {}\n", "\x1b]".repeat(20_000)), "wedge line 2 2");
    // Bytes that are not UTF-8.
    for (name, bytes) in [
        ("half a character at the end of a line", &b"#7 0.412 \xe2\x80\n"[..]),
        ("bare C1 controls", b"#7 0.412 \x9d0;\x90\x9b\n"),
        ("a byte-order mark of UTF-16", b"\xff\xfe\n"),
    ] {
        all.push(made(name, Step, [bytes, client.as_bytes()].concat(), "wedge line 2 2"));
    }
    let torn = [b"\xe2\x80".as_slice(), client.as_bytes()].concat();
    all.push(made("half a character in front", Program, torn, "wedge line 1 1"));
    all
}
