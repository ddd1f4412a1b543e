//! The register's children, put in, taken out and counted.

use super::dictionary::Dictionary;
use super::hash;
use super::key::{self, Kind, key};
use super::names::Names;
use super::postings::Postings;
use super::record::{Record, packed};
use super::tradition::Traditions;
use crate::alike::{Places, family_words};
use crate::normalise::fold;
use crate::person::{Child, Sex, house, outward, postcode};

/// The number of a child within one population; another build may number otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub(crate) u32);

/// Which children a population holds, one counted once however many writings it has: two that hold the same, in whatever order they came, have the same version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Version {
    /// Children held.
    pub children: u64,
    /// The exclusive or of a hash of each.
    pub digest: u64,
}

/// Children of registers in memory: compact records, found by several keys at once, changed one by one.
///
/// A change is visible to the next search. What is added stands beside the built index and costs more memory
/// than what was there when it was built; build anew after a large load.
pub struct Population {
    pub(super) names: Names,
    streets: Dictionary,
    postcodes: Dictionary,
    areas: Dictionary,
    pub(super) area_of: Vec<u32>,
    pub(super) at_postcode: Vec<u32>,
    pub(super) in_area: Vec<u32>,
    pub(super) years: Vec<u32>,
    pub(super) records: Vec<Record>,
    pub(super) has_further: bool,
    ids: String,
    id_ends: Vec<u32>,
    pub(super) postings: Postings,
    traditions: Traditions,
    version: Version,
}

/// A population while it is loaded.
#[derive(Default)]
pub struct Builder(Population);

impl Builder {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a child; of a reference that comes twice the later stays.
    pub fn add(&mut self, child: &Child) {
        self.add_writings(std::slice::from_ref(child));
    }

    /// Adds one child in all the ways it may be written, the first of which has its reference.
    pub fn add_writings(&mut self, writings: &[Child]) {
        self.0.append(writings);
    }

    /// Builds the index.
    pub fn finish(mut self) -> Population {
        self.0.index();
        self.0
    }
}

impl Default for Population {
    fn default() -> Self {
        Self::new()
    }
}

const FIRST_YEAR: i16 = 1500;
const YEARS: usize = 1000;

impl Population {
    /// One without children.
    pub fn new() -> Self {
        Self {
            names: Names::new(),
            streets: Dictionary::new(),
            postcodes: Dictionary::new(),
            areas: Dictionary::new(),
            area_of: vec![0],
            at_postcode: vec![0],
            in_area: vec![0],
            years: vec![0; YEARS],
            records: Vec::new(),
            has_further: false,
            ids: String::new(),
            id_ends: Vec::new(),
            postings: Postings::build(0, |_, _| {}),
            traditions: Traditions::default(),
            version: Version::default(),
        }
    }

    fn index(&mut self) {
        let count = u32::try_from(self.records.len()).expect("fewer than four billion children");
        let (records, names, area_of) = (&self.records, &self.names, &self.area_of);
        let id = |child: u32| hash(id_at(&self.ids, &self.id_ends, child)) as u32;
        self.postings = Postings::build(count, |child, found| {
            let record = &records[child as usize];
            if !record.is_further() {
                found(key(Kind::Reference, [id(child), 0, 0]));
            }
            key::each(record, area_of[record.postcode as usize], names, &mut |_, key| found(key));
        });
        self.drop_repeats();
        self.traditions = Traditions::learn(&self.records);
    }

    /// Leaves the last child of each reference.
    fn drop_repeats(&mut self) {
        let hashed = |number: u32| hash(self.id(Number(number))) as u32;
        let mut ids: Vec<(u32, u32)> = self.children().map(|number| (hashed(number), number)).collect();
        ids.sort_unstable();
        for (place, (hash, number)) in ids.iter().enumerate() {
            let mut same_hash = ids[place + 1..].iter().take_while(|(other, _)| other == hash);
            if same_hash.any(|(_, later)| self.id(Number(*later)) == self.id(Number(*number))) {
                self.take_out(*number);
            }
        }
    }

    /// Puts a child in, in the place of the one with the same reference.
    pub fn put(&mut self, child: &Child) -> Version {
        self.put_writings(std::slice::from_ref(child))
    }

