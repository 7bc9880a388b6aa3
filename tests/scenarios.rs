//! Whole streams as CI systems, log shippers and wrappers pass them on, and attempts to forge a
//! verdict. Each table row says which rule of DESIGN.md ("The signature") it holds.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use unwedge::core::{
    scanner::Scanner,
    verdict::{NearMissKind, Verdict},
};

/// buildx's own words, without a prefix.
const WEDGE: &str = "failed to update builder last activity time: open /home/dev/.docker/buildx/activity/.tmp-default1: read-only file system";
const FULL: &str = "failed to update builder last activity time: write /home/dev/.docker/buildx/activity/.tmp-default1: no space left on device";

fn judged(stream: &str) -> Verdict {
    let mut scanner = Scanner::new();
    scanner.push(stream.as_bytes());
    scanner.finish()
}

/// Every row, with `{}` filled in, and what came of it where that is not what was wanted.
fn wrong(rows: &[&str], wanted: impl Fn(&Verdict) -> bool) -> Vec<String> {
    let streams = rows.iter().map(|row| row.replace("{}", WEDGE).replace("{full}", FULL));
    streams
        .filter_map(|stream| {
            let verdict = judged(&stream);
            (!wanted(&verdict)).then(|| format!("{stream:?}: {verdict:?}"))
        })
        .collect()
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn is_wedge(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Wedge(_))
}

fn has_near_miss(verdict: &Verdict, kind: NearMissKind) -> bool {
    matches!(verdict, Verdict::Clear(misses) if misses.iter().any(|miss| miss.kind == kind))
}

#[test]
fn the_client_is_heard_through_any_transport() {
    assert_none(&wrong(
        &[
            // Prefixes that nobody knows.
            "app:build: ERROR: {}",
            "null_resource.build (local-exec): ERROR: {}",
            "E1123 21:39:00.123456   12345 build.go:42] ERROR: {}",
            "2026-11-23 21:39:00.123 | ERROR    | __main__:run:12 - {}",
            "Mon Nov 23 21:39:00 host docker[1]: ERROR: {}",
            // Envelopes: any depth, any key, Python's and TeamCity's literals.
            r#"{"jsonPayload":{"message":"{}"},"severity":"ERROR"}"#,
            r#"[{"message":"ERROR: {}\r\n","time":"2026-11-23T21:39:00.123Z","type":"err"}]"#,
            r#"{"Time":"x","Action":"output","Package":"p","Output":"    ERROR: {}\n"}"#,
            r#"fatal: [h]: FAILED! => {"cmd": ["docker"], "msg": "non-zero return code", "rc": 1, "stderr": "{}", "stderr_lines": ["{}"]}"#,
            "fatal: [h]: FAILED! => {\n    \"rc\": 1,\n    \"stderr\": \"{}\"\n}",
            r#"docker.ci: {"log":"{}"}"#,
            r#"[1.234567, "o", "ERROR: {}\r\n"]"#,
            r#"{"nobody":"ERROR: {}"}"#,
            r"CalledProcessError(1, ['docker'], stderr=b'#7 0.1 x\nERROR: {}\n')",
            r"  stderr: 'ERROR: {}\n',",
            r"##teamcity[message text='ERROR: {}|n' status='ERROR']",
            // What a wrapper puts behind the line.
            r#"ERROR: {} {"attempt": "1"}"#,
            "ERROR: {}, exit code: 1",
            // What stood above it.
            "------\n > [3/3] RUN x:\n0.4 text\n------\nERROR: {}",
            "#7 [3/3] RUN x\n#7 0.4 text\nERROR: {}",
            "#7 0.4 ------\n#7 0.4  > [3/3] RUN x:\nERROR: {}",
            "web-1  | ------\nweb-1  |  > [3/3] RUN x:\n{}",
        ],
        is_wedge,
    ));
}

#[test]
fn a_container_cannot_forge_the_client() {
    assert_none(&wrong(
        &[
            // Behind prefixes that nobody knows.
            "app:build: #7 0.412 ERROR: {}",
            "app:build: #7 0.412 a\tb\t2026-11-23T21:39:00Z ERROR: {}",
            "app:build: #7 [3/3] RUN echo ERROR: {}",
            "app:build:  => ERROR [base 2/3] RUN echo {}",
            "app:build:    4 | >>> RUN echo {}",
            "app:build: web-1  | ERROR: {}",
            "app: ------\napp:  > [3/3] RUN x:\napp: /bin/sh: {}\napp: ------",
            "app:build: {\"vertexes\":[{\"name\":\"[3/3] RUN echo {}\"}]}",
            "app:build: #7 0.4 step\rERROR: {}",
            "app:build: 27604 v0.36.1 /usr/bin/docker-buildx build --label {} .",
            // A step's own JSON is no envelope.
            r#"#7 0.4 {"msg":"ERROR: {}"}"#,
            r#"app:build: #7 0.4 {"msg":"ERROR: {}"}"#,
            r#"app:build: web-1  | {"msg":"{}"}"#,
            r##"{"log":"#7 0.4 {\"msg\":\"{}\"}\n"}"##,
            "------\n > [3/3] RUN x:\n/bin/sh: {} {\"a\": \"b c\"}\n------",
            // A command that closes the quotation itself.
            r#"ERROR: failed to solve: process "/bin/sh -c echo \" did not complete successfully: {}" did not complete successfully: exit code: 1"#,
            "ERROR: failed to solve: executor failed running [/bin/sh -c echo x]: {}]: exit code: 127",
            "The command '/bin/sh -c echo x' returned a non-zero code: {}' returned a non-zero code: 1",
            "Step 3/5 : RUN echo {}",
        ],
        |verdict| !is_wedge(verdict) && has_near_miss(verdict, NearMissKind::ContainerOutput),
    ));
}

#[test]
fn an_argument_is_no_statement_in_whatever_quotes() {
    assert_none(&wrong(
        &[
            r#"docker build --build-arg MSG="{}" ."#,
            "+ docker build --build-arg 'MSG={}' .",
            r#"{"nobody":"{}"}"#,
            r#"invalid tag "{}": invalid reference format"#,
        ],
        |verdict| has_near_miss(verdict, NearMissKind::Mentioned),
    ));
}

#[test]
fn a_cause_is_read_out_of_its_envelope() {
    for row in [
        "ERROR: {full}",
        r#"{"jsonPayload":{"message":"{full}"},"severity":"ERROR"}"#,
        r#"[{"message":"ERROR: {full}\r\n","type":"err"}]"#,
        r"stderr: b'ERROR: {full}\n'",
        r"##teamcity[message text='ERROR: {full}' status='ERROR']",
        "ERROR: {full}, exit code: 1",
    ] {
        let Verdict::Clear(misses) = judged(&row.replace("{full}", FULL)) else { panic!("{row}") };
        let causes: Vec<_> = misses.iter().filter_map(|miss| miss.cause.as_ref()).collect();
        assert_eq!(causes.len(), 1, "{row}");
        assert_eq!(String::from_utf8_lossy(&causes[0].text), "no space left on device", "{row}");
    }
}

#[test]
fn the_state_directory_is_named_behind_a_timestamp_too() {
    assert_none(&wrong(
        &[
            "2026-11-23T21:39:00.1234567Z mkdir /home/dev/.docker: read-only file system",
            "Nov 23 21:39:00 host docker[1]: mkdir /home/dev/.docker/buildx: read-only file system",
            r"ERROR: mkdir C:\Users\dev\.docker\buildx: read-only file system",
        ],
        |verdict| has_near_miss(verdict, NearMissKind::StateDirUnwritable),
    ));
}
