//! Reports of any content, and what the JSON of one says, as the values that it was made from.

use crate::{
    document::{self, Bytes},
    facts::{Draft, bytes, names, perhaps, text},
};
use arbitrary::{Result, Unstructured};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::time::Duration;
use unwedge::{
    core::{
        decision::Decision,
        mountinfo::MountCount,
        recipe::RecipeKind,
        retry::{Ended, Reason},
        sentinel::Sentinel,
        verdict::{Cause, CauseKind, Link, NearMiss, NearMissKind, Quote, Sighting, Verdict, Wedge},
    },
    host::Mounts,
    report::{Attempt, Fallback, Judged, Original, Report, Run, Unread, Way, slug},
    stream::{Kept, Source},
};

const NEAR_MISSES: [NearMissKind; 5] = [
    NearMissKind::ActivityFailure,
    NearMissKind::StateDirUnwritable,
    NearMissKind::ContainerOutput,
    NearMissKind::Mentioned,
    NearMissKind::ReadOnlyElsewhere,
];
const CAUSES: [(CauseKind, &str); 4] = [
    (CauseKind::DiskFull, "disk-full"),
    (CauseKind::Ownership, "ownership"),
    (CauseKind::NotPermitted, "not-permitted"),
    (CauseKind::Other, "other"),
];
const SOURCES: [(Source, &str); 3] =
    [(Source::Stdout, "stdout"), (Source::Stderr, "stderr"), (Source::Terminal, "terminal")];
const WAYS: [Way; 2] = [Way::StateDirectory, Way::LegacyBuilder];

/// A report of any content.
pub fn report(mut input: Unstructured) -> Result<Report> {
    let made = &mut input;
    let command = made.choose(&["filter", "check", "preflight", "recipe", "run"])?;
    let refuse_at = made.arbitrary()?;
    let verdicts = several(made, judged)?;
    let unread = several(made, |input| Ok(Unread { input: perhaps(input, bytes)?, error: text(input)? }))?;
    let mounts = Mounts { count: count(made)?, source: bytes(made)?, points: several(made, bytes)? };
    let decision = decision(made)?;
    let run = perhaps(made, run)?;
    let draft = Draft::of(made)?;
    let facts = draft.with(&names(input));
    Ok(Report { command, refuse_at, verdicts, unread, mounts, facts, decision, run })
}

fn several<'i, T>(
    input: &mut Unstructured<'i>,
    make: impl Fn(&mut Unstructured<'i>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = input.int_in_range(0..=3u8)?;
    (0..count).map(|_| make(input)).collect()
}

fn judged(input: &mut Unstructured) -> Result<Judged> {
    let source = perhaps(input, |input| Ok(input.choose(&SOURCES)?.0))?;
    Ok(Judged { input: perhaps(input, bytes)?, source, verdict: verdict(input)? })
}

fn verdict(input: &mut Unstructured) -> Result<Verdict> {
    Ok(if input.arbitrary()? {
        Verdict::Wedge(Wedge {
            activity: sighting(input, Sentinel::Activity)?,
            erofs: sighting(input, Sentinel::Erofs)?,
            link: *input.choose(&[Link::Line, Link::Stream])?,
            quote: quote(input)?,
        })
    } else {
        Verdict::Clear(several(input, |input| {
            let sentinel = *input.choose(&Sentinel::ALL)?;
            Ok(NearMiss {
                kind: *input.choose(&NEAR_MISSES)?,
                sighting: sighting(input, sentinel)?,
                quote: quote(input)?,
                cause: perhaps(input, cause)?,
            })
        })?)
    })
}

fn sighting(input: &mut Unstructured, sentinel: Sentinel) -> Result<Sighting> {
    Ok(Sighting { sentinel, offset: input.arbitrary()?, line: input.arbitrary()? })
}

fn quote(input: &mut Unstructured) -> Result<Quote> {
    Ok(Quote { bytes: bytes(input)?, cut: input.arbitrary()? })
}

fn cause(input: &mut Unstructured) -> Result<Cause> {
    Ok(Cause { text: bytes(input)?, kind: input.choose(&CAUSES)?.0 })
}

fn count(input: &mut Unstructured) -> Result<MountCount> {
    Ok(if input.arbitrary()? {
        MountCount::Known(input.arbitrary()?)
    } else {
        MountCount::Unknown(text(input)?)
    })
}

