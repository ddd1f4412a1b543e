//! House and street of an address as people write it on one line or several.

/// The part that names house and street: up to the last part with a number in it, else the first. What follows is the
/// town, which registers and police write or leave out as they please.
pub(super) fn house_and_street<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&str> =
        parts.flat_map(|part| part.split(',')).map(str::trim).filter(|part| !part.is_empty()).collect();
    let numbered = parts.iter().rposition(|part| part.contains(|letter: char| letter.is_ascii_digit()));
    let last = numbered.unwrap_or_default().min(parts.len().saturating_sub(1));
    parts.get(..=last).unwrap_or_default().join(", ")
}

#[cfg(test)]
mod tests {
    use super::house_and_street;

    #[test]
    fn the_town_is_left_out_however_the_address_is_written() {
        for (parts, expected) in [
            (vec!["62 Hardy Road, Larkfield"], "62 Hardy Road"),
            (vec!["62 Hardy Road", "Larkfield"], "62 Hardy Road"),
            (vec!["Flat 3", "62 Hardy Road", "Larkfield"], "Flat 3, 62 Hardy Road"),
            (vec!["Rose Cottage, Mill Lane", "Larkfield"], "Rose Cottage"),
            (vec![""], ""),
            (vec![], ""),
        ] {
            assert_eq!(house_and_street(parts.into_iter()), expected);
        }
    }
}
