//! A child as the routing table is asked about it, and who answers for its home.

use encompass_core::id::SettingId;
use encompass_core::routing::Whom;
use encompass_store::resolve::Ask;

use super::Resolver;
use super::found::Found;
use super::subject::Subject;

impl Resolver {
    /// A child with all but its entries by which it is routed.
    pub(super) fn ask<'a>(&'a self, subject: &'a Subject<'_>, found: &'a Found) -> Ask<'a> {
        Ask {
            incident: &subject.opened.incident,
            child: subject.child,
            known: subject.known,
            own: self.store.identity().setting("force", subject.force()),
            excluded: &subject.work.excluded,
            coverage: &found.directory.coverage,
            rules: &self.rules,
        }
    }

    /// The one officer of an authority who answers for the home that police named.
    pub(super) fn officer(&self, subject: &Subject, found: &Found) -> Option<SettingId> {
        match self.ask(subject, found).home(&[]).teams.get(&Whom::HomeAuthority).map(Vec::as_slice) {
            Some([officer]) => Some(*officer),
            _ => None,
        }
    }
}
