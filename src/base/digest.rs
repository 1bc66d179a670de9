//! Digests as reports and lockfiles write them.

use sha2::{Digest, Sha256, Sha512};

/// Returns bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Returns the SHA-256 of bytes in lower-case hexadecimal.
///
/// ```
/// use ppl_check::base::sha256_hex;
/// assert!(sha256_hex(b"").starts_with("e3b0c44298fc1c14"));
/// ```
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Returns the SHA-512 of bytes in lower-case hexadecimal.
pub fn sha512_hex(bytes: &[u8]) -> String {
    hex(&Sha512::digest(bytes))
}

/// Returns bytes written in base64, as lockfiles write checksums, in lower-case hexadecimal.
///
/// ```
/// use ppl_check::base::hex_of_base64;
/// assert_eq!(hex_of_base64("+/8="), Some("fbff".to_owned()));
/// assert_eq!(hex_of_base64("+/8"), Some("fbff".to_owned()));
/// assert_eq!(hex_of_base64("a b="), None);
/// ```
pub fn hex_of_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for char in text.trim_end_matches('=').bytes() {
        let value = match char {
            b'A'..=b'Z' => char - b'A',
            b'a'..=b'z' => char - b'a' + 26,
            b'0'..=b'9' => char - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push(u8::try_from((bits >> n_bits) & 0xff).ok()?);
        }
    }
    Some(hex(&bytes))
}

/// Returns the SHA-256 of bytes in Base64, as content security policies write it.
///
/// ```
/// use ppl_check::base::base64_sha256;
/// assert_eq!(base64_sha256(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
/// ```
pub fn base64_sha256(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |value: u32| LETTERS.get((value & 63) as usize).map_or('=', |letter| char::from(*letter));
    let mut text = String::with_capacity(44);
    for chunk in Sha256::digest(bytes).chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let letters = [bits >> 18, bits >> 12, bits >> 6, bits].map(letter);
        text.extend(letters.iter().take(chunk.len() + 1));
        text.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    text
}
