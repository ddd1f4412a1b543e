//! Without a broker: events are numbered at once, by one replica at a time.

use encompass_intake::Publisher;
use encompass_store::Store;

use crate::made_up::{FORCE, brokerless, on_both, reported, take_all};

#[tokio::test]
async fn events_are_numbered_at_once_and_by_the_one_who_has_the_duty() {
    on_both(async |store: Store| {
        take_all(&store, &[reported("B/1", 1), reported("B/2", 1)]).await;
        let (mut first, mut second) =
            (Publisher::new(brokerless(&store)), Publisher::new(brokerless(&store)));
        let written = store.unpublished_events(100).await.unwrap().len();
        assert_eq!(first.step().await.unwrap(), written);
        take_all(&store, &[reported("B/3", 1)]).await;
        assert_eq!(second.step().await.unwrap(), 0);
        assert!(first.step().await.unwrap() > 0);
        let numbers: Vec<i64> =
            store.published_events(FORCE, 0, 100).await.unwrap().iter().map(|event| event.number).collect();
        assert_eq!(numbers, (1..=i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>());
        assert!(store.unpublished_events(100).await.unwrap().is_empty());
    })
    .await;
}
