//! The decision table, row by row.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use unwedge::core::{
    decision::{Decision, REFUSE_AT, after, before, depends_on_host},
    mountinfo::MountCount,
    recipe::{Command, Facts, Recipe, RecipeKind},
    scanner::Scanner,
    state::{Access, Probe},
    verdict::Verdict,
};

const LINE: &str = "ERROR: failed to update builder last activity time: open /x/activity/.tmp-default1: ";

fn verdict(cause: &str) -> Verdict {
    let mut scanner = Scanner::new();
    scanner.push(LINE.as_bytes());
    scanner.push(cause.as_bytes());
    scanner.finish()
}

fn probe(access: Access) -> Probe {
    Probe {
        directory: b"/x".to_vec(),
        probed: b"/x/activity".to_vec(),
        access,
        held: None,
        space: None,
        owner: None,
        asker: (1000, 1000),
    }
}

fn unknown() -> MountCount {
    MountCount::Unknown("no table".into())
}

fn recover(recipe: RecipeKind, read_only_besides: bool) -> Decision {
    Decision::Recover { recipe, read_only_besides }
}

#[test]
fn after_a_wedge() {
    let wedge = verdict("read-only file system");
    let known = MountCount::Known;
    for (count, access, expected) in [
        (known(1), None, recover(RecipeKind::LeakedMounts, false)),
        (known(37), Some(Access::Writable), recover(RecipeKind::LeakedMounts, false)),
        (known(37), Some(Access::ReadOnly), recover(RecipeKind::LeakedMounts, true)),
        (known(0), Some(Access::ReadOnly), recover(RecipeKind::ReadOnlyState, false)),
        (known(0), Some(Access::Writable), recover(RecipeKind::DriverState, false)),
        (known(0), Some(Access::Denied), recover(RecipeKind::DriverState, false)),
        (known(0), None, recover(RecipeKind::DriverState, false)),
        (unknown(), Some(Access::ReadOnly), Decision::Uncounted { why: "no table".into() }),
        (unknown(), None, Decision::Uncounted { why: "no table".into() }),
    ] {
        let probe = access.clone().map(probe);
        assert_eq!(after(&wedge, &count, probe.as_ref()), expected, "{count:?} {access:?}");
    }
}

#[test]
fn after_another_cause() {
    for (cause, recipe) in [
        ("no space left on device", Some(RecipeKind::DiskFull)),
        ("disk quota exceeded", Some(RecipeKind::DiskFull)),
        ("permission denied", Some(RecipeKind::Ownership)),
        ("operation not permitted", Some(RecipeKind::NotPermitted)),
        ("input/output error", None),
    ] {
        for count in [MountCount::Known(0), MountCount::Known(37), unknown()] {
            match after(&verdict(cause), &count, Some(&probe(Access::ReadOnly))) {
                Decision::Advise { cause: named, recipe: chosen } => {
                    assert_eq!((named.text.as_slice(), chosen), (cause.as_bytes(), recipe));
                }
                other => panic!("{cause}: {other:?}"),
            }
        }
    }
}

#[test]
fn after_anything_else_nothing() {
    let mut elsewhere = Scanner::new();
    elsewhere.push(b"mkdir: cannot create directory: Read-only file system\n");
    for verdict in [elsewhere.finish(), Scanner::new().finish()] {
        assert_eq!(
            after(&verdict, &MountCount::Known(99), Some(&probe(Access::ReadOnly))),
            Decision::Nothing
        );
    }
}

/// Who looks at the host only where something can follow from it misses nothing.
#[test]
fn what_depends_on_the_host() {
    let mut elsewhere = Scanner::new();
    elsewhere.push(b"mkdir: cannot create directory: Read-only file system\n");
    for (verdict, depends) in [
        (verdict("read-only file system"), true),
        (verdict("no space left on device"), true),
        (verdict("input/output error"), true),
        (elsewhere.finish(), false),
        (Scanner::new().finish(), false),
    ] {
        assert_eq!(depends_on_host(&verdict), depends, "{verdict:?}");
        let decides = after(&verdict, &MountCount::Known(0), None) != Decision::Nothing;
        assert_eq!(decides, depends, "{verdict:?}");
    }
}

#[test]
fn before_a_build() {
    let known = MountCount::Known;
    let refuse = |recipe, read_only_besides| Decision::Refuse { recipe, read_only_besides };
    let leaked = Some(RecipeKind::LeakedMounts);
    for (count, access, expected) in [
        (known(9), Access::Writable, Decision::Nothing),
        (known(10), Access::Writable, refuse(leaked, false)),
        (known(10), Access::ReadOnly, refuse(leaked, true)),
        (known(0), Access::ReadOnly, refuse(Some(RecipeKind::ReadOnlyState), false)),
        (known(0), Access::Full, refuse(Some(RecipeKind::DiskFull), false)),
        (known(0), Access::Denied, refuse(Some(RecipeKind::Ownership), false)),
        (known(0), Access::NotPermitted, refuse(Some(RecipeKind::NotPermitted), false)),
        (known(0), Access::Failed("odd".into()), refuse(None, false)),
        (unknown(), Access::Writable, Decision::Nothing),
        (unknown(), Access::ReadOnly, refuse(Some(RecipeKind::ReadOnlyState), false)),
    ] {
        assert_eq!(before(&count, REFUSE_AT, Some(&probe(access.clone()))), expected, "{count:?} {access:?}");
    }
    assert_eq!(before(&known(3), 3, None), refuse(leaked, false));
    assert_eq!(before(&known(2), 3, None), Decision::Nothing);
}

#[test]
fn every_recipe_begins_with_the_way_around_and_ends_with_the_proof() {
    for kind in RecipeKind::ALL {
        let recipe = Recipe::new(kind, &Facts::default());
        assert_eq!(recipe.around.commands, [Command::NewStateDirectory]);
        let last = recipe.steps.last().unwrap();
        assert!(matches!(last.commands[0], Command::CreateFileIn(_)), "{kind:?}");
        let mut ids: Vec<&str> = recipe.steps.iter().map(|step| step.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), recipe.steps.len());
        // The name is reserved: making a builder of it fails in every version.
        assert!(!format!("{recipe:?}").contains("--name default"));
    }
}

#[test]
fn leaked_mounts_are_unmounted_last_first_and_before_docker_starts() {
    let facts = Facts { leaked: vec![b"/first".to_vec(), b"/second".to_vec()], ..Facts::default() };
    let recipe = Recipe::new(RecipeKind::LeakedMounts, &facts);
    let ids: Vec<&str> = recipe.steps.iter().map(|step| step.id).collect();
    assert_eq!(
        ids,
        [
            "stop-docker",
            "kill-holders",
            "unmount",
            "remove-activity",
            "start-docker",
            "select-builder",
            "verify"
        ]
    );
    let unmount = &recipe.steps[2];
    assert_eq!(
        unmount.commands,
        [Command::UnmountLeaked { known: vec![b"/second".to_vec(), b"/first".to_vec()], others: 0 }]
    );
    assert_eq!(unmount.verify, Some(Command::ExpectNoLeaked));
    assert!(recipe.steps[1].destroys.is_some_and(|what| what.contains("every container")));
}
