//! Has the linker write a map beside the bundle: it names every function that is in it,
//! which the stripped file does not, and scripts/client reads it.

use std::{env, io};

fn main() -> io::Result<()> {
    // …/wasm32-unknown-unknown/client/build/client-…/out
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-cdylib=--Map={out}/../../../client.map");
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
