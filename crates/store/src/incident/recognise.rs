//! Which incident a publication is of: one that the store has, one that the lifecycle topic told of, or a new one.

use std::collections::BTreeMap;

use encompass_core::id::{IncidentId, of};

use super::accept::Publication;
use crate::db::{batch, row};
use crate::{Result, Store, Tx};

type Hash = [u8; 16];

/// The incident of each publication of a batch.
pub(super) struct Recognised {
    /// In the order of the publications.
    pub ids: Vec<IncidentId>,
    /// Those of them that the store has.
    pub stored: Vec<IncidentId>,
}

pub(super) async fn recognise(tx: &mut Tx, publications: &[Publication]) -> Result<Recognised> {
    let hash = |one: &Publication| tx.identity().reference(&one.force, &one.reference);
    let hashes: Vec<Hash> = publications.iter().map(hash).collect();
    let select = "SELECT reference_hash, id FROM incident WHERE reference_hash IN";
    let mut known = found(tx, select, hashes.clone()).await?;
    let stored = known.values().copied().collect();
    let unknown: Vec<Hash> = hashes.iter().filter(|hash| !known.contains_key(*hash)).copied().collect();
    let select = "SELECT reference_hash, incident_id AS id FROM prior_incident WHERE reference_hash IN";
    known.extend(found(tx, select, unknown).await?);
    let id = |(hash, one): (Hash, &Publication)| {
        let new = || tx.identity().incident(&one.force, &one.reference, one.arrived_at);
        *known.entry(hash).or_insert_with(new)
    };
    Ok(Recognised { ids: hashes.into_iter().zip(publications).map(id).collect(), stored })
}

async fn found(tx: &mut Tx, select: &'static str, hashes: Vec<Hash>) -> Result<BTreeMap<Hash, IncidentId>> {
    let values = hashes.into_iter().map(Into::into).collect();
    let rows = batch::within(tx.conn(), select, values, "").await?;
    // An incident's keyed hash is as long as an id, and was one.
    let pair = |found| Ok((row::id::<of::Incident>(found, "reference_hash")?.bytes(), row::id(found, "id")?));
    rows.iter().map(pair).collect()
}

impl Store {
    /// The incident of a force's police reference, if it ever came.
    pub(crate) async fn incident_of(&self, force: &str, reference: &str) -> Result<Option<IncidentId>> {
        let hash = self.identity().reference(force, reference);
        let select = "SELECT id FROM incident WHERE reference_hash = $1";
        let found = sqlx::query(select).bind(hash.to_vec()).fetch_optional(self.read()).await?;
        found.map(|found| row::id(&found, "id")).transpose()
    }
}
