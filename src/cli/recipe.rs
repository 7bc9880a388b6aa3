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
    report::{self, Report},
};

pub(super) fn run(kind: Option<RecipeKind>, options: &Options) -> Status {
    let Some((mounts, facts)) = ground::look(options) else { return Status::Trouble };
    let decision = match kind {
        Some(recipe) => Decision::Recover { recipe, read_only_besides: false },
        None => decision::wedged(&mounts.count, ground::told(options, &facts)),
    };
    if let (Decision::Uncounted { why }, Format::Sh) = (&decision, options.format) {
        let why = report::sanitize(why.as_bytes());
        output::tell(&format!("unwedge: no recipe is chosen: {why}; give --mounts N or --for RECIPE\n"));
        return Status::Trouble;
    }
    let report = Report {
        command: "recipe",
        refuse_at: options.refuse_at,
        verdicts: Vec::new(),
        unread: Vec::new(),
        mounts,
        facts,
        decision,
        run: None,
    };
    output::show(&report, options, Target::Stdout)
}
