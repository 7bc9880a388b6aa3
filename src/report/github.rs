//! Workflow commands of GitHub Actions, which show a report as an annotation.

use super::{Report, human};
use crate::core::decision::Decision;
use std::fmt::Write;

/// An `::error` for a wedge or a refusal, a `::warning` for an activity failure with another cause,
/// else nothing. One line: nothing of a stream can end a command or begin one.
#[must_use]
pub fn commands(report: &Report) -> String {
    let (level, title) = match &report.decision {
        Decision::Nothing => return String::new(),
        Decision::Refuse { .. } => ("error", "unwedge refuses to start the build"),
        Decision::Recover { .. } | Decision::Uncounted { .. } => ("error", "docker buildx is wedged"),
        Decision::Advise { .. } => ("warning", "buildx cannot write its activity file"),
    };
    let mut message = String::new();
    for judged in report.verdicts.iter().filter(|judged| judged.is_remarkable()) {
        message.push_str(&human::verdict(&judged.label(), &judged.verdict));
    }
    // Writing to a String cannot fail.
    let _ = write!(message, "{}", human::decision(report));
    let message = anstream::adapter::strip_str(&message).to_string();
    format!("::{level} title={}::{}\n", property(title), data(message.trim_end()))
}

/// The message of a command: only `%` and the ends of lines mean something in it.
#[must_use]
pub fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command, which colon and comma end as well.
#[must_use]
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_ends_a_command() {
        assert_eq!(data("a%0A\r\n::error::x, y"), "a%250A%0D%0A::error::x, y");
        assert_eq!(property("a:b,c\n%"), "a%3Ab%2Cc%0A%25");
    }
}
