//! Reviews: two people answer the same criteria on a sampled child, each without seeing the other's answers.

use encompass_core::id::{ChildId, SampleId};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::note_place;
use crate::audit_log::Entry;
use crate::db::{batch, row};
use crate::desk::{Case, Paged, Select};
use crate::seal::SealingKey;
use crate::{Error, Result, Scope, Store, Tx};

/// A sampled child in the queue. Nothing personal.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The sample.
    pub sample: SampleId,
    /// The child.
    pub child: ChildId,
    /// The force.
    pub force: String,
    /// The police reference.
    pub reference: Option<String>,
    /// Its state and timeliness when the sample was drawn.
    pub stratum: String,
    /// First moment of the sample's period.
    pub from: Timestamp,
    /// How many were drawn from how many.
    pub drawn_of: (i64, i64),
    /// How many reviewers have answered.
    pub reviews: i64,
    /// Whether the reader has.
    pub is_mine_done: bool,
}

/// What a reviewer answered.
pub struct Review {
    /// The sample.
    pub sample: SampleId,
    /// The child.
    pub child: ChildId,
    /// The version of the criteria.
    pub criteria_version: String,
    /// The answers by criterion, as JSON of words of ours.
    pub answers: String,
    /// In the reviewer's own words. Sealed.
    pub note: Zeroizing<String>,
}

/// A review as it is read back.
pub struct Answered {
    /// Who answered, by login.
    pub reviewer: String,
    /// When.
    pub reviewed_at: Timestamp,
    /// The version of the criteria.
    pub criteria_version: String,
    /// The answers by criterion, as JSON.
    pub answers: String,
    /// The note.
    pub note: Option<Zeroizing<String>>,
}

/// What is read of a sampled child, joined to its case; `$1` is the reader's login.
const QUEUED: &str = "SELECT sc.sample_id AS sample_id, sc.child_id AS child_id, sc.force_id AS force_id, \
     sc.stratum AS stratum, sample.from_at AS from_at, sample.drawn AS drawn, sample.frame AS frame, \
     incident.reference AS reference, \
     (SELECT COUNT(*) FROM audit a WHERE a.sample_id = sc.sample_id AND a.child_id = sc.child_id) AS n_reviews, \
     (SELECT COUNT(*) FROM audit a WHERE a.sample_id = sc.sample_id AND a.child_id = sc.child_id AND a.reviewer = ";

const QUEUED_FROM: &str = ") AS n_mine FROM sample_child sc JOIN sample ON sample.id = sc.sample_id \
     JOIN child ON child.id = sc.child_id JOIN incident ON incident.id = child.incident_id WHERE ";

impl Store {
    /// One page of the sampled children in scope that `reviewer` has not answered on and that fewer than two have,
    /// oldest sample first; in the sample's own random order, so that nobody picks.
    ///
    /// # Errors
    /// As the database says.
    pub async fn review_queue(&self, scope: &Scope, reviewer: &str, page: u32) -> Result<Paged<Queued>> {
        let mut select = Select::new(QUEUED);
        select.bind(reviewer).add(QUEUED_FROM);
        select.add(
            "NOT EXISTS (SELECT 1 FROM audit a WHERE a.sample_id = sc.sample_id AND a.child_id = sc.child_id \
             AND a.reviewer = ",
        );
        select.bind(reviewer);
        select.add(
            ") AND (SELECT COUNT(*) FROM audit a WHERE a.sample_id = sc.sample_id \
             AND a.child_id = sc.child_id) < 2",
        );
        self.queued(select, scope, page).await
    }

