//! The job summary of GitHub Actions: Markdown.

use super::{Report, human_run};
use crate::core::decision::Decision;

/// The report as a section of Markdown. Empty where there is nothing to do. Nothing of a stream can end
/// the block that it stands in.
#[must_use]
pub fn section(report: &Report) -> String {
    let title = match &report.decision {
        Decision::Nothing => return String::new(),
        Decision::Refuse { .. } => "unwedge refused to start the build",
        Decision::Recover { .. } | Decision::Uncounted { .. } => "docker buildx is wedged",
        Decision::Advise { .. } => "buildx cannot write its activity file",
    };
    let text = anstream::adapter::strip_str(&human_run::concluded(report)).to_string();
    format!("### {title}\n\n<pre>\n{}</pre>\n", escaped(&text))
}

/// Text in HTML. A block of `<pre>` ends only with its own end tag.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_ends_the_block() {
        assert_eq!(super::escaped("</pre> & ```"), "&lt;/pre&gt; &amp; ```");
    }
}
