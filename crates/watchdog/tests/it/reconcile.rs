use encompass_core::state::{ChildState, Hold, NotificationEnd, Reason};
use encompass_store::position::{Advance, Counts};
use encompass_store::watch::{Account, Difference, reconcile};
use encompass_store::{Actor, Store};
use jiff::Timestamp;

use crate::case::{
    Traits, accept, acknowledge, child, decide, due, minutes, notification, open_calls, school, send, start,
};
use crate::on_both;

async fn account(store: &Store) -> Account {
    reconcile(store, Timestamp::MIN).await.unwrap()
}

#[tokio::test]
async fn the_account_balances_in_every_state_that_a_child_can_be_in() {
    on_both(async |store| {
        assert!(account(&store).await.is_balanced(), "an empty store");
        let school = school(&store).await;
        for reference in ["1", "2", "3", "4", "5", "6"] {
            accept(&store, reference, Traits::default()).await;
        }
        decide(&store, "2", Err(Hold::SeveralMatches), start()).await;
        for reference in ["3", "4", "5", "6"] {
            decide(&store, reference, Ok(school), start()).await;
        }
        let balanced = async || {
            let account = account(&store).await;
            assert!(account.is_balanced(), "{account:?}");
            account
        };
        balanced().await;
        send(&store, start()).await;
        acknowledge(&store, "4", school, start() + minutes(5)).await;
        balanced().await;
        let notice = notification(&store, "5", school).await;
        let mut tx = store.begin().await.unwrap();
        let contact = Actor::Contact(school.contact);
        tx.not_here(&notice, NotificationEnd::NotHere, &contact, start() + minutes(6)).await.unwrap();
        let children = tx.children(&[child(&store, "6")]).await.unwrap();
        let desk = Actor::Staff("desk".into());
        tx.close_children(&children, Reason::Duplicate, &desk, start() + minutes(7)).await.unwrap();
        tx.commit().await.unwrap();
        open_calls(&store, due()).await;
        let account = balanced().await;
        assert_eq!((account.incidents, account.children), (6, 6));
        let states = [(ChildState::Held, 3), (ChildState::Notified, 2), (ChildState::Closed, 1)];
        assert_eq!(account.states.into_iter().collect::<Vec<_>>(), states);
    })
    .await;
}

#[tokio::test]
async fn messages_that_were_read_and_are_nowhere_are_a_difference() {
    on_both(async |store| {
        let advance = |counts| Advance {
            topic: "police".into(),
            partition: 0,
            expected: None,
            next_offset: 10,
            fingerprint: None,
            counts,
        };
        let mut tx = store.begin().await.unwrap();
        let counts = Counts { read: 10, accepted: 6, repeated: 2, refused: 1 };
        tx.advance(vec![advance(counts)], start()).await.unwrap();
        tx.commit().await.unwrap();
        let account = account(&store).await;
        assert_eq!(account.differences[&Difference::Messages], 1);
        assert_eq!(account.messages, 10);
        assert!(!account.is_balanced());
    })
    .await;
}

#[tokio::test]
async fn what_is_older_than_the_window_is_left_out_but_what_is_held_is_not_forgotten() {
    on_both(async |store| {
        accept(&store, "1", Traits::default()).await;
        let account = reconcile(&store, due() + minutes(1)).await.unwrap();
        assert_eq!((account.incidents, account.is_balanced()), (0, true));
    })
    .await;
}
