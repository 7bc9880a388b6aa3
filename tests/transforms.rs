//! Transforms do what they say: a stream that they leave as it was would pass every check.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use unwedge::{
    core::{
        recipe::RecipeKind,
        scanner::Scanner,
        verdict::{Link, NearMissKind},
    },
    corpus::{
        evaluation::{Expected, Near, Outcome},
        manifest::{Case, Label},
        transform::{Cut, Effect, NOISE, Transform, Variant},
    },
};

const WEDGE: &str =
    "one\nERROR: failed to update builder last activity time: open /x: read-only file system\n";

fn case(line: &str) -> Case {
    serde_json::from_str(line).unwrap()
}

fn wedge() -> Case {
    case(
        r#"{"name":"wedge/a","file":"wedge/a","label":"wedge","link":"line","activity_line":2,"erofs_line":2,"mounts":3,"recipe":"leaked-mounts","provenance":{"kind":"synthetic","tool":"x","command":"x","produced":"x"}}"#,
    )
}

fn clear() -> Case {
    case(
        r#"{"name":"clear/a","file":"clear/a","label":"clear","near_misses":["read-only-elsewhere"],"near_lines":[2],"mounts":3,"recipe":null,"why":"x","provenance":{"kind":"synthetic","tool":"x","command":"x","produced":"x"}}"#,
    )
}

fn made(transform: Transform, bytes: &str) -> Variant {
    transform.apply(&wedge(), bytes.as_bytes(), 1).unwrap()
}

fn text(variant: &Variant) -> String {
    String::from_utf8_lossy(&variant.bytes).into_owned()
}

#[test]
fn bytes() {
    let line = WEDGE.strip_prefix("one\n").unwrap().trim_end();
    let head = line.strip_suffix("read-only file system").unwrap();
    let quoted = line.replace('"', "\\\"");
    let noise = String::from_utf8(NOISE.clone()).unwrap();
    let each = |prefix: &str| format!("{prefix}one\n{prefix}{line}\n");
    for (transform, expected) in [
        (Transform::AsIs, WEDGE.to_owned()),
        (Transform::Crlf, WEDGE.replace('\n', "\r\n")),
        (
            Transform::Colour,
            format!(
                "\x1b[36mone\x1b[0m\n\x1b[36m{}\x1b[0m\n",
                line.replace("ERROR:", "\x1b[1;31mERROR:\x1b[0;36m")
            ),
        ),
        (Transform::GithubActions, each("2026-11-23T21:39:00.1234567Z ")),
        (Transform::Journald, each("Nov 23 21:39:00 build-host docker-compose[4711]: ")),
        (Transform::Syslog, each("<28>1 2026-11-23T21:39:00.123456+01:00 build-host docker 4711 - - ")),
        (
            Transform::UpperCase,
            WEDGE
                .replace(
                    "failed to update builder last activity time",
                    "FAILED TO UPDATE BUILDER LAST ACTIVITY TIME",
                )
                .replace("read-only file system", "READ-ONLY FILE SYSTEM"),
        ),
        (Transform::NoLastNewline, WEDGE.trim_end().to_owned()),
        (Transform::Bom, format!("\u{feff}{WEDGE}")),
        (Transform::Nul, format!("\0\0\n{WEDGE}\0\0")),
        (Transform::Torn, format!("one\n{head}\n{noise}read-only file system\n")),
        (Transform::TornSameLine, format!("one\n{head}\n{noise}read-only file system\n")),
        (Transform::ActivityRemoved, "one\nERROR: : open /x: read-only file system\n".into()),
        (
            Transform::ErofsRemoved,
            "one\nERROR: failed to update builder last activity time: open /x: \n".into(),
        ),
        (
            Transform::Quoted,
            "one\nERROR: `failed to update builder last activity time`: open /x: `read-only file system`\n"
                .into(),
        ),
        (Transform::StepOutput, each("#7 0.412 ")),
        (Transform::StepName, each("#7 [3/3] RUN ")),
        (Transform::TtyOutput, each(" => => # ")),
        (Transform::TtyName, each("=> [3/3] RUN ")),
        (Transform::Excerpt, format!("------\n > [3/3] RUN make check:\n0.412 one\n0.412 {line}\n------\n")),
        (Transform::Dockerfile, each("   3 | >>> RUN ")),
        (Transform::ServiceLog, each("web-1  | ")),
        (
            Transform::QuotedCommand,
            format!(
                "ERROR: failed to solve: process \"/bin/sh -c one\\n{quoted}\" did not complete successfully: exit code: 1\n"
            ),
        ),
    ] {
        assert_eq!(text(&made(transform, WEDGE)), expected, "{}", transform.name());
    }
    let debug = text(&made(Transform::DebugEcho, WEDGE));
    assert!(debug.lines().all(|line| line.starts_with("27604 v0.12.1 /usr/libexec/")), "{debug}");
    let invalid = made(Transform::InvalidUtf8, WEDGE).bytes;
    assert!(std::str::from_utf8(&invalid).is_err() && invalid.ends_with(b"\n\xff\xc3(\xf0\x9f"));
}

