//! How fields agree, in plain words. The matching's own words are its levels in lower case.

/// What a field is called on pages.
pub(crate) fn label(field: &str) -> &str {
    match field {
        "first name" => "First name",
        "family name" => "Family name",
        "birth date" => "Birth date",
        "names together" => "Both names together",
        "names exchanged" => "Names exchanged",
        "address" => "Home",
        "sex" => "Sex",
        "pupil or NHS number" => "Pupil or NHS number",
        other => other,
    }
}

/// What a field's level means. A level of a newer version stands for itself.
pub(crate) fn said(field: &str, level: &str) -> String {
    let known = match field {
        "first name" => given(level),
        "family name" => family(level),
        "birth date" => birth(level),
        "names together" => Some("a combination that many children have"),
        "names exchanged" => Some("first and family name fit the other way round"),
        "address" => return home(level),
        "sex" => match level {
            "same" => Some("the same"),
            "another" => Some("another"),
            _ => None,
        },
        "pupil or NHS number" => match level {
            "same" => Some("agrees"),
            "another" => Some("differs"),
            _ => None,
        },
        _ => None,
    };
    known.unwrap_or(level).to_owned()
}

fn given(level: &str) -> Option<&'static str> {
    Some(match level {
        "full" => "first and middle name are the same",
        "exact" => "the same",
        "preferred" => "the name that the child goes by",
        "part" => "a part of the name is the same",
        "nickname" => "a short or another form of the name",
        "middle" => "the middle name on the register",
        "full close" => "first and middle name, spelt a little differently",
        "close a" => "nearly the same spelling",
        "close b" => "a similar spelling",
        "close c" => "a distantly similar spelling",
        "other close" => "similar to another of the child’s names",
        "different" => "another name",
        "initial" => "only the initial was said, and it fits",
        "initial other" => "only an initial was said, and it fits another of the child’s names",
        "initial differs" => "only an initial was said, and it does not fit",
        "missing" => "not known on one side",
        _ => return None,
    })
}

fn family(level: &str) -> Option<&'static str> {
    Some(match level {
        "exact" => "the same",
        "particle" => "the same but for a part such as Mc, O’ or van",
        "half" => "one half of a double name is the same",
        "gendered" => "the same with a man’s or a woman’s ending",
        "faith" => "a name such as Kaur or Singh, which many share",
        "variant" => "another known spelling",
        "close a" => "nearly the same spelling",
        "close b" => "a similar spelling",
        "close c" => "a distantly similar spelling",
        "half close" => "one half of a double name is similar",
        "different" => "another name",
        "missing" => "not known on one side",
        _ => return None,
    })
}

fn birth(level: &str) -> Option<&'static str> {
    Some(match level {
        "exact" => "the same day",
        "swapped" => "day and month are exchanged",
        "day off" => "one day apart",
        "year off" => "day and month are the same, the year is one or ten off",
        "digit" => "one digit differs",
        "two parts" => "two of day, month and year are the same",
        "differs" => "another date",
        "january exact" => "1 January on both sides, which often stands for an unknown day",
        "january year" => "1 January often stands for an unknown day; the year is the same",
        "january differs" => "1 January often stands for an unknown day; the year is another",
        "month" => "the same month; no day was said",
        "month near" => "nearly the same month; no day was said",
        "month differs" => "another month",
        "year" => "the same year; no more was said",
        "year near" => "one year apart; no more was said",
        "year differs" => "another year",
        "age" => "fits the age that was said",
        "age near" => "one year from the age that was said",
        "age differs" => "does not fit the age that was said",
        "missing" => "not known on one side",
        _ => return None,
    })
}

/// `postcode exact, house same`: both halves in words, without what they are.
fn home(level: &str) -> String {
    let halves = level.strip_prefix("postcode ").and_then(|rest| rest.split_once(", house "));
    let Some((place, line)) = halves else { return level.to_owned() };
    let place = match place {
        "exact" => "the same postcode",
        "near" => "a postcode with one character off",
        "outward" => "the same district, another postcode",
        "differs" | "part differs" => "another district",
        "part same" => "the same district",
        "unknown" => "postcode not known on one side",
        other => other,
    };
    let line = match line {
        "same" => "the same street",
        "close" => "a similar street",
        "differs" => "another street or house",
        "unknown" => return place.to_owned(),
        other => other,
    };
    format!("{place}, {line}")
}

/// How sure a score is, in a sentence that anybody can follow. The score is the logarithm of odds.
pub(crate) fn chance(score: f64) -> String {
    let odds = score.exp();
    if odds >= 999_999.0 {
        return "less than 1 chance in 1,000,000 that it is somebody else".to_owned();
    }
    if odds >= 4.0 {
        return format!("about 1 chance in {} that it is somebody else", rounded(odds + 1.0));
    }
    if odds >= 0.25 {
        let tenths = (10.0 / (1.0 + odds)).round();
        return format!("about {tenths} chances in 10 that it is somebody else");
    }
    if odds <= 1e-6 {
        return "less than 1 chance in 1,000,000 that it is this child".to_owned();
    }
    format!("about 1 chance in {} that it is this child", rounded(1.0 / odds + 1.0))
}

/// One figure that counts, two below a hundred, with thousands set apart.
fn rounded(number: f64) -> String {
    let step = if number < 100.0 { 1.0 } else { 10_f64.powf(number.log10().floor()) };
    grouped(&format!("{:.0}", (number / step).round() * step))
}

/// Thousands set apart.
pub(crate) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use encompass_matching::alike::{Birth, Family, Given, Home, Level};
    use encompass_matching::weigh::words;

    use super::*;

    fn all_said<L: Level>(field: &str) {
        for level in L::ALL {
            let level = words(&level);
            let said = said(field, &level);
            assert!(said != level || said == "missing", "{field} {level} has no plain words");
        }
    }

    #[test]
    fn every_level_of_every_field_has_plain_words() {
        all_said::<Given>("first name");
        all_said::<Family>("family name");
        all_said::<Birth>("birth date");
        for Home(place, line) in Home::ALL {
            let level = format!("postcode {}, house {}", words(&place), words(&line));
            let said = said("address", &level);
            assert!(!said.contains("house same") && !said.contains("exact"), "{level}: {said}");
        }
        assert_eq!(
            said("address", "postcode exact, house differs"),
            "the same postcode, another street or house"
        );
        assert_eq!(said("shoe size", "same"), "same");
    }

    #[test]
    fn a_score_is_told_as_a_chance() {
        for (odds, expected) in [
            (4_999.0_f64, "about 1 chance in 5,000 that it is somebody else"),
            (1e9, "less than 1 chance in 1,000,000 that it is somebody else"),
            (180_000.0, "about 1 chance in 200,000 that it is somebody else"),
            (9.0, "about 1 chance in 10 that it is somebody else"),
            (1.0, "about 5 chances in 10 that it is somebody else"),
            (0.5, "about 7 chances in 10 that it is somebody else"),
            (1.0 / 99.0, "about 1 chance in 100 that it is this child"),
            (1e-9, "less than 1 chance in 1,000,000 that it is this child"),
        ] {
            assert_eq!(chance(odds.ln()), expected, "{odds}");
        }
    }
}
