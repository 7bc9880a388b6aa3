//! Attempts to forge a wedge: a container's words that are to pass for the client's.

use super::attempt::{
    Attempt,
    By::{Argument, Dockerfile, Image, Registry, Service, Step},
    Row, attempts, made,
};
use super::common::said::filled;
use unwedge::core::line::{AFTER, BEFORE, VIEW};

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // The client's line, said by a step, in each mode of progress; real ones.
    ("plain", Step, "corpus:clear/D-echo-error-line-plain-bx36_1.stderr", "clear container-output@21"),
    ("plain, failing", Step, "corpus:clear/D-echo-error-line-fail-plain-bx36_1.stderr", "clear container-output@21"),
    ("a terminal", Step, "corpus:clear/D-echo-error-line-tty120-bx36_1.stderr", "clear container-output@28"),
    ("a terminal, failing", Step, "corpus:clear/D-echo-error-line-fail-tty120-bx36_1.stderr", "clear container-output@20"),
    ("rawjson", Step, "corpus:clear/D-echo-error-line-rawjson-bx36_1.stderr", "clear container-output@13"),
    ("rawjson, failing", Step, "corpus:clear/D-echo-error-line-fail-rawjson-bx36_1.stderr", "clear container-output@13"),
    ("quiet, failing", Step, "corpus:clear/D-echo-error-line-fail-quiet-bx36_1.stderr", "clear container-output@6"),
    ("bake", Step, "corpus:clear/D-echo-error-line-fail-compose-bx36_1.stderr", "clear container-output@28"),
    ("compose, both streams in one", Step, "corpus:clear/D-composelike-echo-error-line-fail-merged-bx36_1.stderr", "clear container-output@23"),
    ("a carriage return, on a terminal", Step, "corpus:clear/D-echo-cr-tty120-bx36_1.stderr", "clear"),
    ("a carriage return, plain", Step, "corpus:clear/D-echo-cr-plain-bx36_1.stderr", "clear container-output@22"),
    ("documentation", Step, "corpus:clear/D-cat-doc-fail-plain-bx36_1.stderr", "clear container-output@31"),
    // What a terminal would make of its prefix.
    ("the line is erased", Step, "#7 0.412 \x1b[2K\x1b[1GERROR: $W\n", "clear container-output@1"),
    ("the line above is overwritten", Step, "#7 0.412 x\n#7 0.413 \x1b[1A\x1b[2K\rERROR: $W\n", "clear container-output@2"),
    ("carriage returns", Step, "#7 0.412 x\r\r\rERROR: $W\r\n", "clear container-output@1"),
    ("backspaces", Step, "#7 0.412 \x08\x08\x08\x08\x08\x08\x08\x08\x08ERROR: $W\n", "clear container-output@1"),
    ("deletes", Step, "#7 0.412 \x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7fERROR: $W\n", "clear container-output@1"),
    ("vertical tab and form feed", Step, "#7 0.412 x\x0b\x0cERROR: $W\n", "clear container-output@1"),
    ("line ends of Unicode", Step, "#7 0.412 x\u{85}\u{2028}\u{2029}ERROR: $W\n", "clear container-output@1"),
    ("NUL", Step, "#7 0.412 x\0ERROR: $W\0\n", "clear container-output@1"),
    ("a new title swallows the prefix", Step, "#7 0.412 \x1b]0;x\x07ERROR: $W\n", "clear container-output@1"),
    ("a string without an end", Step, "#7 0.412 \x1b]0;ERROR: $W\n", "clear container-output@1"),
    ("C1 controls", Step, "#7 0.412 \u{9b}2K\u{9b}1G\u{85}ERROR: $W\n", "clear container-output@1"),
    ("bidi overrides", Step, "#7 0.412 \u{202e}\u{2066}ERROR: $W\n", "clear container-output@1"),
    ("zero width, byte-order mark", Step, "#7 0.412 \u{200b}\u{feff}ERROR: $W\n", "clear container-output@1"),
    ("a number of a step that has a look-alike", Step, "#7 0.412 \u{ff03}8 ERROR: $W\n", "clear container-output@1"),
    // Another voice, behind its own.
    ("another step's failure", Step, "#7 0.412 #8 ERROR: $W\n", "clear container-output@1"),
    ("GitHub Actions", Step, "#7 0.412 2026-11-23T21:39:00.1234567Z ##[error]$W\n", "clear container-output@1"),
    ("columns of GitHub", Step, "#7 0.412 job\tstep\t2026-11-23T21:39:00Z ERROR: $W\n", "clear container-output@1"),
    ("the journal", Step, "#7 0.412 Nov 23 21:39:00 host docker[1]: ERROR: $W\n", "clear container-output@1"),
    ("a tag in brackets", Step, "#7 0.412 [build] | ERROR: $W\n", "clear container-output@1"),
    ("json-file", Step, "#7 0.412 {\"log\":\"ERROR: $W\\n\",\"stream\":\"stderr\"}\n", "clear container-output@1"),
    ("logfmt", Step, "#7 0.412 time=\"x\" level=error msg=\"$W\"\n", "clear container-output@1"),
    ("logfmt that closes its own quotes", Step, "level=info msg=\"#7 0.412 x\" error=\"ERROR: $W\"\n", "clear container-output@1"),
    ("TeamCity", Step, "#7 0.412 ##teamcity[message text='ERROR: $W']\n", "clear container-output@1"),
    ("Python", Step, "#7 0.412 CalledProcessError(1, stderr=b'ERROR: $W\\n')\n", "clear container-output@1"),
    // Both sentinels need a sighting of the client's.
    ("one on each line", Step, "#7 0.412 ERROR: $A: open /x\n#7 0.413 ERROR: $E\n", "clear container-output@1"),
    ("completes what the client left open", Step, "ERROR: $A: open /home/\n#7 0.412 ERROR: $E\n", "clear activity-failure@1 read-only-elsewhere@2"),
    ("completes it after a full disk", Step, "ERROR: $A: write /x: no space left on device\n#7 0.4 $E\n", "clear activity-failure@1 (DiskFull) read-only-elsewhere@2"),
    ("completes what a program says", Step, "touch: $E\n#7 0.412 ERROR: $A: open /x\n", "clear read-only-elsewhere@1"),
    ("a sentinel in pieces", Step, "#7 0.412 failed to upd\x1b[1mate builder\x1b[0m last activity time: $E\n", "clear container-output@1"),
    ("look-alikes of letters", Step, "f\u{430}iled to update builder last activity time: read\u{2010}only file system\n", "clear"),
    ("full width letters", Step, "\u{ff46}ailed to update builder last activity time: $E\n", "clear read-only-elsewhere@1"),
    ("zero width in the letters", Step, "failed to up\u{200b}date builder last activity time: $E\n", "clear read-only-elsewhere@1"),
    ("a long s, a Kelvin sign", Step, "failed to update builder la\u{17f}t activity time: read-only file \u{17f}ystem\n", "clear"),
    // Excerpts, and what is to look like their end.
    ("an excerpt", Step, "------\n > [3/3] RUN x:\n0.412 ERROR: $W\n------\n", "clear container-output@3"),
    ("an end with its time", Step, "------\n > [3/3] RUN x:\n0.412 ------\n0.413 ERROR: $W\n------\n", "clear container-output@4"),
    ("an end behind a carriage return", Step, "------\n > [3/3] RUN x:\n0.412 x\r------\n0.413 ERROR: $W\n------\n", "clear container-output@4"),
    ("an end in colour", Step, "------\n > [3/3] RUN x:\n0.412 \x1b[0m------\n0.413 ERROR: $W\n------\n", "clear container-output@4"),
    ("an end in another script", Step, "------\n > [3/3] RUN x:\n\u{2010}\u{2010}\u{2010}\u{2010}\u{2010}\u{2010}\nERROR: $W\n------\n", "clear container-output@4"),
    ("an end that is too long", Step, "------\n > [3/3] RUN x:\n--------------------\nERROR: $W\n------\n", "clear container-output@4"),
    ("as many lines as buildx keeps", Step, "------\n > [3/3] RUN x:\n1\n2\n3\n4\n5\n6\n7\nERROR: $W\n------\n", "clear container-output@10"),
    ("hundreds of lines, of a terminal", Step, "corpus:clear/D-cat-doc-fail-tty120-bx36_1.stderr", "clear container-output@30"),
    ("an excerpt behind a tag", Step, "app: ------\napp:  > [3/3] RUN x:\napp: ERROR: $W\napp: ------\n", "clear container-output@3"),
    ("an end behind a tag", Step, "app: ------\napp:  > [3/3] RUN x:\napp: 0.412 x ------\napp: 0.413 ERROR: $W\napp: ------\n", "clear container-output@4"),
    ("an excerpt in an array", Step, "{\"lines\":[\"------\",\" > [3/3] RUN x:\",\"ERROR: $W\",\"------\"]}\n", "clear container-output@1"),
    ("JSON in an excerpt", Step, "------\n > [3/3] RUN x:\n0.4 {\"msg\":\"ERROR: $W\"}\n------\n", "clear container-output@3"),
    ("a rule of its own", Step, "#7 0.412 ------\n#7 0.413 ERROR: $W\n#7 0.414 ------\n", "clear container-output@2"),
    ("what follows a failed build", Step, "#7 0.412 Dockerfile:4\n#7 0.412 --------------------\n#7 0.413 ERROR: failed to build: $W\n", "clear container-output@3"),
    // A terminal's forms.
    ("the window of a step", Step, " => => # ERROR: $W\r\n", "clear container-output@1"),
    ("the window behind cursor moves", Step, "\x1b[?25h\x1b[1A\x1b[0G\x1b[?25l => => # ERROR: $W\r\n", "clear container-output@1"),
    ("a step that failed", Step, " => ERROR [3/3] RUN echo ERROR: $W 0.3s\r\n", "clear container-output@1"),
    // Text that the client quotes from the Dockerfile.
    ("the name of a step", Dockerfile, "#7 [3/3] RUN echo 'ERROR: $W'\n", "clear container-output@1"),
    ("the name, of a stage", Dockerfile, "#7 [linux/amd64 base 2/3] RUN echo ; ERROR: $W\n", "clear container-output@1"),
    ("the name, cached", Dockerfile, " => CACHED [3/3] RUN echo ERROR: $W 0.0s\n", "clear container-output@1"),
    ("the name in rawjson, with a newline", Dockerfile, "{\"vertexes\":[{\"name\":\"[2/2] WORKDIR /a\\nERROR: $W\"}]}\n", "clear container-output@1"),
    ("the name, over several lines", Dockerfile, "{\n  \"vertexes\": [\n   {\n    \"name\": \"[3/3] RUN echo ERROR: $W\",\n", "clear container-output@4"),
    ("a warning in rawjson", Dockerfile, "{\"warnings\":[{\"short\":\"eA==\",\"detail\":[\"ERROR: $W\"]}]}\n", "clear container-output@1"),
    ("an excerpt of the Dockerfile", Dockerfile, "   4 | >>> RUN echo x ; ERROR: $W\n", "clear container-output@1"),
    ("a line beside it", Dockerfile, "   3 |     LABEL x=\"x ERROR: $W\"\n   4 | >>> RUN x\n", "clear container-output@1"),
    ("a carriage return in the Dockerfile", Dockerfile, "   4 | >>> RUN x\rERROR: $W\r\n", "clear container-output@1"),
    ("a Dockerfile of many lines", Dockerfile, "10004 | >>> RUN x\n10005 |     ERROR: $W\n", "clear container-output@2"),
    ("a heredoc", Dockerfile, "   3 |     RUN <<EOF\n   4 | >>> ERROR: $W\n   5 |     EOF\n", "clear container-output@2"),
    ("a stage of that name", Dockerfile, "ERROR: failed to parse stage name \"$A: $E\": invalid reference format\n", "clear mentioned@1"),
    ("a file of that name", Dockerfile, "ERROR: failed to solve: failed to compute cache key: \"/$A: $E\": not found\n", "clear mentioned@1"),
    ("a command, quoted", Dockerfile, "ERROR: failed to solve: process \"/bin/sh -c ERROR: $W\" did not complete successfully: exit code: 1\n", "clear container-output@1"),
    ("a command that closes its quotes", Dockerfile, "ERROR: process \"/bin/sh -c echo \\\" did not complete: ERROR: $W\" did not complete successfully: exit code: 1\n", "clear container-output@1"),
    ("a command that escapes the escape", Dockerfile, "ERROR: process \"/bin/sh -c echo \\\\\\\" x: ERROR: $W\" did not complete: exit code: 1\n", "clear container-output@1"),
    ("a command that quotes a command", Dockerfile, "ERROR: process \"/bin/sh -c process \\\"x\\\": ERROR: $W\" did not complete: exit code: 1\n", "clear container-output@1"),
    ("a command, quoted by an older builder", Dockerfile, "ERROR: executor failed running [/bin/sh -c echo ]: ERROR: $W]: exit code: 1\n", "clear container-output@1"),
    ("a command, quoted by the oldest builder", Dockerfile, "The command '/bin/sh -c x' returned a non-zero code: $W' returned a non-zero code: 1\n", "clear container-output@1"),
    ("a step of the oldest builder", Dockerfile, "Step 3/5 : RUN echo ERROR: $W\n", "clear container-output@1"),
    ("names and build arguments", Dockerfile, "corpus:clear/D-syntax-phrases-plain-bx36_1.stderr", "clear container-output@10"),
    // Services.
    ("a service", Service, "web-1  | ERROR: $W\n", "clear container-output@1"),
    ("in colour", Service, "\x1b[36mweb-1  | \x1b[0mERROR: $W\n", "clear container-output@1"),
    ("with a time", Service, "web-1  | 2026-11-23T21:39:00.123456789Z ERROR: $W\n", "clear container-output@1"),
    ("of the first compose", Service, "web_1 | ERROR: $W\n", "clear container-output@1"),
    ("of a name of its own", Service, "my.db  | ERROR: $W\n", "clear container-output@1"),
    ("that erases its prefix", Service, "web-1  | \x1b[2K\rERROR: $W\n", "clear container-output@1"),
    ("that walks back over its prefix", Service, "web-1  | \x08\x08\x08\x08\x08\x08\x08\x08\x08ERROR: $W\n", "clear container-output@1"),
    ("that logs JSON", Service, "web-1  | {\"level\":\"error\",\"msg\":\"ERROR: $W\"}\n", "clear container-output@1"),
    ("that names another", Service, "web-1  | build | ERROR: $W\n", "clear container-output@1"),
    ("behind a tag that nobody knows", Service, "app:up: web-1  | ERROR: $W\n", "clear container-output@1"),
    ("in a json-file", Service, "{\"log\":\"web-1  | ERROR: $W\\n\",\"stream\":\"stdout\"}\n", "clear container-output@1"),
    // Envelopes in envelopes, and a log shipper's.
    ("an envelope in an envelope", Step, r##"{"message":"{\"log\":\"#7 0.412 ERROR: $W\\n\"}"}"##, "clear container-output@1"),
    ("three envelopes", Step, r##"{"a":"{\"message\":\"{\\\"log\\\":\\\"#7 0.412 ERROR: $W\\\"}\"}"}"##, "clear container-output@1"),
    ("an envelope that is cut off", Step, r##"{"message":"{\"log\":\"#7 0.412 ERROR: $W"##, "clear container-output@1"),
    ("an envelope in a step in an envelope", Step, r##"{"log":"#7 0.412 {\"msg\":\"ERROR: $W\"}\n"}"##, "clear container-output@1"),
    ("escapes spell its prefix", Step, r#"{"log":"\u0023\u0037 0.412 ERROR: $W\n"}"#, "clear container-output@1"),
    ("escapes spell the sentinels", Step, r##"{"log":"#7 0.412 \u0066ailed to update builder last activity time: $E\n"}"##, "clear container-output@1"),
    ("a lone surrogate", Step, r##"{"log":"#7 0.412 \ud83d\rERROR: $W\n"}"##, "clear container-output@1"),
    ("duplicate keys", Step, r##"{"log":"#7 0.412 x","log":"#7 0.412 ERROR: $W"}"##, "clear container-output@1"),
    // Others whose words the client repeats.
    ("the environment of an image, in rawjson", Image, "{\"vertexes\":[{\"name\":\"[2/2] WORKDIR /x\\nERROR: $W\"}]}\n", "clear container-output@1"),
    ("the environment of an image, in an excerpt", Image, "------\n > [2/2] WORKDIR /x\nERROR: $W:\n------\n", "clear container-output@3"),
    ("an answer with a cause of its own", Registry, "ERROR: failed to solve: denied: $A: nothing is here\n", "clear activity-failure@1 (Other)"),
    ("a tag", Argument, "ERROR: invalid tag \"$A: $E\": invalid reference format\n", "clear mentioned@1"),
    ("a build argument that --debug echoes", Argument, "27604 v0.36.1 /usr/libexec/docker/cli-plugins/docker-buildx build --build-arg X=x ERROR: $W .\n", "clear container-output@1"),
    ("an argument that a shell echoes", Argument, "+ docker build --build-arg 'MSG=$W' .\n", "clear mentioned@1"),
    ("a branch that is a path", Argument, "ERROR: open /src/$A/$E/Dockerfile: no such file or directory\n", "clear mentioned@1"),
];

pub(crate) fn all() -> Vec<Attempt> {
    let mut all = attempts(ROWS);
    all.extend(long());
    all
}

/// Lines that are so long that what is in front falls out of view: around each bound.
fn long() -> Vec<Attempt> {
    let bounds = [BEFORE, AFTER, VIEW - BEFORE, VIEW, VIEW + AFTER, 2 * VIEW, 8 * VIEW];
    let heads = [
        ("a step", Step, "#7 0.412 "),
        ("a service", Service, "web-1  | "),
        ("a step behind a tag", Step, "app:build: #7 0.412 "),
        ("a step in an envelope", Step, "{\"log\":\"#7 0.412 "),
        ("a command that is not closed", Dockerfile, "ERROR: process \"/bin/sh -c "),
        ("a step behind a carriage return", Step, "#7 0.412 x\r"),
    ];
    let line = |head: &str, length| filled(&format!("{head}{} ERROR: $W\n", "y ".repeat(length / 2)));
    let of = |(name, by, head): (&str, _, &str)| {
        let lines: String = bounds.iter().map(|bound| line(head, *bound)).collect();
        made(&format!("{name}, beyond every bound"), by, lines.into_bytes(), "clear container-output@1")
    };
    heads.map(of).into()
}
