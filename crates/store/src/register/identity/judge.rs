//! Making judgements and taking them back.

use std::collections::{BTreeMap, HashMap};

use encompass_core::id::EntryId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Basis, Judgement, pair};
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::{Value, batch, row};
use crate::scope::Actor;
use crate::{Result, Tx};

type Pair = ([u8; 16], [u8; 16]);

/// A judgement that holds.
struct Standing {
    is_same: bool,
    basis: Basis,
}

impl Standing {
    /// A person's word gives way to a person's only, and what is known already is not said again.
    fn gives_way_to(&self, new: &Judgement) -> bool {
        let is_person = |basis| basis == Basis::Person;
        if is_person(self.basis) != is_person(new.basis) {
            return is_person(new.basis);
        }
        self.is_same != new.is_same
    }
}

impl Tx {
    /// Makes judgements; says how many are new. Of several about one pair the last counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn judge(&mut self, new: Vec<Judgement>, by: &Actor, now: Timestamp) -> Result<usize> {
        let mut wanted: BTreeMap<Pair, Judgement> = BTreeMap::new();
        for judgement in new {
            if let Some((one, other)) = pair(judgement.one, judgement.other) {
                wanted.insert((one.bytes(), other.bytes()), judgement);
            }
        }
        let standing = self.standing(wanted.keys()).await?;
        wanted.retain(|pair, new| standing.get(pair).is_none_or(|old| old.gives_way_to(new)));
        let replaced = wanted.keys().filter(|pair| standing.contains_key(*pair));
        self.end(replaced.copied().collect(), by, now).await?;
        let count = wanted.len();
        let rows = wanted.into_iter().map(|((one, other), judgement)| {
            let (is_same, basis) = (judgement.is_same.into(), judgement.basis.as_str().into());
            let id = Uuid::now_v7().into_bytes().to_vec().into();
            vec![
                id,
                one.to_vec().into(),
                other.to_vec().into(),
                is_same,
                basis,
                now.into(),
                by.to_string().into(),
            ]
        });
        let head =
            "INSERT INTO identity_judgement (id, one_id, other_id, is_same, basis, judged_at, judged_by)";
        batch::insert(self.conn(), head, rows.collect(), "").await?;
        if count > 0 {
            let about = format!("{count} pairs of entries");
            self.audit(
                Entry::new(INSTALLATION, now, by.clone(), "identity.judged", "register".into())
                    .because(about),
            );
        }
        Ok(count)
    }

    /// Takes back what was judged of two entries: nothing is known of them then, and numbers may join them again. To
    /// keep them apart, judge that they are not one. Says whether there was a judgement.
    ///
    /// # Errors
    /// As the database says.
    pub async fn take_back(
        &mut self,
        one: EntryId,
        other: EntryId,
        by: &Actor,
        now: Timestamp,
    ) -> Result<bool> {
        let Some((one, other)) = pair(one, other) else { return Ok(false) };
        let ended = self.end(vec![(one.bytes(), other.bytes())], by, now).await? > 0;
        if ended {
            let subject = format!("entries:{one},{other}");
            self.audit(Entry::new(INSTALLATION, now, by.clone(), "identity.taken_back", subject));
        }
        Ok(ended)
    }

    async fn standing(&mut self, pairs: impl Iterator<Item = &Pair>) -> Result<HashMap<Pair, Standing>> {
        let wanted = pairs.map(values).collect();
        let select = "SELECT j.one_id AS one_id, j.other_id AS other_id, is_same, basis FROM v \
             JOIN identity_judgement j ON j.one_id = v.one AND j.other_id = v.other WHERE j.ended_at IS NULL";
        let mut standing = HashMap::new();
        for found in batch::with(self.conn(), "one, other", wanted, select).await? {
            let pair = (bytes(&found, "one_id")?, bytes(&found, "other_id")?);
            let (is_same, basis) = (row::flag(&found, "is_same")?, row::word(&found, "basis")?);
            standing.insert(pair, Standing { is_same, basis });
        }
        Ok(standing)
    }

    async fn end(&mut self, pairs: Vec<Pair>, by: &Actor, now: Timestamp) -> Result<usize> {
        let rows = pairs.iter().map(|pair| {
            let mut row = values(pair);
            row.extend([Value::from(now), by.to_string().into()]);
            row
        });
        let update = "UPDATE identity_judgement SET ended_at = v.at, ended_by = v.who FROM v \
             WHERE identity_judgement.one_id = v.one AND identity_judgement.other_id = v.other \
             AND identity_judgement.ended_at IS NULL RETURNING identity_judgement.id";
        Ok(batch::with(self.conn(), "one, other, at, who", rows.collect(), update).await?.len())
    }
}

fn values((one, other): &Pair) -> Vec<Value> {
    vec![one.to_vec().into(), other.to_vec().into()]
}

fn bytes(found: &sqlx::any::AnyRow, column: &str) -> Result<[u8; 16]> {
    Ok(row::id::<encompass_core::id::of::Entry>(found, column)?.bytes())
}