fn decision(input: &mut Unstructured) -> Result<Decision> {
    let recipe = |input: &mut Unstructured| input.choose(&RecipeKind::ALL).copied();
    Ok(match input.int_in_range(0..=4u8)? {
        0 => Decision::Nothing,
        1 => Decision::Refuse { recipe: perhaps(input, recipe)?, read_only_besides: input.arbitrary()? },
        2 => Decision::Recover { recipe: recipe(input)?, read_only_besides: input.arbitrary()? },
        3 => Decision::Uncounted { why: text(input)? },
        _ => Decision::Advise { cause: cause(input)?, recipe: perhaps(input, recipe)? },
    })
}

fn run(input: &mut Unstructured) -> Result<Run> {
    let duration = |input: &mut Unstructured| input.arbitrary().map(Duration::from_millis);
    Ok(Run {
        command: several(input, bytes)?,
        limit: input.arbitrary()?,
        attempts: several(input, |input| {
            let ended = perhaps(input, |input| {
                let kind = *input.choose(&[Ended::Exited, Ended::Killed] as &[fn(u8) -> Ended])?;
                input.arbitrary().map(kind)
            })?;
            Ok(Attempt {
                number: input.arbitrary()?,
                fallback: input.arbitrary()?,
                ended,
                took: duration(input)?,
                reason: *input.choose(&Reason::ALL)?,
                phrase: perhaps(input, bytes)?,
                delay: perhaps(input, duration)?,
                before: count(input)?,
                after: perhaps(input, count)?,
                verdicts: several(input, judged)?,
            })
        })?,
        fallback: perhaps(input, |input| {
            let way = *input.choose(&WAYS)?;
            Ok(Fallback { way, directory: perhaps(input, bytes)?, error: perhaps(input, text)? })
        })?,
        original: perhaps(input, |input| {
            let kept = Kept { head: bytes(input)?, left_out: input.arbitrary()?, tail: bytes(input)? };
            Ok(Original { attempt: input.arbitrary()?, source: input.choose(&SOURCES)?.0, kept })
        })?,
    })
}

/// The bytes that a field stands for. Base64 is for those alone that are no text.
pub fn raw(field: &Bytes) -> Vec<u8> {
    match field {
        Bytes::Text(text) => text.clone().into_bytes(),
        Bytes::Other { base64 } => {
            let bytes = STANDARD.decode(base64).unwrap();
            assert!(std::str::from_utf8(&bytes).is_err(), "text in base64: {base64}");
            bytes
        }
    }
}

fn perhaps_raw(field: Option<&Bytes>) -> Option<Vec<u8>> {
    field.map(raw)
}

fn named<T: Copy>(table: &[(T, &str)], name: &str) -> T {
    table.iter().find(|(_, known)| *known == name).unwrap_or_else(|| panic!("{name}")).0
}

/// The stream that a field is of.
pub fn judged_of(stream: &document::Stream) -> Judged {
    let sighting =
        |sentinel, at: &document::Sighting| Sighting { sentinel, offset: at.offset, line: at.line };
    let quote = |quote: &document::Quote| Quote { bytes: raw(&quote.text), cut: quote.cut };
    let verdict = match stream {
        document::Stream {
            verdict,
            link: None,
            activity: None,
            erofs: None,
            quote: None,
            near_misses,
            ..
        } => {
            assert_eq!(verdict, "clear");
            let miss = |miss: &document::NearMiss| {
                let sentinels = [(Sentinel::Activity, "activity"), (Sentinel::Erofs, "erofs")];
                let at = document::Sighting { offset: miss.offset, line: miss.line };
                NearMiss {
                    kind: named(&NEAR_MISSES.map(|kind| (kind, slug(kind))), &miss.kind),
                    sighting: sighting(named(&sentinels, &miss.sentinel), &at),
                    quote: quote(&miss.quote),
                    cause: miss
                        .cause
                        .as_ref()
                        .map(|cause| Cause { text: raw(&cause.text), kind: named(&CAUSES, &cause.kind) }),
                }
            };
            Verdict::Clear(near_misses.iter().map(miss).collect())
        }
        document::Stream {
            verdict,
            link: Some(link),
            activity: Some(activity),
            erofs: Some(erofs),
            quote: Some(line),
            near_misses,
            ..
        } => {
            assert_eq!((verdict.as_str(), near_misses.as_slice()), ("wedge", &[][..]));
            Verdict::Wedge(Wedge {
                activity: sighting(Sentinel::Activity, activity),
                erofs: sighting(Sentinel::Erofs, erofs),
                link: named(&[(Link::Line, "line"), (Link::Stream, "stream")], link),
                quote: quote(line),
            })
        }
        half => panic!("{half:?}"),
    };
    Judged {
        input: perhaps_raw(stream.input.as_ref()),
        source: stream.stream.as_ref().map(|name| named(&SOURCES, name)),
        verdict,
    }
}

