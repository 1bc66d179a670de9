//! Fonts and pictures: what is stated about them, or stands in their metadata.
//!
//! A picture of which nothing says otherwise is the project's own. A font hardly ever is: without evidence it is unknown.
//! Fonts are read by the OpenType specification (table `name`), also when packed by WOFF 1.0 (W3C Recommendation); of
//! pictures the head is searched for the address of a license, which is where SVG, XMP and PNG metadata say it. Not
//! read: fonts packed by WOFF 2.0.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use rayon::prelude::*;

use super::credits::of_picture;
use super::headers::text_claim;
use super::reuse::Statements;
use super::{Own, Stated, bare_record, grouped, is_said};
use crate::base::{Location, RelPath};
use crate::license::identify::identify;
use crate::model::{PackageRecord, Trait};
use crate::resolve::Asset;
use crate::scan::{Limits, Tree};
use crate::syntax::text::decode;

const FONTS: &[&str] = &["eot", "otf", "ttc", "ttf", "woff", "woff2"];
const IMAGES: &[&str] = &["avif", "bmp", "gif", "ico", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp"];

/// So much of a picture is searched for metadata, in bytes.
const HEAD: u64 = 64 * 1024;

/// What was found of fonts and pictures.
#[derive(Default)]
pub(super) struct Media {
    pub(super) records: Vec<(PackageRecord, Vec<Asset>)>,
    pub(super) n_images: usize,
}

enum Found {
    Stated(Box<Stated>),
    /// A font about which nothing is said.
    Silent(RelPath),
    Image,
}

/// Returns whether a file is a font or a picture, by its name.
pub(in crate::resolve) fn is_media(name: &str) -> bool {
    is_one_of(name, FONTS) || is_one_of(name, IMAGES)
}

fn is_one_of(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| extensions.contains(&extension.as_str()))
}

pub(super) fn read(own: &Own, reuse: &Statements) -> Media {
    let tree = own.tree;
    let files = tree.files();
    let found: Vec<Found> = files.par_iter().filter_map(|file| look(tree, own, reuse, &file.path)).collect();
    let mut media = Media::default();
    let mut foreign = Vec::new();
    for found in found {
        match found {
            Found::Stated(stated) if own.is_foreign(&stated.conclusion) => foreign.push(*stated),
            Found::Stated(_) => {}
            Found::Silent(font) => media.records.push((bare_record(&font, Trait::Asset), Vec::new())),
            Found::Image => media.n_images += 1,
        }
    }
    media.records.extend(grouped(foreign, Trait::Asset));
    media
}

fn look(tree: &Tree, own: &Own, reuse: &Statements, path: &RelPath) -> Option<Found> {
    let name = path.file_name()?;
    if !is_media(name) || !own.looks_at(path) {
        return None;
    }
    let is_font = is_one_of(name, FONTS);
    let found = reuse.of(tree, path, || {
        if is_font { names_of_font(tree, path).or_else(|| beside(tree, path)) } else { metadata(tree, path) }
    });
    let Some(mut stated) = found else {
        return Some(if is_font { Found::Silent(path.clone()) } else { Found::Image });
    };
    if own.is_foreign(&stated.conclusion) {
        let credits = if is_font { credits_of_font(tree, path) } else { credits_of_picture(tree, path) };
        stated.asset = std::mem::take(&mut stated.asset).or(credits);
    }
    Some(Found::Stated(Box::new(stated)))
}

fn credits_of_picture(tree: &Tree, path: &RelPath) -> Asset {
    tree.root().read_head(path, HEAD).map(|(bytes, _)| of_picture(&bytes)).unwrap_or_default()
}

/// What the table `name` of a font says: the full name, the designer or else the manufacturer, an address.
fn credits_of_font(tree: &Tree, path: &RelPath) -> Asset {
    let bytes = tree.read(path, Limits::DEFAULT.text).unwrap_or_default();
    let Some(table) = name_table(&bytes) else { return Asset::default() };
    let first = |ids: &[u16]| ids.iter().find_map(|id| name_record(&table, *id));
    Asset {
        authors: first(&[9, 8, 0]).into_iter().collect(),
        title: first(&[4, 1]),
        address: first(&[12, 11]),
        ..Asset::default()
    }
}

fn stated(path: &RelPath, at: Location, words: &str) -> Option<Stated> {
    let found = identify("LICENSE", words);
    is_said(&found).then(|| {
        let claim = text_claim(path, at, words.as_bytes(), &found);
        Stated { path: path.clone(), conclusion: found.conclusion.clone(), claim, asset: Asset::default() }
    })
}

