//! Recipes: ordered steps, as data.
//!
//! Nothing in a recipe comes from a stream: paths are those of the environment and of the mount
//! table alone ([`Facts`]). The steps and their order are those of DESIGN.md; what was measured about
//! each is told in README.md.

mod advice;
mod docker;
mod read_only;

use crate::core::state::Probe;

/// Which recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecipeKind {
    /// A wedge, found together with leaked mounts.
    LeakedMounts,
    /// A wedge without leaked mounts: the driver's state.
    DriverState,
    /// The state directory is on a read-only mount.
    ReadOnlyState,
    /// No space, no inodes, or a quota.
    DiskFull,
    /// The state directory belongs to somebody else.
    Ownership,
    /// The state directory is immutable, or its filesystem knows no owners.
    NotPermitted,
}

impl RecipeKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::LeakedMounts,
        Self::DriverState,
        Self::ReadOnlyState,
        Self::DiskFull,
        Self::Ownership,
        Self::NotPermitted,
    ];

    /// Its name in every report and on the command line.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::LeakedMounts => "leaked-mounts",
            Self::DriverState => "driver-state",
            Self::ReadOnlyState => "read-only-state",
            Self::DiskFull => "disk-full",
            Self::Ownership => "ownership",
            Self::NotPermitted => "not-permitted",
        }
    }

    /// What it does, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LeakedMounts => "unmount the leaked BuildKit mounts and rebuild the builder's state",
            Self::DriverState => "rebuild the state of the builder",
            Self::ReadOnlyState => "give buildx a writable state directory",
            Self::DiskFull => "make room for the state directory",
            Self::Ownership => "give the state directory back to the user who builds",
            Self::NotPermitted => "allow changes to the state directory again",
        }
    }
}

/// Who can run a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privilege {
    /// The user who builds.
    User,
    /// Root.
    Root,
}

/// One command of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A program with its arguments. Exit statuses in `tolerated` are no failure.
    Run {
        /// Program and arguments. None holds a NUL.
        argv: Vec<Vec<u8>>,
        /// The statuses besides 0 that are none.
        tolerated: &'static [u8],
    },
    /// `umount -l` of every leaked mount, last mounted first.
    UnmountLeaked {
        /// The mount points known when the recipe was made, last mounted first.
        known: Vec<Vec<u8>>,
        /// How many there were besides.
        others: u64,
    },
    /// Fails while a leaked mount is left.
    ExpectNoLeaked,
    /// Creates a file in a directory, which is made where it does not exist, and removes it.
    CreateFileIn(Vec<u8>),
    /// Points `BUILDX_CONFIG` at a new private directory.
    NewStateDirectory,
}

/// One step of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, unique in the recipe: lower-case letters and hyphens.
    pub id: &'static str,
    /// What it does.
    pub title: String,
    /// Why, or what to know before.
    pub why: String,
    /// Who can run it.
    pub privilege: Privilege,
    /// What it destroys, if anything.
    pub destroys: Option<&'static str>,
    /// What it runs; may be empty where there is only something to do by hand.
    pub commands: Vec<Command>,
    /// What tells that it worked.
    pub verify: Option<Command>,
    /// What to do where it fails.
    pub otherwise: Option<String>,
    /// Whether a person has to decide it: a script names it and does not run it.
    pub by_hand: bool,
}

/// What a recipe is made from. All paths are of this host, none of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Facts {
    /// The state directory; none where nobody could tell it.
    pub state_directory: Option<Vec<u8>>,
    /// What the probe of it found.
    pub probe: Option<Probe>,
    /// The mount points of the leaked mounts, first mounted first, where a table was read; of very many those that
    /// were mounted last.
    pub leaked: Vec<Vec<u8>>,
    /// How many leaked mounts there are besides.
    pub others: u64,
    /// The docker context in force, where it is not `default`.
    pub context: Option<String>,
}

/// Ordered steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Which one.
    pub kind: RecipeKind,
    /// What gets a build through now, without root and without touching the daemon.
    pub around: Step,
    /// The repair; the last step verifies that the condition is gone.
    pub steps: Vec<Step>,
    /// Who asked for it, where the probe told: the user id that a recipe without root is for.
    pub user: Option<u32>,
}

impl Recipe {
    /// Makes a recipe. Where the state directory is unknown, or is no absolute path below `/`, the
    /// commands name that of root for an example, and every step that changes something in it has
    /// to be done by hand: nothing is removed on a guess.
    #[must_use]
    pub fn new(kind: RecipeKind, facts: &Facts) -> Self {
        let steps = match kind {
            RecipeKind::LeakedMounts => docker::leaked_mounts(facts),
            RecipeKind::DriverState => docker::driver_state(facts),
            RecipeKind::ReadOnlyState => read_only::steps(facts),
            RecipeKind::DiskFull => advice::disk_full(facts),
            RecipeKind::Ownership => advice::ownership(facts),
            RecipeKind::NotPermitted => advice::not_permitted(facts),
        };
        let steps = if facts.known().is_some() { steps } else { steps.into_iter().map(guessed).collect() };
        Self { kind, around: around(), steps, user: facts.probe.as_ref().map(|probe| probe.asker.0) }
    }

    /// Whether any step that is run needs root.
    #[must_use]
    pub fn needs_root(&self) -> bool {
        self.steps.iter().any(|step| step.privilege == Privilege::Root && !step.by_hand)
    }
}

