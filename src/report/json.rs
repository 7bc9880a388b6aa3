//! The versioned JSON report; docs/report.md describes it.

use super::{Judged, Report, Unread, escaped_json, json_run, sh, slug};
use crate::core::{
    decision::Decision,
    mountinfo::MountCount,
    recipe::{self, Privilege, RecipeKind},
    sentinel::Sentinel,
    state::{Access, Owner, Probe},
    verdict::{self, CauseKind, Link, Quote, Verdict},
};
use base64::{display::Base64Display, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The version of the shape: it grows when a field changes its meaning or goes.
pub const VERSION: u64 = 1;

/// Writes the report as one object on one line, with its newline, piece by piece: escaped it can be six times as
/// long as what it quotes.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, mut out: impl Write) -> io::Result<()> {
    Document::of(report).serialize(&mut serde_json::Serializer::with_formatter(&mut out, Harmless))?;
    out.write_all(b"\n")
}

/// Escapes what a terminal or a CI system would act on.
struct Harmless;

impl serde_json::ser::Formatter for Harmless {
    // What stands side by side in a string is one fragment, but for what is escaped in between.
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        out.write_all(escaped_json(fragment).as_bytes())
    }
}

#[derive(Serialize)]
struct Document<'r> {
    version: u64,
    command: &'static str,
    verdicts: Vec<Stream<'r>>,
    unread: Vec<Missed<'r>>,
    mounts: Mounts<'r>,
    state_directory: Option<Bytes<'r>>,
    probe: Option<Found<'r>>,
    decision: Decided<'r>,
    recipe: Option<Recipe>,
    run: Option<json_run::Run<'r>>,
}

impl<'r> Document<'r> {
    fn of(report: &'r Report) -> Self {
        Self {
            version: VERSION,
            command: report.command,
            verdicts: report.verdicts.iter().map(Stream::of).collect(),
            unread: report.unread.iter().map(Missed::of).collect(),
            mounts: Mounts::of(report),
            state_directory: report.facts.state_directory.as_deref().map(Bytes::of),
            probe: report.facts.probe.as_ref().map(Found::of),
            decision: Decided::of(&report.decision),
            recipe: report.recipe().as_ref().map(Recipe::of),
            run: report.run.as_ref().map(json_run::Run::of),
        }
    }
}

/// Text as it is; what is not UTF-8 as `{"base64": …}`.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Bytes<'b> {
    Text(&'b str),
    Other {
        #[serde(serialize_with = "encoded")]
        base64: &'b [u8],
    },
}

impl<'b> Bytes<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        std::str::from_utf8(bytes).map_or(Self::Other { base64: bytes }, Self::Text)
    }
}

/// Encodes on the way out.
fn encoded<S: Serializer>(bytes: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(bytes, &STANDARD))
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON fields")]
pub(super) struct Stream<'r> {
    input: Option<Bytes<'r>>,
    stream: Option<&'static str>,
    verdict: &'static str,
    link: Option<&'static str>,
    activity: Option<Sighting>,
    erofs: Option<Sighting>,
    quote: Option<Line<'r>>,
    near_misses: Vec<NearMiss<'r>>,
}

impl<'r> Stream<'r> {
    pub(super) fn of(judged: &'r Judged) -> Self {
        let input = judged.input.as_deref().map(Bytes::of);
        let stream = judged.source.map(json_run::stream);
        match &judged.verdict {
            Verdict::Wedge(wedge) => Self {
                input,
                stream,
                verdict: "wedge",
                link: Some(match wedge.link {
                    Link::Line => "line",
                    Link::Stream => "stream",
                }),
                activity: Some(Sighting::of(&wedge.activity)),
                erofs: Some(Sighting::of(&wedge.erofs)),
                quote: Some(Line::of(&wedge.quote)),
                near_misses: Vec::new(),
            },
            Verdict::Clear(near) => Self {
                input,
                stream,
                verdict: "clear",
                link: None,
                activity: None,
                erofs: None,
                quote: None,
                near_misses: near.iter().map(NearMiss::of).collect(),
            },
        }
    }
}

#[derive(Serialize)]
struct Sighting {
    offset: u64,
    line: u64,
}

impl Sighting {
    fn of(sighting: &verdict::Sighting) -> Self {
        Self { offset: sighting.offset, line: sighting.line }
    }
}

#[derive(Serialize)]
struct Line<'r> {
    text: Bytes<'r>,
    cut: bool,
}

impl<'r> Line<'r> {
    fn of(quote: &'r Quote) -> Self {
        Self { text: Bytes::of(&quote.bytes), cut: quote.cut }
    }
}

#[derive(Serialize)]
struct NearMiss<'r> {
    kind: &'static str,
    sentinel: &'static str,
    offset: u64,
    line: u64,
    quote: Line<'r>,
    cause: Option<Cause<'r>>,
}

impl<'r> NearMiss<'r> {
    fn of(miss: &'r verdict::NearMiss) -> Self {
        Self {
            kind: slug(miss.kind),
            sentinel: match miss.sighting.sentinel {
                Sentinel::Activity => "activity",
                Sentinel::Erofs => "erofs",
            },
            offset: miss.sighting.offset,
            line: miss.sighting.line,
            quote: Line::of(&miss.quote),
            cause: miss.cause.as_ref().map(Cause::of),
        }
    }
}

#[derive(Serialize)]
struct Cause<'r> {
    text: Bytes<'r>,
    kind: &'static str,
}

