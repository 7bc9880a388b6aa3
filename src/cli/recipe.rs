//! `unwedge recipe`: the recipe for a wedge on this host, or one by name.

use super::{
    Status, ground,
    options::{Format, Options},
    output::{self, Target},
};
use crate::{
    core::{
        decision::{self, Decision},
        recipe::RecipeKind,
    },
    report::{self, Report, human},
};

pub(super) fn run(kind: Option<RecipeKind>, options: &Options) -> Status {
    let Some((mounts, facts)) = ground::look(options) else { return Status::Trouble };
    let decision = match kind {
        Some(recipe) => Decision::Recover { recipe, read_only_besides: false },
        None => decision::wedged(&mounts.count, ground::told(options, &facts)),
    };
    // A script that fails is for pipes; who asks for a recipe is told at once.
    if let (Some(why), Format::Sh) = (human::unchosen(&decision), options.format) {
        output::tell(&format!("unwedge: {}\n", report::sanitize(why.as_bytes())));
        return Status::Trouble;
    }
    let report = Report::of_host("recipe", options.refuse_at, mounts, facts, decision);
    output::show(&report, options, Target::Stdout)
}
