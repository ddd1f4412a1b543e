//! What officers know a setting by: where it lies, and the names of closed settings whose place it took.

use std::collections::HashMap;

use encompass_directory::setting::Setting;
use encompass_directory::setting::link::{Link, Relation};
use encompass_directory::text::Row;
use encompass_store::directory::{Alias, AliasKind, Detail};

/// A school converts or merges once or twice; a ring of links must not hang the load.
const STEPS: usize = 8;

/// Names of closed settings, by the number of what took their place.
#[derive(Default)]
pub(super) struct Former(HashMap<String, Vec<String>>);

impl Former {
    /// Follows the links of a register from every closed setting of it. One that was divided has several heirs, one that
    /// was merged shares its heir with others: the name leads to each of them, and a person sees that they are several.
    pub fn of(rows: &[Row<Setting>], links: &[Link]) -> Self {
        let mut heirs: HashMap<&str, Vec<&str>> = HashMap::new();
        for link in links {
            let (this, other) = (link.urn.value.as_str(), link.other.value.as_str());
            match link.relation {
                Relation::Successor | Relation::PartSuccessor => heirs.entry(this).or_default().push(other),
                Relation::Predecessor | Relation::PartPredecessor => {
                    heirs.entry(other).or_default().push(this)
                }
                Relation::Other => {}
            }
        }
        let mut former = Self::default();
        let closed = rows.iter().map(|row| &row.value).filter(|setting| !setting.status.is_open());
        for setting in closed {
            if let Some(name) = &setting.name {
                former.follow(&heirs, &setting.identifier.value, name);
            }
        }
        former
    }

    fn follow(&mut self, heirs: &HashMap<&str, Vec<&str>>, number: &str, name: &str) {
        let mut now = vec![number];
        for _ in 0..STEPS {
            now = now.iter().filter_map(|number| heirs.get(number)).flatten().copied().collect();
            now.sort_unstable();
            now.dedup();
            for heir in &now {
                let names = self.0.entry((*heir).to_owned()).or_default();
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
    }

    /// What officers know this setting by.
    pub fn detail(&self, setting: &Setting) -> Detail {
        let own = setting.name.as_deref();
        let names = self.0.get(&setting.identifier.value).into_iter().flatten();
        let names = names.filter(|name| setting.status.is_open() && Some(name.as_str()) != own);
        let mut also: Vec<Alias> =
            names.map(|name| Alias { kind: AliasKind::Former, name: name.clone() }).collect();
        let site = setting.site.iter().filter(|site| Some(site.as_str()) != own);
        also.extend(site.map(|site| Alias { kind: AliasKind::Site, name: site.clone() }));
        also.sort_unstable();
        Detail {
            street: setting.street.clone(),
            locality: setting.locality.clone(),
            point: setting.point,
            also,
        }
    }
}
