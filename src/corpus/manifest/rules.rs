//! What a line must hold, whatever the classifier says.

use super::line::{Case, Label, is_inside};
use std::collections::BTreeSet;

/// What is wrong with a line.
pub(super) fn slips(case: &Case) -> Vec<String> {
    let mut slips = Vec::new();
    let mut ask = |holds: bool, what: &str| {
        if !holds {
            slips.push(format!("{}: {what}", case.name));
        }
    };
    let named = case.name.strip_prefix(case.label.word()).and_then(|rest| rest.strip_prefix('/'));
    ask(named.is_some_and(|name| !name.is_empty()), "a name is the label, a slash and more");
    ask(is_inside(&case.file), &format!("the file {} is outside wedge/, clear/ and limit/", case.file));
    let limit = case.file.starts_with("limit/");
    ask(limit == case.known_limit, "limit/ holds the cases that are a known_limit, and no others");
    ask(
        limit || !is_inside(&case.file) || case.file.starts_with(case.label.word()),
        "the file is in the folder of another label",
    );
    ask(!(case.known_limit && case.known_failure.is_some()), "a known limit is no known failure");
    let blank = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    ask(!blank(&case.known_failure) && !blank(&case.why), "an empty reason says nothing");
    match case.label {
        Label::Wedge => wedge(case, &mut ask),
        Label::Clear => clear(case, &mut ask),
    }
    slips
}

fn wedge(case: &Case, ask: &mut impl FnMut(bool, &str)) {
    ask(case.near_misses.is_none() && case.near_lines.is_none(), "a wedge has no near misses");
    let told = case.link.is_some() && case.activity_line.is_some() && case.erofs_line.is_some();
    ask(told || case.is_flawed(), "a wedge has a link and the lines of both sentinels");
}

fn clear(case: &Case, ask: &mut impl FnMut(bool, &str)) {
    let (kinds, lines) = (&case.near_misses, &case.near_lines);
    ask(case.link.is_none(), "a clear case has no link");
    ask(case.activity_line.is_none() && case.erofs_line.is_none(), "a clear case has near_lines alone");
    ask(case.why.is_some(), "a clear case says why it is one");
    ask(kinds.is_some() && lines.is_some(), "a clear case has near_misses and near_lines");
    let count = |of: Option<usize>| of.unwrap_or(0);
    let same = count(kinds.as_ref().map(Vec::len)) == count(lines.as_ref().map(Vec::len));
    ask(same, "near_misses and near_lines are of one length");
    ask(lines.iter().flatten().is_sorted(), "near_lines are in the order of the stream");
    let distinct: BTreeSet<_> = kinds.iter().flatten().collect();
    ask(distinct.len() == kinds.iter().flatten().count(), "a near miss is listed twice");
}
