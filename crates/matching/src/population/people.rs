//! The register's children, put in, taken out and counted.

use super::dictionary::Dictionary;
use super::hash;
use super::key::{self, Kind, key};
use super::names::{Names, Use};
use super::postings::Postings;
use super::record::{Record, packed};
use super::tradition::Traditions;
use crate::alike::{Places, family_words};
use crate::normalise::fold;
use crate::person::{Child, Sex, house, outward, postcode};

/// The number of a child within one population; another build may number otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub(crate) u32);

/// Which children a population holds: two that hold the same, in whatever order they came, have the same version.
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
    area_of: Vec<u32>,
    at_postcode: Vec<u32>,
    in_area: Vec<u32>,
    years: Vec<u32>,
    records: Vec<Record>,
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
        self.0.append(child);
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
            found(key(Kind::Reference, [id(child), 0, 0]));
            key::each(record, area_of[record.postcode as usize], names, &mut |_, key| found(key));
        });
        self.drop_repeats();
        self.traditions = Traditions::learn(&self.records);
    }

    /// Leaves the last child of each reference.
    fn drop_repeats(&mut self) {
        let hashed = |number: u32| hash(self.id(Number(number))) as u32;
        let mut ids: Vec<(u32, u32)> =
            (0..).take(self.records.len()).map(|number| (hashed(number), number)).collect();
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
        self.remove(&child.id);
        let number = self.append(child);
        let record = self.records[number as usize];
        let area = self.area_of(record.postcode);
        let Self { names, postings, .. } = self;
        postings.add(key(Kind::Reference, [hash(child.id.as_str()) as u32, 0, 0]), number);
        key::each(&record, area, names, &mut |_, key| postings.add(key, number));
        self.version
    }

    /// Takes a child out; nothing happens when it is not there.
    pub fn remove(&mut self, id: &str) -> Version {
        while let Some(number) = self.find(id) {
            self.take_out(number.0);
        }
        self.version
    }

    fn take_out(&mut self, number: u32) {
        let record = self.records[number as usize];
        self.count(&record, false);
        self.version.digest ^= self.digest(number);
        self.version.children -= 1;
        self.records[number as usize].leave();
    }

    fn append(&mut self, child: &Child) -> u32 {
        let record = self.record(child);
        let number = u32::try_from(self.records.len()).expect("fewer than four billion children");
        self.records.push(record);
        self.ids.push_str(&child.id);
        self.id_ends.push(u32::try_from(self.ids.len()).expect("references are less than 4 GiB"));
        self.count(&record, true);
        self.version.children += 1;
        self.version.digest ^= self.digest(number);
        number
    }

    /// A hash of what is held of a child, by its texts, because numbers depend on the order of arrival.
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

    fn count(&mut self, record: &Record, comes: bool) {
        let names = &mut self.names;
        names.count(record.given, Use::Given(record.sex()), comes);
        names.count(record.family, Use::Family, comes);
        for given in [record.given, record.preferred, record.middle[0], record.middle[1]] {
            count_words(names, given, Use::GivenWord, comes);
        }
        if names.fact(record.family).is_several {
            count_words(names, record.family, Use::FamilyWord, comes);
        }
        let change = |count: &mut u32| *count = if comes { *count + 1 } else { count.saturating_sub(1) };
        change(&mut self.at_postcode[record.postcode as usize]);
        change(&mut self.in_area[self.area_of[record.postcode as usize] as usize]);
        if let Some(born) = record.born() {
            change(&mut self.years[year_place(born.year())]);
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
        id_at(&self.ids, &self.id_ends, number.0)
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

    /// The keys by which a query finds a child.
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

fn count_words(names: &mut Names, number: u32, used: Use, comes: bool) {
    if !names.fact(number).is_several {
        return names.count(number, used, comes);
    }
    let words: Vec<String> = names.text(number).split(' ').map(str::to_owned).collect();
    for word in words {
        let word = names.intern(&word);
        names.count(word, used, comes);
    }
}

fn id_at<'a>(ids: &'a str, ends: &[u32], number: u32) -> &'a str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &ids[start as usize..ends[number] as usize]
}

fn year_place(year: i16) -> usize {
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
