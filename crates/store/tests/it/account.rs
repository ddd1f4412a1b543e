//! Accounts and their sessions.

use encompass_core::state::Role;
use encompass_store::Error;
use encompass_store::account::{Life, Password, SignedIn, Terms};
use jiff::SignedDuration;

use crate::made_up::now;
use crate::{on_both, somebody};

const LIFE: Life = Life { idle: SignedDuration::from_mins(30), whole: SignedDuration::from_hours(12) };

fn terms() -> Terms {
    Terms {
        display_name: "Ada".into(),
        roles: vec![Role::Desk, Role::Leader],
        forces: vec!["north".into(), "south".into()],
        areas: vec!["919".into()],
        sees_restricted: true,
    }
}

fn password() -> Password {
    Password::new("a long enough one").unwrap()
}

#[tokio::test]
async fn an_account_is_read_back_as_it_was_made_and_changed() {
    on_both(async |store| {
        let mut tx = store.begin().await.unwrap();
        tx.create_account("ada", &terms(), &password(), somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        let account = store.accounts().await.unwrap().pop().unwrap();
        assert_eq!(
            (account.roles, account.forces, account.areas),
            (terms().roles, terms().forces, terms().areas)
        );
        assert!(account.sees_restricted && account.is_active);
        let less =
            Terms { forces: vec!["south".into()], areas: Vec::new(), sees_restricted: false, ..terms() };
        let mut tx = store.begin().await.unwrap();
        tx.change_account("ada", &less, somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        let account = store.accounts().await.unwrap().pop().unwrap();
        assert_eq!((account.forces, account.areas), (less.forces, less.areas));
        assert!(!account.sees_restricted);
    })
    .await;
}

#[tokio::test]
async fn a_login_is_given_once_and_an_unknown_one_is_not_found() {
    on_both(async |store| {
        let mut tx = store.begin().await.unwrap();
        tx.create_account("ada", &terms(), &password(), somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let again = tx.create_account("ada", &terms(), &password(), somebody(), now()).await;
        assert!(matches!(again, Err(Error::Constraint(_))));
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        let unknown = tx.set_account_active("bea", false, somebody(), now()).await;
        assert!(matches!(unknown, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_until_it_is_ended_or_the_password_changes() {
    on_both(async |store| {
        let mut tx = store.begin().await.unwrap();
        tx.create_account("ada", &terms(), &password(), somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        let SignedIn::Yes(account) = store.sign_in("ada", password(), now()).await.unwrap() else {
            panic!("the right password signs in")
        };
        let wrong = store.sign_in("ada", Password::typed("another"), now()).await.unwrap();
        assert!(matches!(wrong, SignedIn::No));
        let is_in = async |token: u8| store.session(&[token; 32], LIFE, now()).await.unwrap().is_some();
        for token in [1, 2] {
            store.begin_session(&account, &[token; 32], LIFE, now()).await.unwrap();
        }
        store.end_session(&[1; 32]).await.unwrap();
        assert!(!is_in(1).await && is_in(2).await);
        let mut tx = store.begin().await.unwrap();
        tx.set_password("ada", &password(), somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!is_in(2).await);
    })
    .await;
}
