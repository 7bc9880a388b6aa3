//! `unwedge corpus add`.

use super::{broken, options::Add};
use crate::{
    cli::{
        Status,
        options::{MountsFrom, Options},
        output::{self, Target},
    },
    corpus::{
        add::{Draft, Refusal, Request},
        manifest::{Label, Provenance},
    },
    host,
    report::sanitize,
};
use std::{
    fmt::Write,
    fs,
    io::{self, Read},
    path::Path,
};

pub(super) fn run(own: &Add, options: &Options) -> Status {
    if own.label == Label::Clear && own.why.is_none() {
        return output::misused("a clear case needs a reason: --why TEXT");
    }
    let Some(name) = name(own) else {
        return output::misused("standard input has no name: give one with --name");
    };
    let bytes = match read(&own.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let file = sanitize(own.file.as_os_str().as_encoded_bytes());
            return output::misused(&format!("cannot read {file}: {error}"));
        }
    };
    let request = Request {
        bytes,
        name,
        label: own.label,
        // A log does not come from this host: here nothing is counted.
        mounts: match options.mounts {
            MountsFrom::Given(count) => Some(count),
            MountsFrom::Host | MountsFrom::Unknown => None,
        },
        why: own.why.clone(),
        known_failure: own.known_failure.clone(),
        provenance: Provenance {
            kind: own.provenance,
            tool: own.tool.clone(),
            command: own.command.clone(),
            produced: own.produced.clone(),
        },
        redact: (!own.no_redact).then(|| host::names(&host::variables)),
    };
    let draft = match Draft::new(&own.corpus, &request) {
        Ok(draft) => draft,
        Err(refusal) => return refused(&refusal),
    };
    if let Err(refusal) = draft.store() {
        return refused(&refusal);
    }
    output::say(options, Target::Stdout, &told(&draft))
}

fn name(own: &Add) -> Option<String> {
    let of_file = || {
        let stem = own.file.file_stem().filter(|_| own.file != Path::new("-"))?;
        Some(stem.to_string_lossy().into_owned())
    };
    own.name.clone().or_else(of_file)
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the classifier says beside the label, what was redacted, what was added.
fn told(draft: &Draft) -> String {
    let case = &draft.case;
    let mut text = format!("classifier: {}\nlabel:      {}\n", draft.outcome, case.label.word());
    // Writing to a String cannot fail.
    for (number, before, after) in &draft.redacted {
        let _ = writeln!(text, "@@ line {number} @@\n-{}\n+{}", sanitize(before), sanitize(after));
    }
    let lines = draft.redacted.len();
    let _ = writeln!(
        text,
        "added {}, redacted in {lines} places; only you can tell what is left of people and machines: read {}",
        sanitize(case.name.as_bytes()),
        sanitize(draft.path().as_os_str().as_encoded_bytes())
    );
    text
}

fn refused(refusal: &Refusal) -> Status {
    match refusal {
        Refusal::Broken(slips) => return broken(slips),
        Refusal::Io(error) => return output::misused(&format!("cannot add the case: {error}")),
        _ => output::tell(&format!("unwedge: not added: {}\n", sanitize(refusal.to_string().as_bytes()))),
    }
    Status::Failed
}
