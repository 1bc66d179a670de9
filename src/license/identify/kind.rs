//! What a file is made for, by its name: a weak hint.

/// What a file is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    /// License texts and notices.
    pub(crate) license: bool,
    /// The licenses of several components.
    pub(crate) bundle: bool,
}

/// Tells what a file is made for.
pub(crate) fn of(name: &str) -> Kind {
    const LICENSE: [&str; 9] =
        ["license", "licence", "licens", "copying", "unlicense", "copyright", "notice", "patents", "legal"];
    const BUNDLE: [&str; 7] = ["third", "3rd", "notice", "bundle", "attribution", "credits", "vendor"];
    let name = name.to_lowercase();
    let bundle = BUNDLE.iter().any(|part| name.contains(part));
    Kind { license: bundle || LICENSE.iter().any(|part| name.contains(part)), bundle }
}
