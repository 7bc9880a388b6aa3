//! The versioned JSON report; docs/report.md describes it.

use super::{Report, sh, slug};
use crate::core::{
    decision::Decision,
    mountinfo::MountCount,
    recipe::{Command, Privilege, Recipe, RecipeKind, Step},
    sentinel::Sentinel,
    state::{Access, Probe},
    verdict::{CauseKind, Link, NearMiss, Sighting, Verdict},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// The version of the shape: it grows when a field changes its meaning or goes.
pub const VERSION: u64 = 1;

/// One object on one line, with its newline.
#[must_use]
pub fn document(report: &Report) -> String {
    let (count, unknown) = match &report.mounts.count {
        MountCount::Known(n) => (Some(n), None),
        MountCount::Unknown(why) => (None, Some(why)),
    };
    let verdicts: Vec<Value> = report.verdicts.iter().map(|(name, found)| verdict(name, found)).collect();
    let document = json!({
        "version": VERSION,
        "command": report.command,
        "verdicts": verdicts,
        "mounts": {
            "count": count,
            "unknown": unknown,
            "source": report.mounts.source,
            "leaked": report.mounts.points.iter().map(|point| bytes(point)).collect::<Vec<_>>(),
        },
        "state_directory": report.facts.state_directory.as_deref().map(bytes),
        "probe": report.facts.probe.as_ref().map(probe),
        "decision": decision(&report.decision),
        "recipe": report.recipe().as_ref().map(recipe),
    });
    format!("{document}\n")
}

/// Text as it is; what is not UTF-8 as `{"base64": …}`.
fn bytes(bytes: &[u8]) -> Value {
    std::str::from_utf8(bytes).map_or_else(|_| json!({ "base64": STANDARD.encode(bytes) }), Value::from)
}

fn sighting(sighting: &Sighting) -> Value {
    let sentinel = match sighting.sentinel {
        Sentinel::Activity => "activity",
        Sentinel::Erofs => "erofs",
    };
    json!({ "sentinel": sentinel, "offset": sighting.offset, "line": sighting.line })
}

fn verdict(name: &str, verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Wedge(wedge) => json!({
            "input": name,
            "verdict": "wedge",
            "link": match wedge.link { Link::Line => "line", Link::Stream => "stream" },
            "sightings": [sighting(&wedge.activity), sighting(&wedge.erofs)],
            "text": bytes(&wedge.quote.bytes),
            "text_cut": wedge.quote.cut,
            "near_misses": [],
        }),
        Verdict::Clear(near) => json!({
            "input": name,
            "verdict": "clear",
            "link": null,
            "sightings": [],
            "text": null,
            "text_cut": false,
            "near_misses": near.iter().map(near_miss).collect::<Vec<_>>(),
        }),
    }
}

fn near_miss(miss: &NearMiss) -> Value {
    let cause = miss.cause.as_ref().map(|cause| {
        let kind = match cause.kind {
            CauseKind::DiskFull => "disk-full",
            CauseKind::Ownership => "ownership",
            CauseKind::NotPermitted => "not-permitted",
            CauseKind::Other => "other",
        };
        json!({ "text": bytes(&cause.text), "kind": kind })
    });
    json!({
        "kind": slug(miss.kind),
        "sighting": sighting(&miss.sighting),
        "text": bytes(&miss.quote.bytes),
        "text_cut": miss.quote.cut,
        "cause": cause,
    })
}

fn probe(probe: &Probe) -> Value {
    let (access, error) = match &probe.access {
        Access::Writable => ("writable", None),
        Access::ReadOnly => ("read-only", None),
        Access::Full => ("full", None),
        Access::Denied => ("denied", None),
        Access::NotPermitted => ("not-permitted", None),
        Access::Failed(why) => ("failed", Some(why)),
    };
    let mount = probe.held.as_ref().map(|held| {
        json!({
            "mount_point": bytes(&held.mount.mount_point),
            "filesystem": bytes(&held.mount.filesystem),
            "source": bytes(&held.mount.source),
            "read_only_mount": held.mount.read_only_mount(),
            "read_only_filesystem": held.mount.read_only_filesystem(),
            "below_state_directory": held.below,
        })
    });
    json!({
        "probed": bytes(&probe.probed),
        "access": access,
        "error": error,
        "mount": mount,
        "free_bytes": probe.space.map(|space| space.bytes),
        "free_inodes": probe.space.and_then(|space| space.inodes),
        "owner": probe.owner.map(|owner| json!({ "uid": owner.uid, "gid": owner.gid, "mode": owner.mode })),
    })
}

fn decision(decision: &Decision) -> Value {
    let (kind, besides, why) = match decision {
        Decision::Nothing => ("nothing", false, None),
        Decision::Refuse { read_only_besides, .. } => ("refuse", *read_only_besides, None),
        Decision::Recover { read_only_besides, .. } => ("recover", *read_only_besides, None),
        Decision::Uncounted { why } => ("uncounted", false, Some(Value::from(why.as_str()))),
        Decision::Advise { cause, .. } => ("advise", false, Some(bytes(&cause.text))),
    };
    json!({
        "kind": kind,
        "recipe": decision.recipe().map(RecipeKind::slug),
        "read_only_besides": besides,
        "why": why,
    })
}

fn recipe(recipe: &Recipe) -> Value {
    json!({
        "kind": recipe.kind.slug(),
        "title": recipe.kind.title(),
        "needs_root": recipe.needs_root(),
        "way_around": step(&recipe.around),
        "steps": recipe.steps.iter().map(step).collect::<Vec<_>>(),
        "script": sh::script(recipe),
    })
}

fn step(step: &Step) -> Value {
    let privilege = match step.privilege {
        Privilege::User => "user",
        Privilege::Root => "root",
    };
    json!({
        "id": step.id,
        "title": step.title,
        "why": step.why,
        "privilege": privilege,
        "destroys": step.destroys,
        "by_hand": step.by_hand,
        "commands": step.commands.iter().map(command).collect::<Vec<_>>(),
        "verify": step.verify.as_ref().map(command),
        "otherwise": step.otherwise,
    })
}

fn command(command: &Command) -> Value {
    let (kind, argv) = match command {
        Command::Run { argv, .. } => ("run", argv.iter().map(|word| bytes(word)).collect()),
        Command::UnmountLeaked { .. } => ("unmount-leaked", Vec::new()),
        Command::ExpectNoLeaked => ("expect-no-leaked", Vec::new()),
        Command::CreateFileIn(_) => ("create-file", Vec::new()),
        Command::NewStateDirectory => ("new-state-directory", Vec::new()),
    };
    json!({ "kind": kind, "argv": argv, "shell": sh::typed(command) })
}
