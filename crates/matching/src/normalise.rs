//! Text brought into one written form, so that equal names are equal bytes. Registers, contacts and the directory
//! are keyed by these functions, so a change here needs them loaded anew.

use unicode_normalization::UnicodeNormalization;

/// Small letters without accents and apostrophes; everything that is neither letter nor digit is one space.
///
/// Letters of other scripts stay as they are: dropping a vowel sign there would make two names one.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { fold_ascii(text) } else { fold_any(text) }
}

/// The same for text without accents, which most is, and far quicker.
fn fold_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut wants_space = false;
    for letter in text.chars().filter(|letter| !is_apostrophe(*letter)) {
        if !letter.is_ascii_alphanumeric() {
            wants_space = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut wants_space) {
            folded.push(' ');
        }
        folded.push(letter.to_ascii_lowercase());
    }
    folded
}

fn fold_any(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut wants_space = false;
    for letter in text.chars().filter(|letter| !is_apostrophe(*letter)).nfkd().flat_map(char::to_lowercase) {
        if is_accent(letter) {
            continue;
        }
        if !letter.is_alphanumeric() && !is_sign(letter) {
            wants_space = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut wants_space) {
            folded.push(' ');
        }
        match spelt_out(letter) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(letter),
        }
    }
    folded
}

/// The words of a name.
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The name under which a setting is looked up: with a saint, "and" and the usual church abbreviations in one form.
pub fn setting_name(text: &str) -> String {
    let text = text.replace('&', " and ");
    let words: Vec<String> =
        words(&text).into_iter().map(|word| if word == "saint" { "st".into() } else { word }).collect();
    let name = words.join(" ");
    let name = name.strip_prefix("the ").unwrap_or(&name);
    let padded = format!(" {name} ");
    let forms = [
        (" church of england ", " ce "),
        (" c of e ", " ce "),
        (" cofe ", " ce "),
        (" roman catholic ", " rc "),
    ];
    let name = forms.iter().fold(padded, |name, (long, short)| name.replace(long, short));
    name.trim().to_owned()
}

/// The name under which an adult, such as a contact, is compared: its words without a title.
pub fn adult_name(text: &str) -> String {
    untitled(words(text)).join(" ")
}

pub(crate) fn untitled(mut words: Vec<String>) -> Vec<String> {
    while words.len() > 1 && TITLES.contains(&words[0].as_str()) {
        words.remove(0);
    }
    words
}

const TITLES: [&str; 12] =
    ["mr", "mrs", "miss", "ms", "mx", "dr", "prof", "rev", "revd", "fr", "sir", "master"];

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | '＇')
}

/// Accents of Latin, Greek and Cyrillic letters, once they are taken apart.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// A mark that belongs to a letter of another script, such as a vowel sign.
fn is_sign(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

/// Letters that do not come apart into a plain one and an accent.
const fn spelt_out(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_traditions_have_one_written_form() {
        for (text, expected) in [
            ("O'Brien", "obrien"),
            ("O’Brien", "obrien"),
            ("O´Brien", "obrien"),
            ("  Anne-Marie ", "anne marie"),
            ("ZOË", "zoe"),
            ("Zoe\u{308}", "zoe"),
            ("Siân", "sian"),
            ("Łukasz", "lukasz"),
            ("Nguyễn Thị", "nguyen thi"),
            ("Åse Bjørk", "ase bjork"),
            ("Weiß", "weiss"),
            ("Yıldız İpek", "yildiz ipek"),
            ("Ibrahīm al-Ḥasan", "ibrahim al hasan"),
            ("D’Souza", "dsouza"),
            ("van der Berg", "van der berg"),
            ("Ｋａｔｅ", "kate"),
            ("Мария", "мария"),
            ("महेश", "महेश"),
            ("", ""),
            ("--", ""),
        ] {
            assert_eq!(fold(text), fold(expected), "{text}");
            assert_eq!(fold(&fold(text)), fold(text), "{text} twice");
        }
        assert_eq!(fold("O’Brien"), "obrien");
        assert_ne!(fold("महेश"), fold("महश"), "a vowel sign is no accent");
    }

    #[test]
    fn plain_text_is_folded_the_same_the_short_way() {
        for text in
            ["O'Brien", "  Anne-Marie ", "a`b´", "Flat 3, 62 Hardy Rd.", "", "--", "A  B", "x_y", "\u{7f}q"]
        {
            assert_eq!(fold(text), fold_any(text), "{text:?}");
        }
    }

    #[test]
    fn a_setting_is_found_by_the_usual_ways_of_writing_it() {
        for (text, expected) in [
            ("St Mary's Church of England Primary School", "st marys ce primary school"),
            ("Saint Marys C of E Primary School", "st marys ce primary school"),
            ("ST. MARY’S CofE PRIMARY SCHOOL", "st marys ce primary school"),
            ("The Oaks & Elms Academy", "oaks and elms academy"),
            ("St Joseph's Roman Catholic School", "st josephs rc school"),
        ] {
            assert_eq!(setting_name(text), expected, "{text}");
        }
    }

    #[test]
    fn a_title_is_no_name() {
        assert_eq!(adult_name("Mrs W. Quarrendon"), "w quarrendon");
        assert_eq!(adult_name("Dr Sir"), "sir");
    }
}
