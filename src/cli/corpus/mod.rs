//! `unwedge corpus`: a labelled corpus against the classifier.

mod add;
mod check;
mod list;
mod options;

pub(super) use options::Command;

use super::{
    Status,
    options::{Format, Options},
    output,
};
use crate::{
    corpus::{add::init, manifest::Broken},
    report::sanitize,
};
use std::path::Path;

/// Where the corpus is, where nobody says.
const FOLDER: &str = "corpus";

pub(super) fn run(command: Option<&Command>, options: &Options) -> Status {
    match command {
        None => check::run(&options::Check::default(), options),
        Some(Command::Check(own)) => check::run(own, options),
        Some(Command::List(own)) => list::run(own, options),
        Some(Command::Init { folder }) => text_alone("init", options).unwrap_or_else(|| made(folder)),
        Some(Command::Add(own)) => text_alone("add", options).unwrap_or_else(|| add::run(own, options)),
    }
}

/// The status of a format that a command does not write.
fn text_alone(command: &str, options: &Options) -> Option<Status> {
    (options.format != Format::Human)
        .then(|| output::misused(&format!("`unwedge corpus {command}` writes text for a person alone")))
}

fn made(folder: &Path) -> Status {
    let name = sanitize(folder.as_os_str().as_encoded_bytes());
    match init(folder) {
        Ok(()) => {
            output::tell(&format!(
                "unwedge: made {name}; next: unwedge corpus add FILE --label wedge --corpus {name}\n"
            ));
            Status::Clear
        }
        Err(error) => output::misused(&format!("cannot make a corpus in {name}: {error}")),
    }
}

/// Says all that is wrong with a corpus.
fn broken(broken: &Broken) -> Status {
    for slip in broken.slips() {
        output::tell(&format!("unwedge: {}\n", sanitize(slip.as_bytes())));
    }
    Status::Trouble
}
