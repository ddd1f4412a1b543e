//! The wrong person, setting, force, or form.

use encompass_core::state::{Channel, ContactState, NotificationState};

use crate::made_up::{BRAM, NORTH, POSY, WILFRED, decide, everything, verified};
use crate::place::{NURSERY, Place, on_both};

#[tokio::test]
async fn a_setting_sees_only_its_own_children() {
    on_both(async |place: Place| {
        let nursery = place.store.contacts_by_address(NURSERY).await.unwrap()[0].id;
        let mut browser = place.reading(nursery).await;
        assert!(browser.body.contains("Bram") && !browser.body.contains("Wilfred"));
        let theirs = place.notification(WILFRED, &place.school);
        browser.get(&format!("/notices/{theirs}")).await;
        assert_eq!(browser.status, 404);
        let own = place.notification(BRAM, &place.nursery);
        browser.get("/notices").await;
        let token = browser.hidden(&format!("/notices/{own}/answer"));
        let mut fields = token.clone();
        fields.push((format!("with_you_{theirs}"), "no".into()));
        browser.post(&format!("/notices/{theirs}/answer"), &fields).await;
        assert_eq!(browser.status, 403, "a form's token is for one notification");
        assert_eq!(place.standing(theirs).await.state, NotificationState::Waiting);
    })
    .await;
}

#[tokio::test]
async fn a_contact_of_the_same_setting_to_whom_nothing_was_addressed_sees_nothing() {
    on_both(async |place: Place| {
        verified(&place.store, &place.school, Channel::Email, "other@millbrook.example", &[NORTH]).await;
        place.link(place.lead).await;
        let mut browser = place.browser();
        browser.get("/sign-in").await;
        browser.submit("/sign-in", &[("address", "other@millbrook.example")]).await;
        let code = place.code().await;
        browser.submit("/code", &[("code", &code)]).await;
        browser.submit("/reader", &[("name", "Somebody Else"), ("role", "Governor")]).await;
        assert!(browser.body.contains("Nothing new waits for you") && !browser.body.contains("Tamsworth"));
        browser.get(&format!("/notices/{}", place.notification(WILFRED, &place.school))).await;
        assert_eq!(browser.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_contact_whom_the_force_may_not_tell_sees_nothing_of_it() {
    on_both(async |place: Place| {
        let southern =
            verified(&place.store, &place.nursery, Channel::Email, "south@acorns.example", &["south"]).await;
        decide(&place.store, &[POSY], &place.nursery, &[(southern, Channel::Email)]).await;
        let link = place.link(southern).await;
        let mut browser = place.browser();
        assert!(browser.get(&link).await.contains("Nothing new waits for you"));
        let mut browser = place.signed_in_by(&link).await;
        assert!(!browser.body.contains("Posy"));
        browser.get(&format!("/notices/{}", place.notification(POSY, &place.nursery))).await;
        assert_eq!(browser.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_contact_that_is_retired_is_out_at_once() {
    on_both(async |place: Place| {
        let link = place.link(place.lead).await;
        let mut browser = place.signed_in_by(&link).await;
        let mut tx = place.store.begin().await.unwrap();
        let by = encompass_store::Actor::Command("tester".into());
        tx.retire_contact(place.lead, by, place.domain.now()).await.unwrap();
        tx.commit().await.unwrap();
        browser.get("/notices").await;
        assert_eq!(browser.path, "/sign-in");
        browser.get(&link).await;
        assert_eq!(browser.status, 410);
        let contact = place.store.contact(&everything(), place.lead).await.unwrap();
        assert_eq!(contact.state, ContactState::Retired);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_not_ours_changes_nothing() {
    let place = Place::open().await;
    let link = place.link(place.lead).await;
    let mut browser = place.signed_in_by(&link).await;
    let id = place.notification(WILFRED, &place.school);
    let field = (format!("with_you_{id}"), "no".to_owned());
    let forged = ("form_token".to_owned(), "AAAA".to_owned());
    for (path, fields) in [
        (format!("/notices/{id}/answer"), vec![field.clone()]),
        (format!("/notices/{id}/answer"), vec![field, forged.clone()]),
        (format!("/notices/{id}/acknowledgement"), vec![forged.clone()]),
        ("/reader".to_owned(), vec![("name".to_owned(), "Mallory Forger".to_owned()), forged.clone()]),
        ("/sign-out".to_owned(), vec![forged.clone()]),
        ("/code/again".to_owned(), vec![forged.clone()]),
        ("/code".to_owned(), vec![("code".to_owned(), "000000".to_owned()), forged.clone()]),
        ("/sign-in".to_owned(), vec![("address".to_owned(), "a@b.example".to_owned()), forged.clone()]),
        (link.clone(), vec![forged.clone()]),
    ] {
        let mut watch = place.watch().await;
        let before = watch.version().await;
        browser.post(&path, &fields).await;
        assert_eq!(browser.status, 403, "{path}");
        assert_eq!(watch.version().await, before, "{path}");
    }
    assert_eq!(place.standing(id).await.state, NotificationState::Waiting);
    browser.get("/notices").await;
    assert!(browser.body.contains("Isolde Marwick"));
}

#[tokio::test]
async fn no_title_and_no_address_of_a_page_is_personal() {
    on_both(async |place: Place| {
        let mut browser = place.reading(place.lead).await;
        let id = place.notification(WILFRED, &place.school);
        browser.submit(&format!("/notices/{id}/answer"), &[(&format!("with_you_{id}"), "yes")]).await;
        browser.submit(&format!("/notices/{id}/acknowledgement"), &[]).await;
        for page in browser.seen.iter().filter(|page| !page.is_empty()) {
            let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap();
            let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            for text in crate::made_up::personal() {
                assert!(!title.contains(&text));
                assert!(links.clone().all(|link| !link.contains(&text)));
            }
        }
    })
    .await;
}
