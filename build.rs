//! Compiles `licenses/` into the binary.

fn main() {
    println!("cargo::rerun-if-changed=licenses");
}
