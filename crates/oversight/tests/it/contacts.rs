//! Contacts of a setting.

use axum::http::StatusCode;
use encompass_core::state::{Channel, ContactState};
use encompass_store::Scope;
use encompass_store::contact::Contact;

use crate::world::{World, on_both};

const NEW: &[(&str, &str)] = &[
    ("role", "deputy"),
    ("channel", "email"),
    ("name", "Iver Tollemache"),
    ("address", "deputy@quillbrook.example"),
    ("telephone", "01632 960003"),
    ("force", "north"),
];

async fn contacts(world: &World) -> Vec<Contact> {
    world.store.contacts_of(&Scope::service("test"), world.schools[0], "north").await.unwrap()
}

#[tokio::test]
async fn a_contact_that_is_added_is_unverified_and_stands_behind_the_others() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/settings/{}", world.schools[0]);
        let action = format!("{path}/contacts");
        let answer = world.send(&cookie, &path, &action, NEW).await;
        assert_eq!(answer.location, format!("{path}?done=contact-added"), "{}", answer.body);
        let contacts = contacts(&world).await;
        let added = contacts.last().unwrap();
        assert_eq!((added.state, added.channel), (ContactState::Unverified, Channel::Email));
        assert_eq!(added.person.telephone.as_deref(), Some("01632960003"));
        let again = world.send(&cookie, &path, &action, NEW).await;
        assert!(again.body.contains("has a contact with this address already"));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_address_role_name_or_force_is_refused_with_its_field() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/settings/{}", world.schools[0]);
        let action = format!("{path}/contacts");
        for (field, value, said) in [
            ("address", "not an address", "This is no e-mail address"),
            ("telephone", "12", "This is no telephone number"),
            ("role", "", "Choose a role"),
            ("channel", "telephone", "Choose how the contact is told"),
            ("name", "", "Write the person’s name"),
            ("force", "south", "Tick at least one force"),
        ] {
            let fields: Vec<_> =
                NEW.iter().map(|(name, given)| (*name, if *name == field { value } else { given })).collect();
            let answer = world.send(&cookie, &path, &action, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(answer.body.contains(said), "{field}: {said}");
        }
        assert_eq!(contacts(&world).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_verifies_says_which_number_was_called() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let path = format!("/settings/{}", world.schools[0]);
        world.send(&cookie, &path, &format!("{path}/contacts"), NEW).await;
        let added = contacts(&world).await.pop().unwrap().id;
        let page = format!("/contacts/{added}");
        let action = format!("{page}/verify-by-call");
        let answer = world.send(&cookie, &page, &action, &[("called", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer =
            world.send(&cookie, &page, &action, &[("called", "Switchboard, from the directory")]).await;
        assert_eq!(answer.location, format!("{page}?done=contact-verified"));
        assert_eq!(contacts(&world).await.pop().unwrap().state, ContactState::Verified);
    })
    .await;
}

#[tokio::test]
async fn a_changed_address_is_a_new_unverified_contact() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let page = format!("/contacts/{}", world.contact);
        let fields = [("channel", "email"), ("address", "new@quillbrook.example")];
        let answer = world.send(&cookie, &page, &format!("{page}/address"), &fields).await;
        assert!(answer.location.ends_with("?done=contact-changed"), "{}", answer.body);
        let contacts = contacts(&world).await;
        assert_eq!(contacts.len(), 1, "the old one is retired");
        assert_eq!(contacts[0].state, ContactState::Unverified);
        assert_ne!(contacts[0].id, world.contact);
    })
    .await;
}

#[tokio::test]
async fn a_verification_mail_and_retiring_work_and_a_retired_contact_takes_neither() {
    on_both(async |world: World| {
        let cookie = world.sign_in("ada").await;
        let page = format!("/contacts/{}", world.contact);
        let mail = format!("{page}/send-verification");
        assert_eq!(
            world.send(&cookie, &page, &mail, &[]).await.location,
            format!("{page}?done=contact-mailed")
        );
        let retire = format!("{page}/retire");
        let shown = world.get(&cookie, &page).await.body;
        assert_eq!(
            world.send(&cookie, &page, &retire, &[]).await.location,
            format!("{page}?done=contact-retired")
        );
        let token = shown.split(&format!("action=\"{mail}\"")).nth(1).unwrap();
        let token = token.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(world.post(&cookie, &mail, &[("form_token", token)]).await.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn settings_are_found_by_part_of_their_name_within_the_readers_areas() {
    on_both(async |world: World| {
        for (login, search, found) in [
            ("ada", "quill", true),
            ("ada", "qu", false),
            ("area", "quill", false),
            ("area", "tansy", true),
            ("ada", "nowhere", false),
        ] {
            let cookie = world.sign_in(login).await;
            let body = world.get(&cookie, &format!("/settings?q={search}")).await.body;
            assert_eq!(body.contains("Settings found"), found, "{login} {search}");
        }
    })
    .await;
}