#[test]
fn envelopes_hold_the_lines() {
    for (transform, key, end) in [
        (Transform::JsonFile, "log", "\n"),
        (Transform::Ndjson, "msg", ""),
        (Transform::ProgressJson, "name", ""),
    ] {
        let made = text(&made(transform, WEDGE));
        let lines: Vec<&str> = made.lines().collect();
        assert_eq!(lines.len(), 2);
        for (envelope, line) in lines.iter().zip(WEDGE.lines()) {
            let value: serde_json::Value = serde_json::from_str(envelope).unwrap();
            let value = if key == "name" { &value["vertexes"][0] } else { &value };
            assert_eq!(value[key], line.to_owned() + end, "{}", transform.name());
        }
    }
    let command = text(&made(Transform::QuotedCommand, "a\"b\\c\t\x1b\u{e9}\r\n"));
    assert!(command.contains(r#"-c a\"b\\c\t\x1b\xc3\xa9\r" did"#), "{command}");
}

/// One letter of the phrase and nothing else.
#[test]
fn another_letter() {
    for (transform, phrase) in [
        (Transform::ActivityLetter, "failed to update builder last activity time"),
        (Transform::ErofsLetter, "read-only file system"),
    ] {
        for seed in 0..200 {
            let variant = transform.apply(&wedge(), WEDGE.as_bytes(), seed).unwrap();
            assert_eq!(variant.bytes.len(), WEDGE.len());
            let differ: Vec<usize> =
                (0..WEDGE.len()).filter(|at| variant.bytes[*at] != WEDGE.as_bytes()[*at]).collect();
            let at = WEDGE.find(phrase).unwrap();
            assert!(matches!(differ[..], [one] if (at..at + phrase.len()).contains(&one)), "{differ:?}");
            let (old, new) = (WEDGE.as_bytes()[differ[0]], variant.bytes[differ[0]]);
            assert!(old.is_ascii_alphabetic() && !old.eq_ignore_ascii_case(&new));
        }
    }
}

#[test]
fn every_other_cause_comes_up_with_its_recipe() {
    let mut recipes = Vec::new();
    for seed in 0..100 {
        let variant = Transform::OtherCause.apply(&wedge(), WEDGE.as_bytes(), seed).unwrap();
        assert!(!text(&variant).contains("read-only") && text(&variant).contains("activity time: open /x: "));
        assert_eq!(variant.expected.near, Near::Holds(NearMissKind::ActivityFailure));
        recipes.push(variant.expected.recipe.unwrap());
    }
    for recipe in
        [Some(RecipeKind::DiskFull), Some(RecipeKind::Ownership), Some(RecipeKind::NotPermitted), None]
    {
        assert!(recipes.contains(&recipe), "{recipe:?}");
    }
}

#[test]
fn lines_are_expected_where_they_went() {
    let expected = |variant: &Variant| (variant.expected.activity_line, variant.expected.erofs_line);
    assert_eq!(expected(&made(Transform::Nul, WEDGE)), (Some(3), Some(3)));
    let lines = NOISE.split(|byte| *byte == b'\n').count() as u64 - 1;
    let (mut before, mut behind, mut most) = (false, false, 0);
    for seed in 0..100 {
        let variant = Transform::Noise.apply(&wedge(), WEDGE.as_bytes(), seed).unwrap();
        let line = Some(2 + variant.before as u64 * lines);
        assert_eq!(expected(&variant), (line, line));
        before |= variant.before > 0;
        behind |= variant.behind > 0;
        most = most.max(variant.before.max(variant.behind) * NOISE.len());
    }
    assert!(before && behind && most > 4 << 20 && most <= 8 << 20, "{most}");
    let torn = made(Transform::Torn, WEDGE);
    assert_eq!(expected(&torn), (Some(2), None));
    assert_eq!(torn.expected.link, Some(Link::Stream));
    assert!(!torn.require_same_line && made(Transform::TornSameLine, WEDGE).require_same_line);
    for seed in 0..50 {
        let variant = Transform::ContainerErofs.apply(&wedge(), WEDGE.as_bytes(), seed).unwrap();
        let text = text(&variant);
        let place = text.lines().position(|line| line.starts_with("ERROR: failed")).unwrap() as u64 + 1;
        assert_eq!(expected(&variant), (Some(place), Some(place)));
        assert!(place >= 3 && text.lines().count() as u64 > place, "{text}");
    }
}

#[test]
fn nothing_is_mixed_into_an_excerpt() {
    let excerpt = "------\n > [3/3] RUN x:\na\nb\nc\nd\ne\nf\n------\n";
    for seed in 0..50 {
        let variant = Transform::ContainerErofs.apply(&clear(), excerpt.as_bytes(), seed).unwrap();
        assert!(text(&variant).contains(excerpt), "{}", text(&variant));
    }
}

#[test]
fn cuts() {
    assert_eq!(made(Transform::Split, "abc").cut, Cut::At(vec![0, 1, 2, 3]));
    assert_eq!(made(Transform::OneByte, "abc").cut, Cut::Bytes);
    let long = "x".repeat((64 << 10) + 1);
    let Cut::At(places) = made(Transform::Split, &long).cut else { panic!("not cut") };
    assert!(places.len() == 200 && places.iter().all(|place| *place <= long.len()));
}

#[test]
fn what_does_not_apply() {
    let wedge_alone = [Transform::Torn, Transform::TornSameLine, Transform::OtherCause, Transform::Quoted];
    let elsewhere = "one\ntouch: Read-only file system\n";
    for transform in wedge_alone {
        assert_eq!(transform.apply(&clear(), elsewhere.as_bytes(), 1), None, "{}", transform.name());
    }
    for transform in [Transform::UpperCase, Transform::ActivityLetter, Transform::ErofsRemoved] {
        assert_eq!(transform.apply(&clear(), b"one\n", 1), None, "{}", transform.name());
    }
    assert_eq!(Transform::NoLastNewline.apply(&clear(), b"one", 1), None);
    // An envelope that is cut is none any more.
    let envelope = format!("{{\"msg\":\"{}\"}}\n", WEDGE.trim_end().replace('\n', " "));
    assert_eq!(Transform::Torn.apply(&wedge(), envelope.as_bytes(), 1), None);
    // What follows from a verdict that is wrong nobody knows.
    let flawed = Case { known_failure: Some("x".into()), ..wedge() };
    for transform in Transform::ALL {
        let cuts = transform.effect() == Effect::Cuts;
        assert_eq!(transform.apply(&flawed, WEDGE.as_bytes(), 1).is_some(), cuts, "{}", transform.name());
    }
}

/// Each has a name of its own, and expects a label that agrees with what it says it does.
#[test]
fn names_and_effects() {
    let mut names: Vec<&str> = Transform::ALL.iter().map(|transform| transform.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Transform::ALL.len());
    for transform in Transform::ALL {
        let variant = made(transform, WEDGE);
        let label = if transform.effect() == Effect::Changes { Label::Clear } else { Label::Wedge };
        assert_eq!(variant.expected.label, label, "{}", transform.name());
        assert!(!transform.why().is_empty());
    }
}

#[test]
fn an_outcome_is_compared_in_all_that_is_asked() {
    let outcome = |bytes: &str, mounts| {
        let mut scanner = Scanner::new();
        scanner.push(bytes.as_bytes());
        Outcome::of(&scanner.finish(), mounts)
    };
    let expected = Expected::of(&wedge());
    assert!(expected.holds(&outcome(WEDGE, Some(3))));
    for other in [
        Case {
            label: Label::Clear,
            near_misses: Some(vec![]),
            near_lines: Some(vec![]),
            recipe: None,
            ..wedge()
        },
        Case { link: Some(Link::Stream), ..wedge() },
        Case { activity_line: Some(1), ..wedge() },
        Case { erofs_line: Some(1), ..wedge() },
        Case { recipe: Some(RecipeKind::DriverState), ..wedge() },
        Case { recipe: None, ..wedge() },
    ] {
        assert!(!Expected::of(&other).holds(&outcome(WEDGE, Some(3))), "{other:?}");
    }
    assert!(!expected.holds(&outcome(WEDGE, Some(0))) && !expected.holds(&outcome(WEDGE, None)));

    let elsewhere = "one\ntouch: Read-only file system\n";
    assert!(Expected::of(&clear()).holds(&outcome(elsewhere, Some(3))));
    for other in [
        Case { near_lines: Some(vec![1]), ..clear() },
        Case { near_misses: Some(vec![NearMissKind::Mentioned]), ..clear() },
        Case { near_misses: Some(vec![]), near_lines: Some(vec![]), ..clear() },
    ] {
        assert!(!Expected::of(&other).holds(&outcome(elsewhere, Some(3))), "{other:?}");
    }
    let holds = |kind| Expected { near: Near::Holds(kind), ..Expected::label(Label::Clear) };
    assert!(holds(NearMissKind::ReadOnlyElsewhere).holds(&outcome(elsewhere, None)));
    assert!(!holds(NearMissKind::Mentioned).holds(&outcome(elsewhere, None)));
}
