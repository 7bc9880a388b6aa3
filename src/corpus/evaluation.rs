//! What must come of a stream, what came, and where the two differ.

use super::{
    manifest::{Case, Label},
    words,
};
use crate::{
    core::{
        decision,
        mountinfo::MountCount,
        recipe::RecipeKind,
        verdict::{Link, NearMissKind, Verdict},
    },
    report::slug,
};
use std::fmt;

/// What came of a stream: the verdict as far as a case has words for it, and the recipe that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The label that the verdict gives.
    pub label: Label,
    /// Of a wedge: its link.
    pub link: Option<Link>,
    /// Of a wedge: the lines of the activity and the EROFS sighting.
    pub lines: Option<(u64, u64)>,
    /// Of a clear stream: the near misses with their lines, in the order of the stream.
    pub near: Vec<(NearMissKind, u64)>,
    /// The recipe that is decided on.
    pub recipe: Option<RecipeKind>,
}

impl Outcome {
    /// What a verdict gives with this mount count; none is an unknown one. No probe is asked: a stream
    /// shows none.
    #[must_use]
    pub fn of(verdict: &Verdict, mounts: Option<u64>) -> Self {
        let unknown = || MountCount::Unknown("the case has no mount count".into());
        let count = mounts.map_or_else(unknown, MountCount::Known);
        let recipe = decision::after(verdict, &count, None).recipe();
        match verdict {
            Verdict::Wedge(wedge) => Self {
                label: Label::Wedge,
                link: Some(wedge.link),
                lines: Some((wedge.activity.line, wedge.erofs.line)),
                near: Vec::new(),
                recipe,
            },
            Verdict::Clear(near) => Self {
                label: Label::Clear,
                link: None,
                lines: None,
                near: near.iter().map(|miss| (miss.kind, miss.sighting.line)).collect(),
                recipe,
            },
        }
    }
}

/// What the near misses must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Near {
    /// Nobody asks.
    Any,
    /// This one among others.
    Holds(NearMissKind),
    /// These, on these lines.
    Exactly(Vec<(NearMissKind, u64)>),
}

/// What must come of a stream. What is none is not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The label.
    pub label: Label,
    /// The link of a wedge.
    pub link: Option<Link>,
    /// The line of a wedge's activity sighting.
    pub activity_line: Option<u64>,
    /// The line of a wedge's EROFS sighting.
    pub erofs_line: Option<u64>,
    /// The near misses of a clear stream.
    pub near: Near,
    /// The recipe, or that there is none.
    pub recipe: Option<Option<RecipeKind>>,
}

impl Expected {
    /// What a case says of its bytes. Of one that is judged wrongly only that it is, and to which label.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        if case.is_flawed() {
            let other = match case.label {
                Label::Wedge => Label::Clear,
                Label::Clear => Label::Wedge,
            };
            return Self::label(other);
        }
        Self {
            label: case.label,
            link: case.link,
            activity_line: case.activity_line,
            erofs_line: case.erofs_line,
            near: match case.label {
                Label::Wedge => Near::Any,
                Label::Clear => Near::Exactly(case.near()),
            },
            recipe: Some(case.recipe),
        }
    }

    /// A label and no more.
    #[must_use]
    pub const fn label(label: Label) -> Self {
        Self { label, link: None, activity_line: None, erofs_line: None, near: Near::Any, recipe: None }
    }

    /// The same on other lines.
    #[must_use]
    pub fn on_lines(mut self, moved: impl Fn(u64) -> u64) -> Self {
        self.activity_line = self.activity_line.map(&moved);
        self.erofs_line = self.erofs_line.map(&moved);
        if let Near::Exactly(near) = &mut self.near {
            for (_, line) in near {
                *line = moved(*line);
            }
        }
        self
    }

    /// Whether this is what came.
    #[must_use]
    pub fn holds(&self, outcome: &Outcome) -> bool {
        let (activity, erofs) = outcome.lines.unzip();
        self.label == outcome.label
            && (self.link.is_none() || self.link == outcome.link)
            && (self.activity_line.is_none() || self.activity_line == activity)
            && (self.erofs_line.is_none() || self.erofs_line == erofs)
            && self.recipe.is_none_or(|recipe| recipe == outcome.recipe)
            && match &self.near {
                Near::Any => true,
                Near::Holds(kind) => outcome.near.iter().any(|(seen, _)| seen == kind),
                Near::Exactly(near) => *near == outcome.near,
            }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str(self.label.word())?;
        if let Some(link) = self.link {
            write!(to, ", link {}", words::of_link(link))?;
        }
        if let Some(line) = self.activity_line {
            write!(to, ", activity sentinel on line {line}")?;
        }
        if let Some(line) = self.erofs_line {
            write!(to, ", EROFS sentinel on line {line}")?;
        }
        match &self.near {
            Near::Any => {}
            Near::Holds(kind) => write!(to, ", near miss {}", slug(*kind))?,
            Near::Exactly(near) => write!(to, ", {}", listed(near))?,
        }
        self.recipe.map_or(Ok(()), |recipe| write!(to, ", {}", chosen(recipe)))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let (activity_line, erofs_line) = self.lines.unzip();
        let near = match self.label {
            Label::Wedge => Near::Any,
            Label::Clear => Near::Exactly(self.near.clone()),
        };
        let (label, link, recipe) = (self.label, self.link, Some(self.recipe));
        Expected { label, link, activity_line, erofs_line, near, recipe }.fmt(to)
    }
}

fn listed(near: &[(NearMissKind, u64)]) -> String {
    if near.is_empty() {
        return "no near miss".into();
    }
    let each: Vec<String> =
        near.iter().map(|(kind, line)| format!("{} (line {line})", slug(*kind))).collect();
    format!("near misses {}", each.join(", "))
}

fn chosen(recipe: Option<RecipeKind>) -> String {
    recipe.map_or_else(|| "no recipe".into(), |recipe| format!("recipe {}", recipe.slug()))
}