    /// One page of the sampled children in scope that two have answered on or that `reviewer` has, newest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn reviewed(&self, scope: &Scope, reviewer: &str, page: u32) -> Result<Paged<Queued>> {
        let mut select = Select::new(QUEUED);
        select.bind(reviewer).add(QUEUED_FROM);
        select.add(
            "EXISTS (SELECT 1 FROM audit a WHERE a.sample_id = sc.sample_id AND a.child_id = sc.child_id \
             AND a.reviewer = ",
        );
        select.bind(reviewer).add(")");
        self.queued(select, scope, page).await
    }

    async fn queued(&self, mut select: Select, scope: &Scope, page: u32) -> Result<Paged<Queued>> {
        select.of_own_children(scope).add(" ORDER BY sample.from_at, sc.sample_id, sc.child_id");
        crate::desk::paged(&mut select, page);
        let rows = select.all(self).await?.iter().map(queued).collect::<Result<Vec<_>>>()?;
        Ok(Paged::cut(rows, page))
    }

    /// How many sampled children in scope have no review, one, and two.
    ///
    /// # Errors
    /// As the database says.
    pub async fn review_counts(&self, scope: &Scope) -> Result<[i64; 3]> {
        let mut select = Select::new(
            "SELECT done.n_reviews AS n_reviews, COUNT(*) AS n FROM (SELECT (SELECT COUNT(*) FROM audit a \
             WHERE a.sample_id = sc.sample_id AND a.child_id = sc.child_id) AS n_reviews FROM sample_child sc \
             JOIN child ON child.id = sc.child_id JOIN incident ON incident.id = child.incident_id WHERE 1 = 1",
        );
        select.of_own_children(scope).add(") AS done GROUP BY done.n_reviews");
        let mut counts = [0; 3];
        for found in select.all(self).await? {
            let reviews = usize::try_from(row::int(&found, "n_reviews")?).unwrap_or(0).min(2);
            counts[reviews] += row::int(&found, "n")?;
        }
        Ok(counts)
    }

    /// A sampled child with the case opened, for a review. The caller writes the view to the audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was not sampled or is not in scope.
    pub async fn open_sampled(
        &self,
        scope: &Scope,
        reviewer: &str,
        sample: SampleId,
        child: ChildId,
    ) -> Result<(Queued, Case, usize)> {
        let mut select = Select::new(QUEUED);
        select.bind(reviewer).add(QUEUED_FROM).add("sc.sample_id = ").bind(sample);
        select.add(" AND sc.child_id = ").bind(child).of_own_children(scope);
        let queued = queued(&select.one(self).await?.ok_or(Error::NotFound)?)?;
        let (case, place) = self.open_child(scope, child).await?;
        Ok((queued, case, place))
    }

    /// The reviews of a sampled child that `reviewer` may see: the own one, and the others once there are two.
    ///
    /// # Errors
    /// As the database says.
    pub async fn reviews_shown_to(
        &self,
        case: &Case,
        reviewer: &str,
        sample: SampleId,
        child: ChildId,
    ) -> Result<Vec<Answered>> {
        let mut select = Select::new("SELECT * FROM audit WHERE sample_id = ");
        select.bind(sample).add(" AND child_id = ").bind(child).add(" ORDER BY reviewed_at, reviewer");
        let rows = select.all(self).await?;
        let mut reviews = Vec::with_capacity(rows.len());
        for found in &rows {
            reviews.push(answered(found, case.key(), sample, child)?);
        }
        let are_all_done = reviews.len() >= 2;
        reviews.retain(|review| are_all_done || review.reviewer == reviewer);
        Ok(reviews)
    }
}

impl Tx {
    /// Writes a review down: one per reviewer. `case` is the one that was opened for it.
    ///
    /// # Errors
    /// [`Error::Changed`] when the reviewer has answered before, or two others have.
    pub async fn record_review(
        &mut self,
        case: &Case,
        review: Review,
        reviewer: &str,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<()> {
        let (sample, child) = (review.sample, review.child);
        // Two who answer at the same moment take turns here, so that the third is counted out.
        let select = "SELECT child_id FROM sample_child WHERE child_id IN";
        let for_update = self.backend().for_update();
        batch::within(self.conn(), select, vec![child.into()], for_update).await?;
        let sealed = (!review.note.is_empty())
            .then(|| case.key().seal(&note_place(sample, child, reviewer), review.note.as_bytes()));
        let insert = "INSERT INTO audit (force_id, sample_id, child_id, reviewer, criteria_version, answers, \
             sealed_note, reviewed_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT COUNT(*) FROM audit \
             WHERE sample_id = $2 AND child_id = $3) < 2 ON CONFLICT DO NOTHING";
        let written = sqlx::query(insert)
            .bind(case.force.clone())
            .bind(sample.bytes().to_vec())
            .bind(child.bytes().to_vec())
            .bind(reviewer.to_owned())
            .bind(review.criteria_version)
            .bind(review.answers)
            .bind(sealed)
            .bind(now.as_microsecond())
            .execute(self.conn())
            .await?;
        if written.rows_affected() == 0 {
            return Err(Error::Changed);
        }
        let subject = format!("sample:{sample} child:{child}");
        self.audit(Entry::new(&case.force, now, scope.actor.clone(), "child.reviewed", subject).of(case.id));
        Ok(())
    }
}

fn queued(found: &AnyRow) -> Result<Queued> {
    Ok(Queued {
        sample: row::id(found, "sample_id")?,
        child: row::id(found, "child_id")?,
        force: row::text(found, "force_id")?,
        reference: row::opt_text(found, "reference")?,
        stratum: row::text(found, "stratum")?,
        from: row::instant(found, "from_at")?,
        drawn_of: (row::int(found, "drawn")?, row::int(found, "frame")?),
        reviews: row::int(found, "n_reviews")?,
        is_mine_done: row::int(found, "n_mine")? > 0,
    })
}

fn answered(found: &AnyRow, key: &SealingKey, sample: SampleId, child: ChildId) -> Result<Answered> {
    let reviewer = row::text(found, "reviewer")?;
    let note = row::opt_bytes(found, "sealed_note")?;
    let note =
        note.map(|sealed| key.open_text(&note_place(sample, child, &reviewer), &sealed)).transpose()?;
    Ok(Answered {
        reviewed_at: row::instant(found, "reviewed_at")?,
        criteria_version: row::text(found, "criteria_version")?,
        answers: row::text(found, "answers")?,
        note,
        reviewer,
    })
}
