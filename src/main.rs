//! The `ppl-check` command.

fn main() {}
