//! Which incident a publication is of: one that the store has, one that the lifecycle topic told of, or a new one.

use std::collections::BTreeMap;

use encompass_core::id::{IncidentId, ReferenceHash, of};

use super::accept::Publication;
use crate::db::{batch, row};
use crate::{Result, Store, Tx};

/// The incident of each publication of a batch.
pub(super) struct Recognised {
    /// In the order of the publications, each with the hash of its reference.
    pub incidents: Vec<(ReferenceHash, IncidentId)>,
    /// Those of them that the store has.
    pub stored: Vec<IncidentId>,
}

pub(super) async fn recognise(tx: &mut Tx, publications: &[Publication]) -> Result<Recognised> {
    let hash = |one: &Publication| tx.identity().reference(&one.force, &one.reference);
    let hashes: Vec<ReferenceHash> = publications.iter().map(hash).collect();
    let select = "SELECT reference_hash, id FROM incident WHERE reference_hash IN";
    let mut known = found(tx, select, hashes.clone()).await?;
    let stored = known.values().copied().collect();
    let unknown: Vec<ReferenceHash> =
        hashes.iter().filter(|hash| !known.contains_key(*hash)).copied().collect();
    let select = "SELECT reference_hash, incident_id AS id FROM prior_incident WHERE reference_hash IN";
    known.extend(found(tx, select, unknown).await?);
    let incident = |(hash, one): (ReferenceHash, &Publication)| {
        (hash, *known.entry(hash).or_insert_with(|| IncidentId::of(hash, one.arrived_at)))
    };
    Ok(Recognised { incidents: hashes.into_iter().zip(publications).map(incident).collect(), stored })
}

async fn found(
    tx: &mut Tx,
    select: &'static str,
    hashes: Vec<ReferenceHash>,
) -> Result<BTreeMap<ReferenceHash, IncidentId>> {
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
