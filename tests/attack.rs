//! What an attacker can do: attempts to forge a verdict or to hide one, and to make our own output act on a
//! terminal, a CI system, a parser or a shell. SECURITY.md has the threat model; each attempt that succeeds
//! names the sentence of the README that says so.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "attack/attempt.rs"]
mod attempt;
mod common;
#[path = "attack/forge.rs"]
mod forge;
#[path = "attack/hide.rs"]
mod hide;
#[path = "attack/injection.rs"]
mod injection;
#[path = "attack/limits.rs"]
mod limits;
#[path = "common/program.rs"]
mod program;
#[path = "attack/shell.rs"]
mod shell;

use attempt::{Attempt, By, census, from_corpus};
use common::{
    oracle,
    said::said,
    streams::{Cut, pieces::transports},
};
use program::{fed, unwedge};
use std::{collections::BTreeSet, fs, path::Path};
use unwedge::core::{line::VIEW, scanner::Scanner, verdict::Verdict};

/// All attempts: on a clear stream, on a wedge, and those that succeed.
fn attempts() -> Vec<Attempt> {
    [forge::all(), hide::all(), limits::all()].into_iter().flatten().collect()
}

fn judged(bytes: &[u8], cut: &Cut) -> Verdict {
    let mut scanner = Scanner::new();
    cut.pieces(bytes).for_each(|piece| scanner.push(piece));
    scanner.finish()
}

const WHOLE: Cut = Cut::Every(usize::MAX);