/// The state directory that is shown where nobody could tell it.
const GUESS: &[u8] = b"/root/.docker/buildx";

impl Facts {
    /// The state directory, where commands can name it.
    fn known(&self) -> Option<&[u8]> {
        let directory = self.state_directory.as_deref()?;
        let named = directory.first() == Some(&b'/') && directory.iter().any(|b| *b != b'/');
        named.then_some(directory)
    }

    /// A path in the state directory.
    fn below(&self, name: &str) -> Vec<u8> {
        let directory = self.known().unwrap_or(GUESS);
        [directory, if name.is_empty() { b"" } else { b"/" }, name.as_bytes()].concat()
    }

    /// Whom the state directory belongs to, where that is not root: who asked, else its owner.
    fn owner(&self) -> Option<(u32, u32)> {
        let probe = self.probe.as_ref()?;
        let owner = probe.owner.map(|owner| (owner.uid, owner.gid));
        [Some(probe.asker), owner].into_iter().flatten().find(|(uid, _)| *uid != 0)
    }

    /// Whose state directory it is, where root asked: `sudo` hides that of the user who builds.
    fn asked_by_root(&self) -> &'static str {
        match &self.probe {
            Some(probe) if probe.asker.0 == 0 => {
                "; root asked for this recipe, so this is the state directory that builds of root use: where another \
                 user builds, make the recipe as that user"
            }
            _ => "",
        }
    }
}

/// Leaves a step to a person where it would change something in a directory that is only guessed.
fn guessed(step: Step) -> Step {
    let names = |command: &Command| match command {
        Command::Run { argv, .. } => {
            argv.iter().any(|word| word.windows(GUESS.len()).any(|part| part == GUESS))
        }
        Command::CreateFileIn(directory) => directory.starts_with(GUESS),
        Command::UnmountLeaked { .. } | Command::ExpectNoLeaked | Command::NewStateDirectory => false,
    };
    if step.commands.iter().chain(&step.verify).any(names) {
        let told = "the state directory could not be told, that of root is shown: set HOME or BUILDX_CONFIG and \
                    make the recipe again";
        let why = if step.why.is_empty() { told.into() } else { format!("{}; {told}", step.why) };
        return Step { why, by_hand: true, ..step };
    }
    step
}

fn around() -> Step {
    Step {
        why: "builds with the default builder work with any writable state directory; builders made by hand \
              are not seen there"
            .into(),
        commands: vec![Command::NewStateDirectory],
        ..step("way-around", "build now, in this shell, with another state directory")
    }
}

/// A step of the user's, to be filled in.
fn step(id: &'static str, title: &str) -> Step {
    Step {
        id,
        title: title.into(),
        why: String::new(),
        privilege: Privilege::User,
        destroys: None,
        commands: Vec::new(),
        verify: None,
        otherwise: None,
        by_hand: false,
    }
}

fn run(words: &[&str]) -> Command {
    run_tolerant(words, &[])
}

fn run_tolerant(words: &[&str], tolerated: &'static [u8]) -> Command {
    Command::Run { argv: words.iter().map(|word| word.as_bytes().to_vec()).collect(), tolerated }
}

/// A program whose last arguments are paths.
fn run_on(words: &[&str], paths: &[Vec<u8>]) -> Command {
    run_on_tolerant(words, paths, &[])
}

fn run_on_tolerant(words: &[&str], paths: &[Vec<u8>], tolerated: &'static [u8]) -> Command {
    let words = words.iter().map(|word| word.as_bytes().to_vec());
    Command::Run { argv: words.chain(paths.iter().cloned()).collect(), tolerated }
}

/// What a shell says of a program that is not there, where the step can do without it.
const NO_PROGRAM: &[u8] = &[127];
/// For programs that only show something: no recipe ends because one has nothing to show.
const NOTHING_SHOWN: &[u8] = &[1, 127];

/// The last step of every recipe: buildx can write again.
fn verify(facts: &Facts) -> Step {
    let mut commands = vec![Command::CreateFileIn(facts.below("activity"))];
    // Buildx writes beside `activity` too (`.lock`, `refs`), and that is where it failed.
    if facts.probe.as_ref().is_some_and(|probe| probe.is_blocked() && probe.probed == probe.directory) {
        commands.push(Command::CreateFileIn(facts.below("")));
    }
    Step {
        why: "`docker buildx ls` and `inspect` succeed on a wedged host and prove nothing".into(),
        commands,
        ..step("verify", "create a file in the activity directory, and write to it")
    }
}

/// The same by root in the directory of another: root can write where its owner cannot, and makes
/// files that are root's.
fn verify_for_owner(facts: &Facts) -> Step {
    let mut step = Step { privilege: Privilege::Root, ..verify(facts) };
    if let Some((uid, gid)) = facts.owner() {
        step.why.push_str("; what root made there goes to its owner, who has to be able to write there");
        let owner = format!("{uid}:{gid}");
        step.commands.push(run_on(&["chown", "-hR", &owner], &[facts.below("")]));
        let (uid, gid) = (format!("--reuid={uid}"), format!("--regid={gid}"));
        let asked = ["setpriv", &uid, &gid, "--init-groups", "test", "-w"];
        step.commands.push(run_on_tolerant(&asked, &[facts.below("activity")], NO_PROGRAM));
        step.otherwise = Some(
            "the owner may lack the right to pass a directory above (namei -l shows each); as that user, unwedge \
             preflight says which"
                .into(),
        );
    }
    step
}
