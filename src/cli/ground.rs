//! What a decision stands on: the mount count and the probe.

use super::{
    options::{MountsFrom, Options},
    output,
};
use crate::{
    core::{mountinfo::MountCount, recipe::Facts, state::Probe},
    host::{self, Mounts, OwnTable},
    report,
};

/// Counts and probes. None, and said, where the file of `--mountinfo` is no mount table.
pub(super) fn look(options: &Options) -> Option<(Mounts, Facts)> {
    look_as(options, &host::variables)
}

/// The same for a command that gets these variables.
pub(super) fn look_as(options: &Options, variables: host::Variables) -> Option<(Mounts, Facts)> {
    let (context, own) = (host::context(variables), OwnTable::default());
    let mounts = match (&options.mountinfo, options.mounts) {
        (Some(path), _) => match host::from_file(path) {
            Ok(mounts) => mounts,
            Err(error) => {
                let path = report::sanitize(path.as_os_str().as_encoded_bytes());
                output::tell(&format!("unwedge: cannot count mounts in {path}: {error}\n"));
                return None;
            }
        },
        (None, MountsFrom::Host) => host::count(variables, context.as_deref(), &own),
        (None, MountsFrom::Given(n)) => Mounts::given(MountCount::Known(n)),
        (None, MountsFrom::Unknown) => Mounts::given(MountCount::Unknown("--mounts unknown".into())),
    };
    let directory = host::directory(variables);
    let facts = Facts {
        probe: directory.as_deref().map(|directory| host::probe(directory, &own)),
        state_directory: directory.map(|path| path.into_os_string().into_encoded_bytes()),
        leaked: mounts.points.clone(),
        others: mounts.others(),
        context,
    };
    Some((mounts, facts))
}

/// The probe, unless a count from the command line silences it.
pub(super) fn told<'f>(options: &Options, facts: &'f Facts) -> Option<&'f Probe> {
    facts.probe.as_ref().filter(|_| !matches!(options.mounts, MountsFrom::Given(_)))
}
