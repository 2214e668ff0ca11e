//! Hands on how far the crate is being optimized, which its own code has no other way to know.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo::rustc-env=FIREBRICK_OPT_LEVEL={level}");
}
