//! `unwedge preflight`: counts, probes, refuses or not.

use super::{
    Status, ground,
    options::Options,
    output::{self, Target},
};
use crate::{
    core::decision::{self, Decision},
    report::Report,
};

pub(super) fn run(options: &Options) -> Status {
    let Some((mounts, facts)) = ground::look(options) else { return Status::Trouble };
    let decision = decision::before(&mounts.count, options.refuse_at, facts.probe.as_ref());
    let status = if decision == Decision::Nothing { Status::Clear } else { Status::Refused };
    let report = Report::of_host("preflight", options.refuse_at, mounts, facts, decision);
    status.max(output::show(&report, options, Target::Stdout))
}