    /// The same for one child in all the ways it may be written, the first of which has its reference.
    pub fn put_writings(&mut self, writings: &[Child]) -> Version {
        let Some(child) = writings.first() else { return self.version };
        self.remove(&child.id);
        let numbers = self.append(writings);
        self.postings.add(key(Kind::Reference, [hash(child.id.as_str()) as u32, 0, 0]), numbers.start);
        for number in numbers {
            let record = self.records[number as usize];
            let area = self.area_of(record.postcode);
            let Self { names, postings, .. } = self;
            key::each(&record, area, names, &mut |_, key| postings.add(key, number));
        }
        self.version
    }

    /// Takes a child out; nothing happens when it is not there.
    pub fn remove(&mut self, id: &str) -> Version {
        while let Some(number) = self.find(id) {
            self.take_out(number.0);
        }
        self.version
    }

    /// Takes a child out with all its writings.
    fn take_out(&mut self, child: u32) {
        for number in self.writings(child) {
            self.count(number, false);
            self.version.digest ^= self.digest(number);
        }
        self.version.children -= 1;
        self.writings(child).for_each(|number| self.records[number as usize].leave());
    }

    /// The numbers of the writings that differ.
    fn append(&mut self, writings: &[Child]) -> std::ops::Range<u32> {
        let first = self.records.len();
        let next = |this: &Self| u32::try_from(this.records.len()).expect("fewer than four billion children");
        let start = next(self);
        for child in writings {
            let mut record = self.record(child);
            if self.records[first..].iter().any(|known| known.is_written_like(&record)) {
                continue;
            }
            let number = next(self);
            if number == start {
                self.ids.push_str(&child.id);
                self.version.children += 1;
            } else {
                record.make_further();
                self.has_further = true;
            }
            self.records.push(record);
            self.id_ends.push(u32::try_from(self.ids.len()).expect("references are less than 4 GiB"));
            self.count(number, true);
            self.version.digest ^= self.digest(number);
        }
        start..next(self)
    }

    /// A hash of what is held of a writing, by its texts, because numbers depend on the order of arrival.
    fn digest(&self, number: u32) -> u64 {
        let record = &self.records[number as usize];
        let named = [record.given, record.family, record.preferred, record.middle[0], record.middle[1]];
        let rest = (record.house, record.born, record.upn, record.nhs, record.sex().map(|sex| sex as u8));
        hash(&(
            self.id(Number(number)),
            named.map(|name| self.names.text(name)),
            self.streets.text(record.street),
            self.postcodes.text(record.postcode),
            rest,
        ))
    }

    fn record(&mut self, child: &Child) -> Record {
        let mut record = Record {
            given: self.names.intern(&fold(&child.forename)),
            family: self.names.intern(&family_words(&child.surname).join(" ")),
            preferred: self.names.intern(&fold(&child.preferred_forename)),
            born: child.born.map_or(0, packed),
            upn: number_hash(&child.upn),
            nhs: number_hash(&child.nhs_number),
            ..Record::default()
        };
        for (place, word) in fold(&child.middle_names).split(' ').take(2).enumerate() {
            record.middle[place] = self.names.intern(word);
        }
        record.set_sex(child.sex);
        self.set_home(&mut record, child);
        record
    }

    fn set_home(&mut self, record: &mut Record, child: &Child) {
        if let Some(house) = house(&child.address) {
            record.street = self.streets.intern(&house.street);
            record.house = house_hash(&house.numbers);
        }
        let Some(postcode) = postcode(&child.postcode) else { return };
        record.postcode = self.postcodes.intern(&postcode.text);
        if record.postcode as usize == self.area_of.len() {
            let area = self.areas.intern(outward(&postcode.text));
            self.area_of.push(area);
            self.at_postcode.push(0);
            self.in_area.resize(self.areas.len(), 0);
        }
    }

    /// The child with a reference.
    pub fn find(&self, id: &str) -> Option<Number> {
        self.numbers_of(id).next().map(Number)
    }

