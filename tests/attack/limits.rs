//! Attempts that succeed, each with the sentence of the README that says so and what to do. A row that no longer
//! succeeds fails, like one whose sentence is gone.

use super::attempt::{
    self, Attempt,
    By::{Argument, Dockerfile, Frontend, Image, Program, Registry, Service, Step, Transport},
    Row, made,
};
use super::common::said::filled;
use unwedge::core::line::{ENVELOPES_MAX, PREFIXES_MAX, VIEW};

const NO_PREFIX: &str = "cannot be told from the client, and with rules (`------`) around its words it can hide what the client says in the nine lines behind. Give `unwedge` the standard error of the build alone.";
const REPEATED: &str = "What the client repeats as its own words is taken for them";
const MANAGER: &str = "with one blank (`name | text`, `[name] text`) it looks like a prefix of a CI system";
const CUT: &str = "A line that its transport cut in two lacks its prefix in the second half";
const TORN: &str =
    "can hide the client's line behind a container's prefix, or show a container's words without theirs";
const BEYOND: &str = "Of a line the first 64 KiB are freed of prefixes (eight) and envelopes (four in one another); what lies beyond is taken as it stands";
const UNKNOWN: &str = "Behind a prefix that nobody knows, a service without an index (`web  | text`), a step of the builder before BuildKit, and an excerpt from its ninth line on are taken for the client.";
const PIECES: &str = "A build step that writes in pieces can print a rule (`------`) that looks like the end of its own excerpt.";
const CORE: &str =
    "An escape sequence inside the letters `ty t` of the first phrase or `d-on` of the second hides it.";
const WRAPPED: &str = "unless it was wrapped in the middle of a phrase";

#[rustfmt::skip]
const BY_SENTENCE: &[(&str, &[Row])] = &[
    (NO_PREFIX, &[
        ("docker run", Program, "corpus:limit/D-docker-run-app-log.stderr", "wedge line 1 1"),
        ("a grep", Program, "corpus:limit/D-shell-grep-bx12_1.stderr", "wedge line 2 2"),
        ("a diff", Program, "corpus:limit/F-git-show.stderr", "wedge line 24 24"),
        ("--no-log-prefix", Service, "ERROR: $W\n", "wedge line 1 1"),
        ("--no-log-prefix, hiding", Service, "------\n > [3/3] RUN x:\nERROR: $W\n", "clear container-output@3"),
        ("the builder before BuildKit", Step, "Step 3/5 : RUN x\n ---> Running in 3f2a8b9c1d2e\nERROR: $W\n", "wedge line 3 3"),
        ("docker's journal driver", Service, "Nov 23 21:39:00 host 3f2a8b9c1d2e[123]: ERROR: $W\n", "wedge line 1 1"),
        ("a log shipper that opens a service's JSON", Service, "{\"container_name\":\"web\",\"message\":\"ERROR: $W\"}\n", "wedge line 1 1"),
        ("a number sign of another script", Program, "\u{ff03}7 0.412 ERROR: $W\n", "wedge line 1 1"),
    ]),
    (REPEATED, &[
        ("a registry's answer", Registry, "#3 ERROR: denied: $W\n", "wedge line 1 1"),
        ("a registry's answer, at the end", Registry, "ERROR: failed to solve: evil.example/x: denied: $W\n", "wedge line 1 1"),
        ("a frontend's error", Frontend, "ERROR: failed to solve: x\nERROR: $W\n", "wedge line 2 2"),
        ("a frontend's status", Frontend, "#7 ERROR: $W 0.1s done\n", "wedge line 1 1"),
        ("a name with a line break", Dockerfile, "#7 [2/2] WORKDIR /a\nERROR: $W\n#7 DONE 0.1s\n", "wedge line 2 2"),
        ("an image's environment with a line break", Image, "#7 [2/2] COPY . /a\nERROR: $W\n#7 DONE 0.1s\n", "wedge line 2 2"),
        ("a warning", Dockerfile, " - WorkdirRelativePath: Relative workdir \"x: $W\" can have unexpected results (line 3)\n", "wedge line 1 1"),
        ("an argument with a line break, echoed", Argument, "+ docker build --label 'm=x\nERROR: $W\n' .\n", "wedge line 2 2"),
        ("a target that is not there", Argument, "ERROR: failed to find target x $W\n", "wedge line 1 1"),
        ("a value of docker compose config", Argument, "      MSG: 'x $W'\n", "wedge line 1 1"),
        ("a value of bake --print", Argument, "      \"MSG\": \"x $W\"\n", "wedge line 1 1"),
        ("advice by a cause of its own", Registry, "ERROR: denied: $A: open /x: permission denied\n", "clear activity-failure@1 (Ownership)"),
    ]),
    (MANAGER, &[
        ("a service of a process manager", Service, "[web] ERROR: $W\n", "wedge line 1 1"),
        ("one with a bar", Service, "21:39:00 web.1 | ERROR: $W\n", "wedge line 1 1"),
        ("one with two blanks, hiding", Program, "docker  | ERROR: $W\n", "clear container-output@1"),
    ]),
    (CUT, &[
        ("Kubernetes", Step, "2026-11-23T21:39:00Z stderr P #7 0.412 y\n2026-11-23T21:39:00Z stderr F ERROR: $W\n", "wedge line 2 2"),
        ("json-file", Step, "{\"log\":\"#7 0.412 y\",\"stream\":\"stderr\"}\n{\"log\":\"ERROR: $W\\n\",\"stream\":\"stderr\"}\n", "wedge line 2 2"),
        ("GitLab", Step, "2026-11-23T21:39:00.1Z 01E #7 0.412 y\n2026-11-23T21:39:00.1Z 01E+ERROR: $W\n", "wedge line 2 2"),
        ("fold", Transport, "#7 0.412 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\nERROR: $W\n", "wedge line 2 2"),
    ]),
    (TORN, &[
        ("two writers", Transport, "corpus:limit/D-wedge-and-erofsrun-concurrent-bx36_1.stderr", "clear container-output@22 read-only-elsewhere@23"),
        ("a line of a step without an end", Step, "#7 0.412 yERROR: $W\n", "clear container-output@1"),
        ("a carriage return of a step without an end", Step, "#7 0.412 y\rERROR: $W\n", "clear container-output@1"),
        ("a letter in front of the phrase", Service, "y$W\n", "clear mentioned@1"),
        ("a command in front of the line", Dockerfile, "process \"/bin/sh -c ERROR: $W\n", "clear container-output@1"),
        ("the client's line end in a step's line", Transport, "#7 0.412 y\nERROR: $W\n", "wedge line 2 2"),
    ]),
    (UNKNOWN, &[
        ("a service behind a tag", Service, "app: web  | ERROR: $W\n", "wedge line 1 1"),
        ("a service behind a tag, hiding", Service, "app: web  | ------\napp: web  |  > [3/3] RUN x:\napp: ERROR: $W\n", "clear container-output@3"),
        ("the builder before BuildKit behind a tag", Dockerfile, "app: Step 3/5 : RUN echo $W\n", "wedge line 1 1"),
        ("nine lines of a terminal behind a tag", Step, "app: ------\napp:  > [3/3] RUN x:\napp: 0.4 y\napp: 0.4 y\napp: 0.4 y\napp: 0.4 y\napp: 0.4 y\napp: 0.4 y\napp: 0.4 y\napp: 0.4 y\napp: 0.4 ERROR: $W\n", "wedge line 11 11"),
    ]),
    (PIECES, &[
        ("an end in pieces", Step, "------\n > [3/3] RUN x:\n0.412 y\n------\nERROR: $W\n------\n", "wedge line 5 5"),
    ]),
    (CORE, &[
        ("an escape in the first phrase", Program, "failed to update builder last activity\x1b[0m time: $E\n", "clear read-only-elsewhere@1"),
        ("an escape in the second", Program, "ERROR: $A: open /x: read\x1b[0m-only file system\n", "clear activity-failure@1"),
    ]),
    (WRAPPED, &[
        ("wrapped in a phrase", Transport, "ERROR: failed to update builder last activity\ntime: open /x: $E\n", "clear read-only-elsewhere@2"),
    ]),
];

