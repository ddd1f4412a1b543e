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

#[cfg(test)]
mod tests {
    use super::*;
    use encompass_directory::setting::{gias, link};
    use encompass_directory::text::Limits;
    use std::io::Cursor;

    const HEADER: &str = "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),\
         EstablishmentStatus (code),OpenDate,CloseDate,PhaseOfEducation (code),Postcode,Street,Locality,Easting,\
         Northing,SiteName";

    fn rows(rows: &str) -> Vec<Row<Setting>> {
        let text = format!("{HEADER}\n{rows}");
        super::super::read(gias::read(Cursor::new(text.into_bytes()), &Limits::default()).unwrap()).unwrap().0
    }

    fn links(links: &[(&str, &str, &str)]) -> Vec<Link> {
        let rows = links.iter().map(|(urn, other, kind)| format!("{urn},{other},{kind},01-09-2020\n"));
        let text = format!("URN,LinkURN,LinkType,LinkEstablishedDate\n{}", rows.collect::<String>());
        let read = link::read(Cursor::new(text.into_bytes()), &Limits::default()).unwrap();
        super::super::read(read).unwrap().0.into_iter().map(|row| row.value).collect()
    }

    #[test]
    fn names_of_closed_schools_lead_to_those_that_took_their_place() {
        let rows = rows(
            "900001,981,2001,Quayside Primary School,1,2,,31-08-2015,2,ZZ1 4AB,,,,,\n\
             900002,981,2001,Quayside Academy,34,2,01-09-2015,31-08-2020,2,ZZ1 4AB,,,,,\n\
             900003,981,2001,Bridge Academy,34,1,01-09-2020,,2,ZZ1 4AB,Quay Street,Wharfside,500000,200000,Lower Site\n\
             900004,981,2004,Wharf Infant School,1,2,,31-08-2020,2,ZZ1 4AB,,,,,\n\
             900005,981,2005,Tansy Hill School,1,1,,,2,ZZ1 5AB,,,0,0,\n",
        );
        let links = links(&[
            ("900001", "900002", "Successor"),
            ("900003", "900002", "Predecessor"),
            ("900003", "900004", "Predecessor - merged"),
            ("900005", "900004", "Sixth Form Centre Link"),
            ("900003", "900001", "Successor"),
        ]);
        let former = Former::of(&rows, &links);
        let details: Vec<Detail> = rows.iter().map(|row| former.detail(&row.value)).collect();
        let names = |detail: &Detail| detail.also.iter().map(|alias| alias.name.clone()).collect::<Vec<_>>();
        let expected = ["Quayside Academy", "Quayside Primary School", "Wharf Infant School", "Lower Site"];
        assert_eq!(names(&details[2]), expected, "also two steps back, though the links are a ring");
        assert!(
            details[..2].iter().all(|detail| detail.also.is_empty()),
            "nobody is told at a closed school"
        );
        assert_eq!(details[4], Detail::default(), "neither a site nor a point at sea");
        assert_eq!(details[2].point, Some((500_000, 200_000)));
        assert_eq!(details[2].locality.as_deref(), Some("Wharfside"));
    }
}
