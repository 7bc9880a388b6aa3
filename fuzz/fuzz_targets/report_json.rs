//! The JSON of any report is one line that no terminal and no CI system obeys, has the shape of docs/report.md and
//! nothing else, and what it says are the values that went in.

#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use unwedge::{
    core::{
        decision::Decision,
        recipe::{Privilege, Recipe, Step},
        state::{Access, Probe},
        verdict::CauseKind,
    },
    report::{
        Report, json,
        sh::{script, typed},
    },
};
use unwedge_fuzz::{
    document::{self, Document},
    report::{decision_of, judged_of, mounts_of, raw, report, run_of, unread_of},
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = report(Unstructured::new(bytes)) else { return };
    let mut text = Vec::new();
    json::write(&report, &mut text).expect("a Vec takes everything");
    let text = String::from_utf8(text).expect("JSON is UTF-8");
    let line = text.strip_suffix('\n').expect(&text);
    assert!(!line.contains(char::is_control) && !line.contains("##"), "{text}");
    let document: Document = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));

    let Report { command, refuse_at, verdicts, unread, mounts, facts, decision, run } = &report;
    assert_eq!((document.version, document.command.as_str()), (json::VERSION, *command));
    let judged: Vec<_> = document.verdicts.iter().map(judged_of).collect();
    assert_eq!(&judged, verdicts);
    let missed: Vec<_> = document.unread.iter().map(unread_of).collect();
    assert_eq!(&missed, unread);
    assert_eq!((&mounts_of(&document.mounts), document.mounts.refuse_at), (mounts, *refuse_at));
    assert_eq!(document.state_directory.as_ref().map(raw), facts.state_directory);
    assert_eq!(document.probe.is_some(), facts.probe.is_some());
    if let Some((found, probe)) = document.probe.as_ref().zip(facts.probe.as_ref()) {
        probed(found, probe);
    }
    let kind = if let Decision::Advise { cause, .. } = decision { cause.kind } else { CauseKind::Other };
    assert_eq!(&decision_of(&document.decision, kind), decision);
    assert_eq!(document.recipe.is_some(), report.recipe().is_some());
    if let Some((told, recipe)) = document.recipe.as_ref().zip(report.recipe().as_ref()) {
        advised(told, recipe);
    }
    assert_eq!(&document.run.as_ref().map(run_of), run);
});

fn probed(found: &document::Probe, probe: &Probe) {
    let access = match (found.access.as_str(), found.error.as_ref()) {
        ("writable", None) => Access::Writable,
        ("read-only", None) => Access::ReadOnly,
        ("full", None) => Access::Full,
        ("denied", None) => Access::Denied,
        ("not-permitted", None) => Access::NotPermitted,
        ("failed", Some(why)) => Access::Failed(why.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!((&raw(&found.probed), &access), (&probe.probed, &probe.access));
    assert_eq!(found.free_bytes, probe.space.map(|space| space.bytes));
    assert_eq!(found.free_inodes, probe.space.and_then(|space| space.inodes));
    let owner = found
        .owner
        .as_ref()
        .map(|owner| (owner.uid, owner.gid, u32::from_str_radix(&owner.mode, 8).expect("a mode is octal")));
    assert_eq!(owner, probe.owner.map(|owner| (owner.uid, owner.gid, owner.mode)));
    let mount = found.mount.as_ref().map(|mount| {
        let names = [&mount.mount_point, &mount.filesystem, &mount.source].map(raw);
        (names, mount.read_only_mount, mount.read_only_filesystem, mount.below_state_directory)
    });
    let held = probe.held.as_ref().map(|held| {
        let entry = &held.mount;
        let has_ro = |options: &[u8]| options.split(|byte| *byte == b',').any(|option| option == b"ro");
        let names = [&entry.mount_point, &entry.filesystem, &entry.source].map(Clone::clone);
        (names, has_ro(&entry.mount_options), has_ro(&entry.super_options), held.below)
    });
    assert_eq!(mount, held);
}

fn advised(told: &document::Recipe, recipe: &Recipe) {
    assert_eq!((told.kind.as_str(), told.title.as_str()), (recipe.kind.slug(), recipe.kind.title()));
    assert_eq!((told.needs_root, &told.script), (recipe.needs_root(), &script(recipe)));
    assert_eq!(told.steps.len(), recipe.steps.len());
    let steps = told.steps.iter().zip(&recipe.steps);
    for (told, step) in steps.chain([(&told.at_once, &recipe.around)]) {
        let Step { id, title, why, privilege, destroys, commands, verify, otherwise, by_hand } = step;
        assert_eq!((told.id.as_str(), &told.title, &told.why), (*id, title, why));
        assert_eq!(
            (told.privilege == "root", told.privilege == "user"),
            match privilege {
                Privilege::Root => (true, false),
                Privilege::User => (false, true),
            }
        );
        assert_eq!(
            (told.destroys.as_deref(), &told.otherwise, told.by_hand),
            (*destroys, otherwise, *by_hand)
        );
        assert_eq!(told.commands, commands.iter().flat_map(typed).collect::<Vec<_>>());
        assert_eq!(told.verify, verify.iter().flat_map(typed).collect::<Vec<_>>());
    }
}
