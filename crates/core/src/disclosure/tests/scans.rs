use proptest::prelude::*;

use super::*;

/// What was found, as the pieces of the text: only a test may print them.
fn found(text: &str) -> Vec<(Trace, &str)> {
    scan(text).into_iter().map(|finding| (finding.trace, &text[finding.at])).collect()
}

#[test]
fn what_looks_like_a_postcode_a_number_an_address_or_a_refuge_is_found() {
    let cases = [
        ("lives at ZE2 9AB now", Trace::Postcode, "ZE2 9AB"),
        ("ze29ab", Trace::Postcode, "ze29ab"),
        ("in W1A 1AA.", Trace::Postcode, "W1A 1AA"),
        ("in M1-1AE", Trace::Postcode, "M1-1AE"),
        ("ring 01632 960123 please", Trace::Telephone, "01632 960123"),
        ("(01632) 960-123", Trace::Telephone, "01632) 960-123"),
        ("+44 7700 900123", Trace::Telephone, "44 7700 900123"),
        ("07700900123", Trace::Telephone, "07700900123"),
        ("write to a.b+c@example.test!", Trace::Email, "a.b+c@example.test"),
        ("is in Refuge", Trace::SafePlace, "Refuge"),
        ("a safe  house in town", Trace::SafePlace, "safe  house"),
        ("with Women’s Aid", Trace::SafePlace, "Women’s Aid"),
        ("RE\u{200b}FUGE", Trace::SafePlace, "RE\u{200b}FUGE"),
        ("０７７００ ９００１２３", Trace::Telephone, "０７７００ ９００１２３"),
        ("ＺＥ２ ９ＡＢ", Trace::Postcode, "ＺＥ２ ９ＡＢ"),
    ];
    for (text, trace, piece) in cases {
        assert_eq!(found(text), [(trace, piece)], "{text}");
    }
}

#[test]
fn ordinary_words_and_numbers_are_left_alone() {
    let quiet = [
        "",
        "Heard shouting from upstairs at 22:10 on 3 July; two siblings, aged 7 and 9.",
        "In year 5B, seat A1. Refugee families are welcome. Room 12, 30 children.",
        "Occurrence 41/1234/26 of 03/07/2026 22:10",
        "at @ home",
    ];
    for text in quiet {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn findings_come_in_order_of_place() {
    let text = "refuge, ZE2 9AB, 01632 960123, x@example.test";
    let traces: Vec<Trace> = found(text).into_iter().map(|(trace, _)| trace).collect();
    assert_eq!(traces, [Trace::SafePlace, Trace::Postcode, Trace::Telephone, Trace::Email]);
}

proptest! {
    #[test]
    fn any_text_can_be_scanned_and_every_finding_lies_on_its_letters(text in any::<String>()) {
        for finding in scan(&text) {
            prop_assert!(text.get(finding.at).is_some_and(|piece| !piece.is_empty()));
        }
    }

    #[test]
    fn a_postcode_is_found_wherever_it_stands(before in "[a-z ,.]{0,20}", after in "[ ,.][a-z ,.]{0,20}") {
        let text = format!("{before} ZE2 9AB{after}");
        prop_assert!(found(&text).contains(&(Trace::Postcode, "ZE2 9AB")));
    }
}
