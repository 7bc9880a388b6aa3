//! Whatever names the paths of this host have: a shell reads of a recipe's script, and of every line that a person is
//! shown, what it reads of one with harmless names, each name as plain text of one word. `sh -n` accepts it.

#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    process::{Command, Stdio},
};
use unwedge::{
    core::recipe::{Recipe, RecipeKind, Step},
    report::{
        sanitize,
        sh::{failing, script, typed},
    },
};
use unwedge_fuzz::{
    facts::{Draft, names},
    structure::{placeholders, said, same},
};

/// Starting a shell takes a thousand times as long as everything else: one in so many inputs, chosen by its bytes.
const SHELL_EVERY: u64 = 2048;

fuzz_target!(|bytes: &[u8]| {
    let mut input = Unstructured::new(bytes);
    let Ok(kind) = input.choose(&RecipeKind::ALL).copied() else { return };
    let Ok(draft) = Draft::of(&mut input) else { return };
    let names = names(input);
    let facts = draft.with(&names);
    // Where nobody could tell the state directory, that of root is named, and by it such steps are known.
    let probed = facts.probe.iter().map(|probe| &probe.probed);
    if probed.into_iter().any(|path| String::from_utf8_lossy(path).contains("/root/.docker/buildx")) {
        return;
    }
    let recipe = Recipe::new(kind, &facts);
    let harmless = Recipe::new(kind, &draft.with(&placeholders()));
    let text = script(&recipe);
    same(&text, &script(&harmless), &names);
    assert_eq!(recipe.steps.len(), harmless.steps.len());
    for (step, harmless) in recipe.steps.iter().zip(&harmless.steps) {
        same(&shown(step), &shown(harmless), &names);
    }

    let why = String::from_utf8_lossy(&names[0]);
    let sad = failing(&why);
    assert_eq!(said(&sad), sanitize(format!("unwedge: {why}").as_bytes()).as_bytes());

    let mut hash = DefaultHasher::new();
    bytes.hash(&mut hash);
    if hash.finish().is_multiple_of(SHELL_EVERY) {
        for text in [text, sad] {
            accepted(&text);
        }
    }
});

/// The lines that a person is shown.
fn shown(step: &Step) -> String {
    step.commands.iter().chain(&step.verify).flat_map(typed).map(|line| line + "\n").collect()
}

fn accepted(text: &str) {
    let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().expect("there is a shell");
    shell.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it reads all of it");
    assert!(shell.wait().expect("its own child").success(), "{text}");
}
