//! Confirming a mail address.

use encompass_core::state::{Channel, ContactState, DeliveryKind};
use jiff::SignedDuration;

use crate::made_up::{NORTH, contact, everything};
use crate::place::Place;

struct Asked {
    place: Place,
    contact: encompass_core::id::ContactId,
    link: String,
    code: String,
}

async fn asked() -> Asked {
    let place = Place::open().await;
    let contact =
        contact(&place.store, &place.school, Channel::Email, "new@millbrook.example", &[NORTH]).await;
    let mut tx = place.store.begin().await.unwrap();
    tx.send_verification(contact, NORTH, place.machine.now(), place.domain.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mail = place.claim(DeliveryKind::Verification).await.pop().unwrap();
    let body = mail.body.unwrap();
    let link = format!("/verify/{}", body.token.clone().unwrap());
    Asked { code: body.code.clone().unwrap(), place, contact, link }
}

impl Asked {
    async fn state(&self) -> ContactState {
        self.place.store.contact(&everything(), self.contact).await.unwrap().state
    }
}

#[tokio::test]
async fn following_the_link_alone_confirms_nothing_and_the_code_does() {
    let asked = asked().await;
    let mut watch = asked.place.watch().await;
    let before = watch.version().await;
    let mut browser = asked.place.browser();
    assert!(browser.get(&asked.link).await.contains("Confirm your mail address"));
    browser.head(&asked.link).await;
    assert_eq!(watch.version().await, before);
    assert_eq!(asked.state().await, ContactState::Unverified);
    browser.get(&asked.link).await;
    browser.submit(&asked.link, &[("code", &asked.code)]).await;
    assert!(browser.body.contains("Your mail address is confirmed"));
    let contact = asked.place.store.contact(&everything(), asked.contact).await.unwrap();
    assert_eq!((contact.state, contact.verified_how.as_deref()), (ContactState::Verified, Some("link")));
    browser.get(&asked.link).await;
    assert_eq!(browser.status, 410);
}

#[tokio::test]
async fn five_wrong_codes_end_the_verification() {
    let asked = asked().await;
    let wrong = if asked.code == "000000" { "000001" } else { "000000" };
    let mut browser = asked.place.browser();
    browser.get(&asked.link).await;
    for _ in 0..5 {
        browser.submit(&asked.link, &[("code", wrong)]).await;
        assert_eq!(browser.status, 422);
    }
    browser.submit(&asked.link, &[("code", &asked.code)]).await;
    assert_eq!(browser.status, 422);
    assert_eq!(asked.state().await, ContactState::Unverified);
}

#[tokio::test]
async fn a_verification_ends_with_its_time_and_with_a_newer_one() {
    let first = asked().await;
    first.place.machine.step(first.place.machine.now() + SignedDuration::from_hours(14 * 24));
    let mut browser = first.place.browser();
    browser.get(&first.link).await;
    assert_eq!(browser.status, 410);
    let second = asked().await;
    let mut browser = second.place.browser();
    browser.get(&second.link).await;
    let mut tx = second.place.store.begin().await.unwrap();
    let (machine, now) = (second.place.machine.now(), second.place.domain.now());
    tx.send_verification(second.contact, NORTH, machine, now).await.unwrap();
    tx.commit().await.unwrap();
    browser.submit(&second.link, &[("code", &second.code)]).await;
    assert_eq!(browser.status, 410);
    assert_eq!(second.state().await, ContactState::Unverified);
}