/// The stream that could not be read that a field is of.
pub fn unread_of(unread: &document::Unread) -> Unread {
    Unread { input: perhaps_raw(unread.input.as_ref()), error: unread.error.clone() }
}

fn count_of(count: Option<u64>, unknown: Option<&String>) -> MountCount {
    match (count, unknown) {
        (Some(count), None) => MountCount::Known(count),
        (None, Some(why)) => MountCount::Unknown(why.clone()),
        both => panic!("{both:?}"),
    }
}

/// The mounts that a field is of.
pub fn mounts_of(mounts: &document::Mounts) -> Mounts {
    Mounts {
        count: count_of(mounts.count, mounts.unknown.as_ref()),
        source: raw(&mounts.source),
        points: mounts.leaked.iter().map(raw).collect(),
    }
}

/// The decision that a field is of, but for the kind of a cause, which is not told there.
pub fn decision_of(decision: &document::Decision, kind: CauseKind) -> Decision {
    let recipes = RecipeKind::ALL.map(|kind| (kind, kind.slug()));
    let recipe = decision.recipe.as_ref().map(|name| named(&recipes, name));
    let read_only_besides = decision.read_only_besides;
    match (decision.kind.as_str(), recipe, decision.why.as_ref()) {
        ("nothing", None, None) if !read_only_besides => Decision::Nothing,
        ("refuse", recipe, None) => Decision::Refuse { recipe, read_only_besides },
        ("recover", Some(recipe), None) => Decision::Recover { recipe, read_only_besides },
        ("uncounted", None, Some(Bytes::Text(why))) if !read_only_besides => {
            Decision::Uncounted { why: why.clone() }
        }
        ("advise", recipe, Some(why)) if !read_only_besides => {
            Decision::Advise { cause: Cause { text: raw(why), kind }, recipe }
        }
        _ => panic!("{decision:?}"),
    }
}

/// The run that a field is of.
pub fn run_of(run: &document::Run) -> Run {
    let count = |count: &document::Count| count_of(count.count, count.unknown.as_ref());
    let reasons = Reason::ALL.map(|reason| (reason, reason.slug()));
    let attempt = |attempt: &document::Attempt| Attempt {
        number: attempt.number,
        fallback: attempt.fallback,
        ended: match (attempt.status, attempt.signal) {
            (None, None) => None,
            (Some(status), None) => Some(Ended::Exited(status)),
            (None, Some(signal)) => Some(Ended::Killed(signal)),
            both => panic!("{both:?}"),
        },
        took: Duration::from_millis(attempt.duration_ms),
        reason: named(&reasons, &attempt.reason),
        phrase: perhaps_raw(attempt.phrase.as_ref()),
        delay: attempt.delay_ms.map(Duration::from_millis),
        before: count(&attempt.mounts_before),
        after: attempt.mounts_after.as_ref().map(count),
        verdicts: attempt.verdicts.iter().map(judged_of).collect(),
    };
    Run {
        command: run.command.iter().map(raw).collect(),
        limit: run.limit,
        attempts: run.attempts.iter().map(attempt).collect(),
        fallback: run.fallback.as_ref().map(|fallback| Fallback {
            way: named(&WAYS.map(|way| (way, way.slug())), &fallback.kind),
            directory: perhaps_raw(fallback.directory.as_ref()),
            error: fallback.error.clone(),
        }),
        original: run.stderr.as_ref().map(|original| Original {
            attempt: original.attempt,
            source: named(&SOURCES, &original.stream),
            kept: Kept { head: raw(&original.head), left_out: original.left_out, tail: raw(&original.tail) },
        }),
    }
}
