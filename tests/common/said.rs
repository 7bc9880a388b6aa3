//! Streams and verdicts in few words, for tables.

use unwedge::{
    core::verdict::{Link, Verdict},
    report::slug,
};

/// buildx's own sentence.
pub const WEDGE: &str = "failed to update builder last activity time: open /home/dev/.docker/buildx/activity/.tmp-default1: read-only file system";

/// A stream: `$A` is the activity sentinel, `$E` the EROFS sentinel, `$W` buildx's own sentence.
pub fn filled(row: &str) -> String {
    row.replace("$W", WEDGE).replace("$A", &WEDGE[..43]).replace("$E", &WEDGE[WEDGE.len() - 21..])
}

/// A verdict: `wedge line 1 1`, with the lines of both sightings, or `clear` and the near misses with theirs.
pub fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Wedge(wedge) => {
            let link = if wedge.link == Link::Line { "line" } else { "stream" };
            format!("wedge {link} {} {}", wedge.activity.line, wedge.erofs.line)
        }
        Verdict::Clear(misses) => misses.iter().fold("clear".to_owned(), |said, miss| {
            let cause = miss.cause.as_ref().map_or(String::new(), |cause| format!(" ({:?})", cause.kind));
            format!("{said} {}@{}{cause}", slug(miss.kind), miss.sighting.line)
        }),
    }
}
