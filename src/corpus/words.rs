//! The words of the manifest for what the rules call by types.

#![allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]

use super::near_miss;
use crate::{
    core::{
        recipe::RecipeKind,
        verdict::{Link, NearMissKind},
    },
    report::slug,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The word for a link.
pub(crate) const fn of_link(link: Link) -> &'static str {
    match link {
        Link::Line => "line",
        Link::Stream => "stream",
    }
}

fn one<T: Copy, E: Error>(word: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, E> {
    all.iter().copied().find(|&known| name(known) == word).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|&known| name(known)).collect();
        E::custom(format!("unknown word `{word}`, expected one of {}", known.join(", ")))
    })
}

/// An optional link.
pub(crate) mod link {
    use super::{Deserialize, Deserializer, Link, Serialize, Serializer, of_link, one};

    pub(crate) fn serialize<S: Serializer>(link: &Option<Link>, to: S) -> Result<S::Ok, S::Error> {
        link.map(of_link).serialize(to)
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Option<Link>, D::Error> {
        let word = Option::<String>::deserialize(from)?;
        word.map(|word| one(&word, &[Link::Line, Link::Stream], of_link)).transpose()
    }
}

/// An optional list of near misses.
pub(crate) mod near_misses {
    use super::{Deserialize, Deserializer, NearMissKind, Serialize, Serializer, near_miss, one, slug};

    pub(crate) fn serialize<S: Serializer>(
        kinds: &Option<Vec<NearMissKind>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        kinds.as_ref().map(|kinds| kinds.iter().map(|&kind| slug(kind)).collect::<Vec<_>>()).serialize(to)
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<Option<Vec<NearMissKind>>, D::Error> {
        let words = Option::<Vec<String>>::deserialize(from)?;
        words.map(|words| words.iter().map(|word| one(word, &near_miss::ALL, slug)).collect()).transpose()
    }
}

/// A recipe or `null`; the field is asked for.
pub(crate) mod recipe {
    use super::{Deserialize, Deserializer, RecipeKind, Serialize, Serializer, one};

    pub(crate) fn serialize<S: Serializer>(recipe: &Option<RecipeKind>, to: S) -> Result<S::Ok, S::Error> {
        recipe.map(RecipeKind::slug).serialize(to)
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Option<RecipeKind>, D::Error> {
        let word = Option::<String>::deserialize(from)?;
        word.map(|word| one(&word, &RecipeKind::ALL, RecipeKind::slug)).transpose()
    }
}
