//! Transforms whose label is their own.

use super::{Transform, Variant, is_wedge, lines, noise, sentinels};
use crate::{
    core::{
        recipe::RecipeKind,
        sentinel::Sentinel,
        verdict::{Link, NearMissKind},
    },
    corpus::{
        evaluation::{Expected, Near},
        manifest::{Case, Label},
        random::Random,
    },
};

/// Clear, and no recipe: nothing is to be done.
fn clear(near: Near) -> Expected {
    Expected { near, recipe: Some(None), ..Expected::label(Label::Clear) }
}

/// What must come of a case that a container prints.
pub(super) fn in_a_container(case: &Case) -> Expected {
    clear(if is_wedge(case) { Near::Holds(NearMissKind::ContainerOutput) } else { Near::Any })
}

/// Every occurrence of one sentinel gone, or with another letter in it.
pub(super) fn without(transform: Transform, bytes: &[u8], random: &mut Random) -> Option<Variant> {
    let activity = matches!(transform, Transform::ActivityRemoved | Transform::ActivityLetter);
    let removed = matches!(transform, Transform::ActivityRemoved | Transform::ErofsRemoved);
    let which = if activity { Sentinel::Activity } else { Sentinel::Erofs };
    let made =
        sentinels::changed(
            bytes,
            &[which],
            |phrase| {
                if removed { Vec::new() } else { other_letter(phrase, random) }
            },
        )?;
    // An activity failure with another cause can stand beside: whether a recipe follows is its matter.
    Some(Variant::new(made, Expected::label(Label::Clear)))
}

fn other_letter(phrase: &[u8], random: &mut Random) -> Vec<u8> {
    let letters: Vec<usize> = (0..phrase.len()).filter(|at| phrase[*at].is_ascii_alphabetic()).collect();
    let at = random.one_of(&letters);
    let mut made = phrase.to_vec();
    // One to 25 letters further on is never the same, in either case.
    let old = made[at].to_ascii_lowercase() - b'a';
    let further = u8::try_from(1 + random.below(25)).unwrap_or(1);
    made[at] = b'a' + (old + further) % 26;
    made
}

/// Another cause in the place of EROFS, wherever it follows an activity sentinel on its line.
pub(super) fn other_cause(case: &Case, bytes: &[u8], random: &mut Random) -> Option<Variant> {
    const CAUSES: [(&[u8], Option<RecipeKind>); 7] = [
        (b"no space left on device", Some(RecipeKind::DiskFull)),
        (b"disk quota exceeded", Some(RecipeKind::DiskFull)),
        (b"permission denied", Some(RecipeKind::Ownership)),
        (b"operation not permitted", Some(RecipeKind::NotPermitted)),
        (b"input/output error", None),
        (b"stale file handle", None),
        (b"connection timed out", None),
    ];
    if !is_wedge(case) || case.link != Some(Link::Line) {
        return None;
    }
    let (reason, recipe) = random.one_of(&CAUSES);
    let mut made = Vec::with_capacity(bytes.len());
    for line in lines(bytes) {
        let activity = sentinels::places(line).into_iter().find(|(_, s)| *s == Sentinel::Activity);
        let from = activity.map_or(line.len(), |(at, _)| at);
        let (head, rest) = line.split_at(from);
        made.extend_from_slice(head);
        let changed = sentinels::changed(rest, &[Sentinel::Erofs], |_| reason.to_vec());
        made.extend(changed.unwrap_or_else(|| rest.to_vec()));
        made.push(b'\n');
    }
    let near = Near::Holds(NearMissKind::ActivityFailure);
    Some(Variant::new(made, Expected { recipe: Some(recipe), ..clear(near) }))
}

/// Each sentinel in quotes that mean nothing to any envelope.
pub(super) fn quoted(case: &Case, bytes: &[u8]) -> Option<Variant> {
    let made = sentinels::changed(bytes, &Sentinel::ALL, |phrase| [b"`", phrase, b"`"].concat())?;
    is_wedge(case).then(|| Variant::new(made, clear(Near::Holds(NearMissKind::Mentioned))))
}

/// Each line with both sentinels cut in front of the second, which goes to the end of the stream, far
/// away. Only where nothing but the line's end follows it: an envelope that is cut is none any more.
fn tear(case: &Case, bytes: &[u8]) -> Option<Vec<u8>> {
    if !is_wedge(case) || case.link != Some(Link::Line) {
        return None;
    }
    let (mut made, mut rests) = (Vec::new(), Vec::new());
    for line in lines(bytes) {
        let places = sentinels::places(line);
        let both = matches!(&places[..], [(_, Sentinel::Activity), .., (_, Sentinel::Erofs)]);
        let cut = if both { places[places.len() - 1].0 } else { line.len() };
        let (head, rest) = line.split_at(cut);
        if both && (places.len() > 2 || rest.trim_ascii_end().len() > Sentinel::Erofs.phrase().len()) {
            return None;
        }
        made.extend_from_slice(head);
        made.push(b'\n');
        if both {
            rests.extend_from_slice(rest);
            rests.push(b'\n');
        }
    }
    made.extend_from_slice(&noise::NOISE);
    made.extend(rests);
    Some(made)
}

/// The wedge over two lines.
pub(super) fn torn(case: &Case, bytes: &[u8]) -> Option<Variant> {
    let expected = Expected { link: Some(Link::Stream), erofs_line: None, ..Expected::of(case) };
    tear(case, bytes).map(|made| Variant::new(made, expected))
}

/// The same, where one line is asked for: what is left is an activity failure that names no cause.
pub(super) fn torn_same_line(case: &Case, bytes: &[u8]) -> Option<Variant> {
    let expected = clear(Near::Holds(NearMissKind::ActivityFailure));
    tear(case, bytes).map(|made| Variant { require_same_line: true, ..Variant::new(made, expected) })
}
