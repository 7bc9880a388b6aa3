//! What a recipe is made from, with names of one's choice: the same facts with harmless names show what a script has
//! to look like.

use arbitrary::{Result, Unstructured};
use unwedge::core::{
    mountinfo::Entry,
    recipe::Facts,
    state::{Access, Held, Owner, Probe, Space},
};

/// How many names there are.
pub const NAMES: usize = 9;
/// How many components a state directory has at most; the names behind them are those of mounts.
const COMPONENTS: usize = 4;

/// Facts but for the names in their paths.
#[derive(Debug)]
pub struct Draft {
    lead: &'static str,
    trail: &'static str,
    /// How many components the state directory has, where it is known.
    depth: Option<usize>,
    probe: Option<Probed>,
    leaked: usize,
    others: u64,
    context: bool,
}

#[derive(Debug)]
struct Probed {
    /// How many components are gone, or the activity directory.
    above: Option<usize>,
    access: Access,
    held: Option<Mounted>,
    space: Option<Space>,
    owner: Option<Owner>,
    asker: (u32, u32),
}

#[derive(Debug)]
struct Mounted {
    /// On the root, on what was probed, or elsewhere.
    on: u8,
    below: bool,
    mount_options: &'static str,
    super_options: &'static str,
}

impl Draft {
    /// Facts of any shape.
    pub fn of(input: &mut Unstructured) -> Result<Self> {
        Ok(Self {
            lead: input.choose(&["/", "//", "", "./"])?,
            trail: input.choose(&["", "", "/"])?,
            depth: perhaps(input, |input| input.int_in_range(0..=COMPONENTS))?,
            probe: perhaps(input, probed)?,
            leaked: input.int_in_range(0..=3)?,
            others: *input.choose(&[0, 0, 99_000])?,
            context: input.arbitrary()?,
        })
    }

    /// The facts with these names, none of which holds a slash or a NUL.
    pub fn with(&self, names: &[Vec<u8>; NAMES]) -> Facts {
        let path = |depth: usize| [self.lead.as_bytes(), &names[..depth].join(&b'/')].concat();
        let whole = |depth| [&path(depth), self.trail.as_bytes()].concat();
        let mount = |name: &Vec<u8>| [b"/m/".as_slice(), name, b"/buildkit-mount", name].concat();
        Facts {
            state_directory: self.depth.map(whole),
            probe: self.probe.as_ref().map(|probe| {
                let depth = self.depth.unwrap_or(1);
                let probed = match probe.above {
                    None => [&whole(depth)[..], b"/activity"].concat(),
                    Some(0) => whole(depth),
                    Some(above) => [b"/", &path(depth.saturating_sub(above))[..]].concat(),
                };
                Probe {
                    directory: whole(depth),
                    access: probe.access.clone(),
                    held: probe.held.as_ref().map(|held| Held {
                        mount: Entry {
                            mount_point: match held.on {
                                0 => b"/".to_vec(),
                                1 => probed.clone(),
                                _ => [b"/", &names[COMPONENTS][..]].concat(),
                            },
                            mount_options: held.mount_options.into(),
                            filesystem: names[COMPONENTS + 1].clone(),
                            source: names[0].clone(),
                            super_options: held.super_options.into(),
                        },
                        below: held.below,
                    }),
                    probed,
                    space: probe.space,
                    owner: probe.owner,
                    asker: probe.asker,
                }
            }),
            leaked: names[COMPONENTS + 2..].iter().take(self.leaked).map(mount).collect(),
            others: self.others,
            context: self.context.then(|| String::from_utf8_lossy(&names[1]).into_owned()),
        }
    }
}

fn probed(input: &mut Unstructured) -> Result<Probed> {
    Ok(Probed {
        above: perhaps(input, |input| input.int_in_range(0..=COMPONENTS))?,
        access: match input.int_in_range(0..=5u8)? {
            0 => Access::Writable,
            1 => Access::ReadOnly,
            2 => Access::Full,
            3 => Access::Denied,
            4 => Access::NotPermitted,
            _ => Access::Failed(text(input)?),
        },
        held: perhaps(input, |input| {
            let options = ["ro", "rw,relatime", "nosuid,ro", ""];
            Ok(Mounted {
                on: input.int_in_range(0..=2)?,
                below: input.arbitrary()?,
                mount_options: input.choose(&options)?,
                super_options: input.choose(&options)?,
            })
        })?,
        space: perhaps(input, |input| {
            Ok(Space { bytes: input.arbitrary()?, inodes: perhaps(input, |input| input.arbitrary())? })
        })?,
        owner: perhaps(input, |input| {
            let mode = input.int_in_range(0..=0o7777)?;
            Ok(Owner { uid: input.arbitrary()?, gid: input.arbitrary()?, mode })
        })?,
        asker: if input.arbitrary()? { (0, 0) } else { (input.arbitrary()?, input.arbitrary()?) },
    })
}

/// Something, or nothing.
pub fn perhaps<'i, T>(
    input: &mut Unstructured<'i>,
    make: impl FnOnce(&mut Unstructured<'i>) -> Result<T>,
) -> Result<Option<T>> {
    if input.arbitrary()? { make(input).map(Some) } else { Ok(None) }
}

/// Some bytes.
pub fn bytes(input: &mut Unstructured) -> Result<Vec<u8>> {
    let length = input.int_in_range(0..=40usize)?.min(input.len());
    input.bytes(length).map(<[u8]>::to_vec)
}

/// Some text.
pub fn text(input: &mut Unstructured) -> Result<String> {
    Ok(String::from_utf8_lossy(&bytes(input)?).into_owned())
}

/// The names that the rest of an input holds, between its slashes and NULs.
pub fn names(input: Unstructured) -> [Vec<u8>; NAMES] {
    let mut names = input.take_rest().split(|byte| matches!(byte, 0 | b'/')).map(<[u8]>::to_vec);
    std::array::from_fn(|_| names.next().filter(|name| !name.is_empty()).unwrap_or(b"n".to_vec()))
}
