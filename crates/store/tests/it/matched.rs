//! What people have said of matches.

use std::collections::HashMap;

use encompass_core::id::{ChildId, EntryId, RegisterId};
use encompass_store::matched::{Case, Origin};
use encompass_store::{Scope, Store};
use uuid::Uuid;

use crate::made_up::now;
use crate::{on_both, somebody};

fn register() -> RegisterId {
    RegisterId::new(Uuid::from_u128(1))
}

fn child(number: u128) -> ChildId {
    ChildId::new(Uuid::from_u128(number))
}

fn entry(number: u128) -> EntryId {
    EntryId::new(Uuid::from_u128(number))
}

fn case(number: u128, origin: Origin, is_right: bool, right: Option<EntryId>) -> Case {
    Case {
        force: "north".into(),
        register: register(),
        id: child(number).bytes(),
        origin,
        score: 7.0,
        is_right,
        right,
        parameters: "print".into(),
    }
}

async fn record(store: &Store, cases: Vec<Case>) {
    let mut tx = store.begin().await.unwrap();
    tx.record_cases(cases, &somebody(), now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn children_are_identified_by_the_desk_and_by_reviewers_as_far_as_they_said_who_it_is() {
    on_both(async |store: Store| {
        let elsewhere = Case { force: "south".into(), ..case(9, Origin::Desk, true, Some(entry(9))) };
        let cases = vec![
            case(1, Origin::Desk, true, Some(entry(1))),
            case(2, Origin::Desk, false, Some(entry(20))),
            case(3, Origin::Desk, false, None),
            case(4, Origin::Review, true, Some(entry(4))),
            case(5, Origin::Review, false, None),
            case(6, Origin::History, true, Some(entry(6))),
            elsewhere,
        ];
        record(&store, cases).await;
        let found = store.identified_children(&Scope::service("test"), "north", register()).await.unwrap();
        let expected = HashMap::from([
            (child(1), Some(entry(1))),
            (child(2), Some(entry(20))),
            (child(3), None),
            (child(4), Some(entry(4))),
        ]);
        assert_eq!(found, expected);
        let other = Scope::staff("desk".into(), vec!["south".into()], Vec::new(), false);
        assert!(store.identified_children(&other, "north", register()).await.unwrap().is_empty());
    })
    .await;
}