    fn numbers_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = u32> + 'a {
        let listed = self.postings.get(key(Kind::Reference, [hash(id) as u32, 0, 0]));
        listed
            .filter(move |number| !self.records[*number as usize].is_gone() && self.id(Number(*number)) == id)
    }

    /// The register's reference of a child.
    pub fn id(&self, number: Number) -> &str {
        id_at(&self.ids, &self.id_ends, self.child_of(number.0))
    }

    /// How many children there are.
    pub fn len(&self) -> usize {
        usize::try_from(self.version.children).expect("children are in memory")
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.version.children == 0
    }

    /// Which children it holds.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Bytes in use, nearly.
    pub fn bytes(&self) -> usize {
        self.names.bytes()
            + self.streets.bytes()
            + self.postcodes.bytes()
            + self.records.len() * size_of::<Record>()
            + self.ids.len()
            + self.id_ends.len() * 4
            + self.postings.bytes()
    }

    /// The keys by which a query finds a writing.
    pub(crate) fn keys_between(&self, query: &super::Query, number: u32) -> Vec<Kind> {
        let record = self.record_at(number);
        let mut keys = Vec::new();
        key::each(record, self.area_of(record.postcode), &self.names, &mut |kind, key| {
            keys.push((kind, key))
        });
        let mut kinds = Vec::new();
        for reach in [super::Reach::Near, super::Reach::Far, super::Reach::Farthest] {
            query.keys(reach, &mut |kind, key| {
                if keys.contains(&(kind, key)) && !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            });
        }
        kinds
    }

    pub(crate) fn record_at(&self, number: u32) -> &Record {
        &self.records[number as usize]
    }

    /// One record after the last, gone ones included.
    pub(crate) fn end(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// The part of the register that was born in a year; never 0.
    pub(crate) fn year_share(&self, year: i16) -> f64 {
        (f64::from(self.years[year_place(year)]) + 0.5) / (self.total() + 1.0)
    }

    /// How much more frequent a child's two names are together than each by itself makes expect.
    pub(crate) fn lift(&self, record: &Record) -> f64 {
        self.traditions.lift(record.given, record.family)
    }

    pub(crate) fn find_postcode(&self, text: &str) -> Option<u32> {
        self.postcodes.find(text)
    }

    pub(crate) fn find_area(&self, text: &str) -> Option<u32> {
        self.areas.find(text)
    }

    pub(crate) fn find_street(&self, text: &str) -> Option<u32> {
        self.streets.find(text).filter(|number| *number != 0)
    }

    pub(crate) fn at_postcode(&self, postcode: u32) -> u32 {
        self.at_postcode[postcode as usize]
    }

    pub(crate) fn in_area(&self, area: u32) -> u32 {
        self.in_area.get(area as usize).copied().unwrap_or_default()
    }
}

impl Places for Population {
    fn postcode_text(&self, number: u32) -> &str {
        self.postcodes.text(number)
    }

    fn area_of(&self, postcode: u32) -> u32 {
        self.area_of[postcode as usize]
    }

    fn street_text(&self, number: u32) -> &str {
        self.streets.text(number)
    }

    fn total(&self) -> f64 {
        self.version.children as f64
    }
}

fn id_at<'a>(ids: &'a str, ends: &[u32], number: u32) -> &'a str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &ids[start as usize..ends[number] as usize]
}

pub(super) fn year_place(year: i16) -> usize {
    usize::try_from(i32::from(year) - i32::from(FIRST_YEAR)).unwrap_or_default().min(YEARS - 1)
}

/// House numbers as they stand in a record; 0 for none.
pub(crate) fn house_hash(numbers: &str) -> u32 {
    if numbers.is_empty() { 0 } else { (hash(numbers) >> 32) as u32 | 1 }
}

/// An identifier as it stands in a record; 0 for none.
pub(crate) fn number_hash(text: &str) -> u32 {
    let text: String =
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    if text.is_empty() { 0 } else { (hash(text.as_str()) >> 32) as u32 | 1 }
}

/// The sexes of the children with a first name, as the chance that a child with it has a sex.
pub(crate) fn sex_share(names: &Names, given: u32, sex: Sex) -> f64 {
    let fact = names.fact(given);
    let same = if sex == Sex::Female { fact.girls } else { fact.boys };
    (f64::from(same) + 0.5) / (f64::from(fact.girls + fact.boys) + 1.0)
}
