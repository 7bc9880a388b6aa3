//! Puts the unwinder, which only the message of a panic would ever use, into the program itself where the compiler has it
//! to link: then the program needs no library but libc, and starts sooner.

use std::{env, path::Path, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name, value| env::var(name).is_ok_and(|its| its == value);
    let here = env::var("HOST") == env::var("TARGET");
    // With GNU's C library on Linux the standard library asks for the shared one, but only as needed.
    if here
        && is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
    {
        static_unwinder();
    }
}

fn static_unwinder() {
    // Where there is no such file, its name comes back as it was given.
    let Ok(answer) = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output() else { return };
    let Ok(path) = String::from_utf8(answer.stdout) else { return };
    let path = Path::new(path.trim_end());
    if let (true, Some(folder)) = (path.is_absolute(), path.parent()) {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}