/// What the table `name` of a font says: the description of the license, then its address.
fn names_of_font(tree: &Tree, path: &RelPath) -> Option<Stated> {
    const DESCRIPTION: u16 = 13;
    const ADDRESS: u16 = 14;
    let bytes = tree.read(path, Limits::DEFAULT.text).ok()?;
    let table = name_table(&bytes)?;
    let said = [DESCRIPTION, ADDRESS].into_iter().filter_map(|id| name_record(&table, id));
    said.into_iter().find_map(|words| stated(path, Location::file(path.clone()), &words))
}

fn number16(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn number32(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}

/// Finds the table `name` of a font, packed or not.
fn name_table(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if bytes.starts_with(b"wOFF") { packed_name_table(bytes) } else { bare_name_table(bytes).map(Cow::Borrowed) }
}

/// Finds the table in a font packed by WOFF 1.0, in which every table is packed by itself.
fn packed_name_table(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    const HEADER: usize = 44;
    const ENTRY: usize = 20;
    /// No table of names is longer.
    const LONGEST: u64 = 1024 * 1024;
    let n_tables = number16(bytes, 12)?;
    let entry = (0..n_tables).find_map(|index| {
        let entry = bytes.get(HEADER + index * ENTRY..)?;
        entry.starts_with(b"name").then_some(entry)
    })?;
    let (start, packed, length) = (number32(entry, 4)?, number32(entry, 8)?, number32(entry, 12)?);
    let table = bytes.get(start..start.checked_add(packed)?)?;
    if packed == length {
        return Some(Cow::Borrowed(table));
    }
    let mut unpacked = Vec::new();
    ZlibDecoder::new(table).take(LONGEST).read_to_end(&mut unpacked).ok()?;
    Some(Cow::Owned(unpacked))
}

fn bare_name_table(bytes: &[u8]) -> Option<&[u8]> {
    const HEADER: usize = 12;
    const ENTRY: usize = 16;
    let n_tables = number16(bytes, 4)?;
    (0..n_tables).find_map(|index| {
        let entry = bytes.get(HEADER + index * ENTRY..)?;
        if !entry.starts_with(b"name") {
            return None;
        }
        let (start, length) = (number32(entry, 8)?, number32(entry, 12)?);
        bytes.get(start..start.checked_add(length)?)
    })
}

fn name_record(table: &[u8], id: u16) -> Option<String> {
    const HEADER: usize = 6;
    const ENTRY: usize = 12;
    const MACINTOSH: usize = 1;
    let (count, strings) = (number16(table, 2)?, number16(table, 4)?);
    (0..count).find_map(|index| {
        let entry = table.get(HEADER + index * ENTRY..)?;
        let (platform, found) = (number16(entry, 0)?, number16(entry, 6)?);
        if found != usize::from(id) {
            return None;
        }
        let (length, offset) = (number16(entry, 8)?, number16(entry, 10)?);
        let start = strings.checked_add(offset)?;
        let bytes = table.get(start..start.checked_add(length)?)?;
        let marked = if platform == MACINTOSH { bytes.to_vec() } else { [b"\xfe\xff", bytes].concat() };
        Some(decode(&marked).text).filter(|text| !text.trim().is_empty())
    })
}

/// A text in the same folder that is a license (`OFL.txt`), or that credits the file by name.
fn beside(tree: &Tree, path: &RelPath) -> Option<Stated> {
    let folder = path.parent().unwrap_or_default();
    let texts = tree.files_below(&folder).iter().filter(|file| file.path.parent().as_ref() == Some(&folder));
    let texts = texts.filter(|file| file.path.file_name().is_some_and(|name| is_one_of(name, &["md", "txt"])));
    texts.into_iter().find_map(|file| {
        let text = tree.read_text(&file.path, Limits::DEFAULT.text).ok()?;
        stated(path, Location::file(file.path.clone()), &text)
    })
}

/// The address of a license in the metadata of a picture.
fn metadata(tree: &Tree, path: &RelPath) -> Option<Stated> {
    const ADDRESSES: [&[u8]; 2] = [b"creativecommons.org/licenses/", b"creativecommons.org/publicdomain/"];
    let (bytes, _) = tree.root().read_head(path, HEAD).ok()?;
    let start = ADDRESSES.iter().find_map(|address| memchr::memmem::find(&bytes, address))?;
    let rest = bytes.get(start..)?;
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"./-".contains(byte)));
    let address = std::str::from_utf8(rest.get(..end.unwrap_or(rest.len()))?).ok()?;
    stated(path, Location::file(path.clone()), &format!("License: https://{address}"))
}