fn is_wedge(bytes: &[u8]) -> bool {
    matches!(judged(bytes, &WHOLE), Verdict::Wedge(_))
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_ends_as_the_specification_says() {
    let cuts = [
        WHOLE,
        Cut::Every(1),
        Cut::Every(7),
        Cut::Every(VIEW),
        Cut::AtLines { behind: false },
        Cut::AtLines { behind: true },
    ];
    let mut wrong = Vec::new();
    for attempt in attempts() {
        let Attempt { name, by, stream, then, .. } = &attempt;
        let oracle = said(&oracle::judged(stream, false));
        if oracle != *then {
            wrong.push(format!("{by:?}, {name}: must be {then}, the oracle says {oracle}"));
        }
        for cut in &cuts {
            let verdict = said(&judged(stream, cut));
            if verdict != *then {
                wrong.push(format!("{by:?}, {name}, {cut:?}: must be {then}, is {verdict}"));
            }
        }
    }
    assert_none(&wrong);
}

/// The client's own line, of a real build that was wedged.
fn client() -> Vec<u8> {
    from_corpus("wedge/A-bake-compose-actro-bx36_1.stderr")
}

/// The bytes, with the end of the last line where it is missing.
fn lines_of(bytes: &[u8]) -> Vec<u8> {
    [bytes.strip_suffix(b"\n").unwrap_or(bytes), b"\n"].concat()
}

#[test]
fn none_takes_the_clients_words_away() {
    let mut wrong = Vec::new();
    for attempt in attempts() {
        let stream = lines_of(&attempt.stream);
        let behind = [client(), stream.clone()].concat();
        if said(&judged(&behind, &WHOLE)) != "wedge line 1 1" {
            wrong.push(format!("{}: the client in front of it is not heard", attempt.name));
        }
        // What opens an excerpt and does not close it can take nine lines, and says so.
        let opens = attempt.limit.is_some() || attempt.name == "the environment of an image, in an excerpt";
        if !is_wedge(&[stream, client()].concat()) && !opens && !ends_in_an_excerpt(&attempt.stream) {
            wrong.push(format!("{}: the client behind it is not heard", attempt.name));
        }
    }
    assert_none(&wrong);
}

/// Whether a real rule and a step's name stand in the last lines, and no rule behind them.
fn ends_in_an_excerpt(stream: &[u8]) -> bool {
    let text = String::from_utf8_lossy(stream);
    let Some((_, behind)) = text.rsplit_once("------\n") else { return false };
    behind.trim_start().starts_with('>')
}

#[test]
fn each_ends_so_in_the_middle_of_a_real_build_too() {
    let mut wrong = Vec::new();
    for (name, base) in
        ["clear/E-success-auto-bx36_1", "clear/E-bake-ok-tty80-bx12_1", "clear/D-buildarg-rawjson-bx36_1"]
            .map(|name| (name, from_corpus(&format!("{name}.stderr"))))
    {
        assert!(!is_wedge(&base), "{name}");
        let middle = base.len() / 2 + memchr::memchr(b'\n', &base[base.len() / 2..]).unwrap() + 1;
        for attempt in attempts() {
            let stream = [&base[..middle], &lines_of(&attempt.stream), &base[middle..]].concat();
            if is_wedge(&stream) != attempt.then.starts_with("wedge") {
                wrong.push(format!("{} in {name}: {}", attempt.name, said(&judged(&stream, &WHOLE))));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_transport_makes_a_forgery_succeed() {
    // Behind a tag that nobody knows these cannot be told, and the README says so.
    let unknown = ["unknown tag", "klog"];
    let known = ["a step of the oldest builder", "of a name of its own"];
    let mut wrong = Vec::new();
    for attempt in forge::all() {
        let text = String::from_utf8_lossy(&attempt.stream);
        for (transport, carry) in transports() {
            let limit = unknown.contains(&transport) && known.contains(&attempt.name.as_str());
            if is_wedge(carry(&text).as_bytes()) != limit {
                wrong.push(format!("{} through {transport}", attempt.name));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_writer_between_the_lines_hides_the_client_or_forges_it() {
    let mut wrong = Vec::new();
    for name in [
        "clear/D-echo-error-line-plain-bx36_1",
        "clear/D-echo-error-line-fail-plain-bx36_1",
        "clear/D-echo-error-line-fail-tty120-bx36_1",
        "clear/D-echo-error-line-rawjson-bx36_1",
        "clear/D-echo-error-line-fail-quiet-bx36_1",
        "clear/D-composelike-echo-error-line-fail-merged-bx36_1",
    ] {
        let base = from_corpus(&format!("{name}.stderr"));
        let lines: Vec<&[u8]> = base.split_inclusive(|byte| *byte == b'\n').collect();
        let mut excerpt = false;
        for at in 0..=lines.len() {
            let torn = lines.get(at.wrapping_sub(1)).is_some_and(|line| !line.ends_with(b"\n"));
            let stream = [lines[..at].concat(), client(), lines[at..].concat()].concat();
            // Between the rules of an excerpt the client is silent: buildx writes it in one piece.
            if !is_wedge(&stream) && !excerpt && !torn {
                wrong.push(format!("{name}: the client is not heard on line {at}"));
            }
            let rule = lines
                .get(at)
                .map(|line| line.trim_ascii())
                .is_some_and(|line| line.ends_with(b"------") && !line.ends_with(b"-------"));
            excerpt ^= rule;
        }
        // Another build, line by line between: the voices stay apart.
        let other = from_corpus("clear/D-cat-doc-fail-plain-bx36_1.stderr");
        let others: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
        for every in 1..=5 {
            let mixed: Vec<u8> = others
                .chunks(every)
                .enumerate()
                .flat_map(|(i, chunk)| {
                    [chunk.concat(), lines.get(i).copied().unwrap_or_default().to_vec()].concat()
                })
                .collect();
            if is_wedge(&mixed) {
                wrong.push(format!("{name}: mixed with another build, {every}: a wedge"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_program_says_the_same_in_every_format() {
    let mut wrong = Vec::new();
    for attempt in attempts() {
        let Attempt { name, stream, then, .. } = &attempt;
        let wedge = then.starts_with("wedge");
        for format in ["human", "json", "github", "sh"] {
            let check = fed(unwedge(&["check", "--mounts", "3", "--format", format]), stream);
            let filter = fed(unwedge(&["--mounts", "3", "--format", format]), stream);
            let status = Some(if wedge { 10 } else { 0 });
            if (check.status.code(), filter.status.code()) != (status, status) || filter.stdout != *stream {
                wrong.push(format!("{name}, {format}: {:?} {:?}", check.status, filter.status));
            }
            let text = String::from_utf8(check.stdout).unwrap();
            let says = match format {
                "human" => text.starts_with("standard input: wedge ("),
                "json" => text.contains("\"verdict\":\"wedge\",\"link\":"),
                "github" => text.starts_with("::error title=docker buildx is wedged::"),
                _ => text.contains("unwedge, recipe leaked-mounts"),
            };
            let rest = text.strip_prefix("::").unwrap_or(&text);
            let acting = injection::acting(rest);
            if says != wedge || !acting.is_empty() {
                wrong.push(format!("{name}, {format}: {acting:?} {text}"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn what_succeeds_is_documented() {
    let sentences: BTreeSet<&str> = limits::all().iter().filter_map(|attempt| attempt.limit).collect();
    assert!(sentences.len() >= 8 && limits::all().iter().all(|attempt| attempt.limit.is_some()));
    let gone: Vec<String> =
        sentences.iter().filter(|it| !readme_says(it)).map(|it| (*it).to_owned()).collect();
    assert_none(&gone);
    let others = [forge::all(), hide::all()].concat();
    assert!(others.iter().all(|attempt| attempt.limit.is_none()));
}

#[test]
fn the_suite_is_as_large_as_it_says() {
    let (forged, hidden, limits) = (forge::all(), hide::all(), limits::all());
    assert!(forged.iter().all(|attempt| attempt.then.starts_with("clear")));
    let heard = hidden.iter().filter(|attempt| attempt.then.starts_with("wedge")).count();
    assert!(heard >= hidden.len() - 1, "{heard}");
    let counted = format!(
        "{} attempts to forge, {} to hide, {} that succeed",
        forged.len(),
        hidden.len(),
        limits.len()
    );
    let testing = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/testing.md")).unwrap();
    assert!(testing.contains(&counted), "docs/testing.md does not say: {counted}");
    let all = attempts();
    let names: BTreeSet<(By, &str)> = all.iter().map(|attempt| (attempt.by, attempt.name.as_str())).collect();
    assert!(all.len() >= 60 && census(&all).len() == 9, "{:?}", census(&all));
    eprintln!("{counted}; {:?}; {} names", census(&all), names.len());
}

/// Whether the README says so, wherever its lines break.
fn readme_says(sentence: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    words(&readme).contains(&words(sentence))
}

/// Every test that SECURITY.md names is there.
#[test]
fn what_is_promised_is_held() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let security = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let held = security.split_once("## What holds it").unwrap().1;
    let mut tests = String::new();
    for folder in ["tests", "tests/attack"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            tests += &fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
        }
    }
    let words =
        held.split('`').skip(1).step_by(2).filter(|word| word.contains('_') && !word.contains(['/', ' ']));
    let held_by: Vec<&str> = words.map(|word| word.rsplit(':').next().unwrap()).collect();
    assert!(held_by.len() > 20, "{held_by:?}");
    let lost = held_by.iter().filter(|name| !tests.contains(&format!("fn {name}(")));
    assert_none(&lost.map(|name| (*name).to_owned()).collect::<Vec<_>>());
}

/// The status of `run` is its command's, and a container's can become that.
#[test]
fn the_status_of_a_command_is_no_verdict() {
    assert!(readme_says("it can be 10 or 11. The report (`--report`) tells."));
    for status in [10, 11] {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report");
        let mut command = unwedge(&["run", "--attempts", "1", "--report", report.to_str().unwrap()]);
        let output = command.args(["--", "sh", "-c", &format!("exit {status}")]).output().unwrap();
        assert_eq!(output.status.code(), Some(status));
        let report: serde_json::Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
        assert_eq!(
            (&report["decision"]["kind"], &report["verdicts"][0]["verdict"]),
            (&"nothing".into(), &"clear".into())
        );
    }
}
