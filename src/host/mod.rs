//! What is read from this machine: mount tables, the state directory, where the daemon is.
//!
//! Everything here only reads.

mod mounts;
mod names;
mod state;

pub use mounts::{Mounts, OwnTable, Unreadable, count, from_file};
pub use names::names;
pub use state::{directory, probe};

use std::ffi::OsString;

/// Environment variables, by name. Empty ones count as unset, as docker has it.
pub type Variables<'v> = &'v dyn Fn(&str) -> Option<OsString>;

/// Those of this process.
#[must_use]
pub fn variables(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The docker context in force, where it is not `default`: `DOCKER_CONTEXT`, else `currentContext`
/// of docker's `config.json`. `DOCKER_HOST` overrides both.
#[must_use]
pub fn context(variables: Variables) -> Option<String> {
    if variables("DOCKER_HOST").is_some() {
        return None;
    }
    let named = match variables("DOCKER_CONTEXT") {
        Some(name) => Some(name.to_string_lossy().into_owned()),
        None => current_context(variables),
    };
    named.filter(|name| name != "default")
}

fn current_context(variables: Variables) -> Option<String> {
    let folder = state::docker_config(variables)?;
    let bytes = std::fs::read(folder.join("config.json")).ok()?;
    let config: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    config.get("currentContext")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}