impl<'r> Cause<'r> {
    fn of(cause: &'r verdict::Cause) -> Self {
        let kind = match cause.kind {
            CauseKind::DiskFull => "disk-full",
            CauseKind::Ownership => "ownership",
            CauseKind::NotPermitted => "not-permitted",
            CauseKind::Other => "other",
        };
        Self { text: Bytes::of(&cause.text), kind }
    }
}

#[derive(Serialize)]
struct Missed<'r> {
    input: Option<Bytes<'r>>,
    error: &'r str,
}

impl<'r> Missed<'r> {
    fn of(unread: &'r Unread) -> Self {
        Self { input: unread.input.as_deref().map(Bytes::of), error: &unread.error }
    }
}

#[derive(Serialize)]
struct Mounts<'r> {
    count: Option<u64>,
    unknown: Option<&'r str>,
    source: Bytes<'r>,
    leaked: Vec<Bytes<'r>>,
    refuse_at: u64,
}

impl<'r> Mounts<'r> {
    fn of(report: &'r Report) -> Self {
        let (count, unknown) = match &report.mounts.count {
            MountCount::Known(n) => (Some(*n), None),
            MountCount::Unknown(why) => (None, Some(why.as_str())),
        };
        Self {
            count,
            unknown,
            source: Bytes::of(&report.mounts.source),
            leaked: report.mounts.points.iter().map(|point| Bytes::of(point)).collect(),
            refuse_at: report.refuse_at,
        }
    }
}

#[derive(Serialize)]
struct Found<'r> {
    probed: Bytes<'r>,
    access: &'static str,
    error: Option<&'r str>,
    mount: Option<Mount<'r>>,
    free_bytes: Option<u64>,
    free_inodes: Option<u64>,
    owner: Option<OwnerAndMode>,
}

impl<'r> Found<'r> {
    fn of(probe: &'r Probe) -> Self {
        let (access, error) = match &probe.access {
            Access::Writable => ("writable", None),
            Access::ReadOnly => ("read-only", None),
            Access::Full => ("full", None),
            Access::Denied => ("denied", None),
            Access::NotPermitted => ("not-permitted", None),
            Access::Failed(why) => ("failed", Some(why.as_str())),
        };
        Self {
            probed: Bytes::of(&probe.probed),
            access,
            error,
            mount: probe.held.as_ref().map(|held| Mount {
                mount_point: Bytes::of(&held.mount.mount_point),
                filesystem: Bytes::of(&held.mount.filesystem),
                source: Bytes::of(&held.mount.source),
                read_only_mount: held.mount.read_only_mount(),
                read_only_filesystem: held.mount.read_only_filesystem(),
                below_state_directory: held.below,
            }),
            free_bytes: probe.space.map(|space| space.bytes),
            free_inodes: probe.space.and_then(|space| space.inodes),
            owner: probe.owner.map(OwnerAndMode::of),
        }
    }
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON fields")]
struct Mount<'r> {
    mount_point: Bytes<'r>,
    filesystem: Bytes<'r>,
    source: Bytes<'r>,
    read_only_mount: bool,
    read_only_filesystem: bool,
    below_state_directory: bool,
}

#[derive(Serialize)]
struct OwnerAndMode {
    uid: u32,
    gid: u32,
    mode: String,
}

impl OwnerAndMode {
    fn of(owner: Owner) -> Self {
        Self { uid: owner.uid, gid: owner.gid, mode: format!("{:04o}", owner.mode & 0o7777) }
    }
}

#[derive(Serialize)]
struct Decided<'r> {
    kind: &'static str,
    recipe: Option<&'static str>,
    read_only_besides: bool,
    why: Option<Bytes<'r>>,
}

impl<'r> Decided<'r> {
    fn of(decision: &'r Decision) -> Self {
        let (kind, read_only_besides, why) = match decision {
            Decision::Nothing => ("nothing", false, None),
            Decision::Refuse { read_only_besides, .. } => ("refuse", *read_only_besides, None),
            Decision::Recover { read_only_besides, .. } => ("recover", *read_only_besides, None),
            Decision::Uncounted { why } => ("uncounted", false, Some(why.as_bytes())),
            Decision::Advise { cause, .. } => ("advise", false, Some(cause.text.as_slice())),
        };
        let recipe = decision.recipe().map(RecipeKind::slug);
        Self { kind, recipe, read_only_besides, why: why.map(Bytes::of) }
    }
}

#[derive(Serialize)]
struct Recipe {
    kind: &'static str,
    title: &'static str,
    needs_root: bool,
    at_once: Step,
    steps: Vec<Step>,
    script: String,
}

impl Recipe {
    fn of(recipe: &recipe::Recipe) -> Self {
        Self {
            kind: recipe.kind.slug(),
            title: recipe.kind.title(),
            needs_root: recipe.needs_root(),
            at_once: Step::of(&recipe.around),
            steps: recipe.steps.iter().map(Step::of).collect(),
            script: sh::script(recipe),
        }
    }
}

#[derive(Serialize)]
struct Step {
    id: &'static str,
    title: String,
    why: String,
    privilege: &'static str,
    destroys: Option<&'static str>,
    by_hand: bool,
    commands: Vec<String>,
    verify: Vec<String>,
    otherwise: Option<String>,
}

impl Step {
    fn of(step: &recipe::Step) -> Self {
        Self {
            id: step.id,
            title: step.title.clone(),
            why: step.why.clone(),
            privilege: match step.privilege {
                Privilege::User => "user",
                Privilege::Root => "root",
            },
            destroys: step.destroys,
            by_hand: step.by_hand,
            commands: step.commands.iter().flat_map(sh::typed).collect(),
            verify: step.verify.iter().flat_map(sh::typed).collect(),
            otherwise: step.otherwise.clone(),
        }
    }
}
