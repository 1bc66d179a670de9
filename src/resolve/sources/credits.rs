//! Whom fonts and pictures name as their author, by what title and address: what a credit has to say.
//!
//! Read are the table `name` of OpenType fonts, the Dublin Core and Creative Commons elements of SVG and XMP, and the
//! uncompressed text chunks of PNG. They are taken as written and never decide about a license.

use crate::resolve::Asset;

/// The longest value that is kept, in characters.
const MAX_VALUE: usize = 200;

/// Reads what the head of a picture says.
pub(super) fn of_picture(bytes: &[u8]) -> Asset {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = text.clone().into_owned();
    let mut authors = Vec::new();
    for name in ["cc:attributionName", "dc:creator"] {
        let (found, without) = take_element(&rest, name);
        authors.extend(found.or_else(|| attribute(&text, name)));
        rest = without;
    }
    // Agents have titles as well, and theirs is not that of the work.
    for name in ["dc:rights", "dc:publisher", "dc:contributor"] {
        rest = take_element(&rest, name).1;
    }
    let address = ["cc:attributionURL", "xmpRights:WebStatement", "dc:source"];
    let address = address.into_iter().find_map(|name| take_element(&rest, name).0.or_else(|| attribute(&text, name)));
    authors.extend(png_text(bytes, "Author"));
    authors.dedup();
    authors.truncate(1);
    Asset {
        authors,
        title: take_element(&rest, "dc:title").0.or_else(|| png_text(bytes, "Title")),
        address,
        ..Asset::default()
    }
}

/// Takes the words of the first element of a name out of a text.
fn take_element(text: &str, name: &str) -> (Option<String>, String) {
    let open = format!("<{name}");
    let close = format!("</{name}>");
    let Some((before, after)) = text.split_once(&open) else { return (None, text.to_owned()) };
    let Some((inner, rest)) = after.split_once(&close) else { return (None, text.to_owned()) };
    let words = inner.split_once('>').and_then(|(head, words)| if head.ends_with('/') { None } else { kept(words) });
    (words, format!("{before}{rest}"))
}

/// The words between tags, the first that are not empty.
fn kept(inner: &str) -> Option<String> {
    let mut words = inner.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words).trim());
    words.find(|words| !words.is_empty()).map(shortened)
}

fn attribute(text: &str, name: &str) -> Option<String> {
    let (_, after) = text.split_once(&format!("{name}="))?;
    let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    after.get(1..)?.split_once(quote).map(|(value, _)| shortened(value.trim())).filter(|value| !value.is_empty())
}

fn png_text(bytes: &[u8], key: &str) -> Option<String> {
    const LENGTH: usize = 4;
    let mark = [b"tEXt", key.as_bytes(), b"\0"].concat();
    let at = memchr::memmem::find(bytes, &mark)?;
    let length = u32::from_be_bytes(*bytes.get(at.checked_sub(LENGTH)?..at)?.first_chunk()?);
    let end = at.checked_add(b"tEXt".len())?.checked_add(usize::try_from(length).ok()?)?;
    let value: String = bytes.get(at + mark.len()..end)?.iter().map(|byte| char::from(*byte)).collect();
    Some(shortened(value.trim())).filter(|value| !value.is_empty())
}

fn shortened(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_VALUE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_svg_says() {
        let credits = of_picture(
            br#"<svg><metadata><rdf:RDF><cc:Work rdf:about=""><dc:title>A cup</dc:title>
            <dc:rights><cc:Agent><dc:title>Somebody else</dc:title></cc:Agent></dc:rights>
            <dc:creator><cc:Agent><dc:title>Ada &amp; Lin</dc:title></cc:Agent></dc:creator>
            <dc:source>https://example.org/cup</dc:source></cc:Work></rdf:RDF></metadata></svg>"#,
        );
        assert_eq!(credits.authors, ["Ada &amp; Lin"]);
        assert_eq!(credits.title.as_deref(), Some("A cup"));
        assert_eq!(credits.address.as_deref(), Some("https://example.org/cup"));
    }

    #[test]
    fn what_a_png_says() {
        let chunk = |key: &str, value: &str| {
            let length = u32::try_from(key.len() + 1 + value.len()).unwrap();
            [&length.to_be_bytes()[..], b"tEXt", key.as_bytes(), b"\0", value.as_bytes(), b"CRC!"].concat()
        };
        let bytes = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk("Title", "A cup"), chunk("Author", "Ada")].concat();
        let credits = of_picture(&bytes);
        assert_eq!((credits.authors, credits.title), (vec!["Ada".to_owned()], Some("A cup".to_owned())));
    }

    #[test]
    fn silence_and_damage_name_nobody() {
        for bytes in
            [&b""[..], b"<svg/>", b"<dc:creator>", b"<dc:title/>", b"tEXtAuthor\0", b"\xff\xff\xff\xfftEXtAuthor\0x"]
        {
            assert_eq!(of_picture(bytes), Asset::default());
        }
    }
}
