//! The world as it is.

use super::{
    attempts::{Ground, World},
    fallback,
    options::FallbackTo,
};
use crate::{
    cli::{
        ground,
        options::{Format, MountsFrom, Options},
        output::{self, Target},
    },
    host,
    report::{self, Fallback, Way},
    stream::{self, Asked, Finished, Judges, Setup, Signals},
};
use std::{
    ffi::OsString,
    hash::{BuildHasher, RandomState},
    os::unix::ffi::OsStringExt,
    time::{Duration, Instant},
};

pub(super) struct Here<'o> {
    pub(super) options: &'o Options,
    pub(super) setup: Setup,
    pub(super) judges: Judges,
    pub(super) signals: Signals,
    pub(super) fallback: Option<&'o FallbackTo>,
    pub(super) start: Instant,
    /// Whether the last stream on our standard error ended within a line.
    pub(super) within_line: bool,
    /// Whether our output could not be written.
    pub(super) unwritten: bool,
}

/// A number by chance, from what the standard library seeds its hash tables with.
pub(super) fn chance() -> u64 {
    RandomState::new().hash_one(0)
}

impl Here<'_> {
    /// Our own lines begin lines.
    pub(super) fn end_line(&mut self) {
        if std::mem::take(&mut self.within_line) {
            output::calm();
            output::tell("\n");
        }
    }
}

/// The variables that a fallback sets.
fn variables(fallback: Option<&Fallback>) -> Vec<(OsString, OsString)> {
    match fallback {
        Some(Fallback { way: Way::LegacyBuilder, .. }) => vec![("DOCKER_BUILDKIT".into(), "0".into())],
        Some(Fallback { way: Way::StateDirectory, directory: Some(directory), .. }) => {
            vec![("BUILDX_CONFIG".into(), OsString::from_vec(directory.clone()))]
        }
        Some(_) | None => Vec::new(),
    }
}

impl World for Here<'_> {
    fn look(&mut self, fallback: Option<&Fallback>) -> Option<Ground> {
        let set = variables(fallback);
        let of = |name: &str| {
            let ours = set.iter().find(|(known, _)| known == name);
            ours.map_or_else(|| host::variables(name), |(_, value)| Some(value.clone()))
        };
        let (mounts, facts) = ground::look_as(self.options, &of)?;
        let probe_counts = !matches!(self.options.mounts, MountsFrom::Given(_));
        Some(Ground { mounts, facts, probe_counts })
    }

    fn run(&mut self, fallback: Option<&Fallback>) -> Option<Finished> {
        self.setup.variables = variables(fallback);
        let mut judges = self.judges.clone();
        if fallback.is_some() {
            // What is quoted is what it is used for.
            judges.keep = 0;
        }
        match stream::supervise(&self.setup, &judges, &mut self.signals) {
            Ok(finished) => {
                self.within_line = finished.within_line.unwrap_or(self.within_line);
                if let Some((stream, error, bytes)) = finished.unwritten() {
                    self.unwritten = true;
                    self.end_line();
                    output::tell(&format!(
                        "unwedge: cannot write {}: {error} after {bytes} bytes; the copy is incomplete\n",
                        stream.source.name()
                    ));
                }
                Some(finished)
            }
            Err(error) => {
                output::tell(&format!("unwedge: cannot run the command: {error}\n"));
                None
            }
        }
    }

    fn fallback(&mut self) -> Option<Fallback> {
        let asked = self.fallback?;
        let made = match (asked.way, &asked.directory) {
            (Way::LegacyBuilder, _) => {
                return Some(Fallback { way: asked.way, directory: None, error: None });
            }
            (Way::StateDirectory, None) => fallback::fresh(&mut chance),
            (Way::StateDirectory, Some(directory)) => fallback::named(directory),
        };
        let (directory, error) = match made {
            Ok(path) => (Some(path.into_os_string().into_vec()), None),
            Err(error) => {
                let named = asked.directory.as_ref().map(|path| path.as_os_str().as_encoded_bytes().to_vec());
                (named, Some(error.to_string()))
            }
        };
        let fallback = Fallback { way: asked.way, directory, error };
        let name = fallback.directory.as_deref().map_or_else(String::new, report::sanitize);
        self.say(&match &fallback.error {
            None => format!("unwedge: fallback {}: BUILDX_CONFIG={name}\n", asked.way.slug()),
            Some(error) => format!("unwedge: fallback {}: cannot use {name}: {error}\n", asked.way.slug()),
        });
        Some(fallback)
    }

    fn pause(&mut self, length: Duration) -> Option<Asked> {
        self.signals.wait(length)
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    #[expect(clippy::cast_precision_loss, reason = "half of the bits are chance enough")]
    fn chance(&mut self) -> f64 {
        chance() as f64 / u64::MAX as f64
    }

    fn say(&mut self, line: &str) {
        if self.options.quiet || self.options.format != Format::Human {
            return;
        }
        self.end_line();
        output::say(self.options, Target::Stderr, line);
    }
}
