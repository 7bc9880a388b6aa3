//! Who is at work, and where.

use super::Variables;

/// The names of the user and of the host, each once: what must not leave this machine with a log.
#[must_use]
pub fn names(variables: Variables) -> Vec<String> {
    let users = ["USER", "LOGNAME", "SUDO_USER"].iter().filter_map(|name| variables(name));
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let short = host.split('.').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> =
        users.filter_map(|name| name.into_string().ok()).chain([host, short]).collect();
    names.sort_unstable();
    names.dedup();
    names
}
