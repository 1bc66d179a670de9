//! The ids of the SPDX list, found in any case.

use std::sync::LazyLock;

static LICENSES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| by_folded_name(spdx::identifiers::LICENSES.iter().map(|license| license.name)));

static EXCEPTIONS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| by_folded_name(spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name)));

/// Returns the canonical spelling of a license id, whatever its case.
///
/// The list's pseudo-entry `NOASSERTION` is not a license.
pub fn license_id(name: &str) -> Option<&'static str> {
    find(&LICENSES, name).filter(|id| *id != "NOASSERTION")
}

/// Returns the canonical spelling of an exception id, whatever its case.
pub fn exception_id(name: &str) -> Option<&'static str> {
    find(&EXCEPTIONS, name)
}

/// Returns every license id of the list, current and deprecated, in no order that means anything.
pub fn license_ids() -> Vec<&'static str> {
    LICENSES.iter().copied().filter(|id| *id != "NOASSERTION").collect()
}

/// Returns every exception id of the list, in no order that means anything.
pub fn exception_ids() -> Vec<&'static str> {
    EXCEPTIONS.clone()
}

/// Returns the full name of a license of the list.
pub fn license_name(id: &str) -> Option<&'static str> {
    spdx::license_id(id).filter(|found| found.name == id).map(|found| found.full_name).or_else(|| {
        spdx::identifiers::LICENSES.iter().find(|license| license.name == id).map(|license| license.full_name)
    })
}

fn by_folded_name(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut names: Vec<_> = names.collect();
    names.sort_by(|a, b| folded(a).cmp(folded(b)));
    names
}

fn find(names: &[&'static str], name: &str) -> Option<&'static str> {
    let index = names.binary_search_by(|known| folded(known).cmp(folded(name))).ok()?;
    names.get(index).copied()
}

fn folded(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_of_the_list_is_found_in_any_case() {
        for license in spdx::identifiers::LICENSES.iter().filter(|license| license.name != "NOASSERTION") {
            assert_eq!(license_id(&license.name.to_uppercase()), Some(license.name));
            assert_eq!(license_name(license.name), Some(license.full_name));
        }
        for exception in spdx::identifiers::EXCEPTIONS {
            assert_eq!(exception_id(&exception.name.to_lowercase()), Some(exception.name));
        }
        assert_eq!(license_id("NOASSERTION"), None);
        assert_eq!(license_id("MIT License"), None);
    }
}