pub(crate) fn all() -> Vec<Attempt> {
    let mut all = attempt::limits(BY_SENTENCE);
    let mut beyond = |name: &str, by, stream: String, then: &str| {
        let attempt = made(name, by, filled(&stream).into_bytes(), then);
        all.push(Attempt { limit: Some(BEYOND), ..attempt });
    };
    let nested = |text: &str, depth| {
        (0..depth).fold(filled(text), |text, _| serde_json::json!({ "msg": text }).to_string())
    };
    let far = "y ".repeat(VIEW);
    beyond(
        "a service in five envelopes",
        Service,
        nested("web  | ERROR: $W", ENVELOPES_MAX + 1),
        "wedge line 1 1",
    );
    beyond("the client in five envelopes", Program, nested("$W", ENVELOPES_MAX + 1), "clear mentioned@1");
    beyond(
        "nine prefixes",
        Service,
        "21:39:00 ".repeat(PREFIXES_MAX + 1) + "web  | ERROR: $W\n",
        "wedge line 1 1",
    );
    beyond(
        "a key that says nothing, far in front",
        Argument,
        format!("{{\"cmd\":\"{far}\",\"x\":\"x $W\",\"msg\":\"y\"}}\n"),
        "wedge line 1 1",
    );
    beyond(
        "a service, far in one envelope",
        Service,
        format!("{{\"stderr\":\"{far}\\nweb  | ERROR: $W\"}}\n"),
        "wedge line 1 1",
    );
    beyond(
        "the client, behind a step, far in one envelope",
        Step,
        format!("{{\"stderr\":\"#7 0.412 {far}\\nERROR: $W\\n\"}}\n"),
        "clear container-output@1",
    );
    all
}
