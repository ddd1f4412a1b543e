//! Which given names go with which family names.

use rustc_hash::FxHashMap;

use super::record::Record;

/// Groups of families that draw from the same names, found in the register itself.
///
/// First and family name are not independent: of the children called Siddique far more are called Mohammed than of
/// all children. Taking them as independent makes a namesake in a small tradition look rarer than it is, and so costs
/// precision there first. The groups are classes of a latent class model (Lazarsfeld & Henry 1968) over the pairs of
/// names of up to `SAMPLE` children; nobody's ethnicity or nationality enters, and the groups have no names.
#[derive(Default)]
pub(crate) struct Traditions {
    shares: [f32; CLASSES],
    given: FxHashMap<u32, [u8; CLASSES]>,
    family: FxHashMap<u32, [u8; CLASSES]>,
}

const CLASSES: usize = 24;
const SAMPLE: usize = 300_000;
const ROUNDS: usize = 30;
/// How many children's worth of the whole register a name is given beside its own children.
const STEADIED: f32 = 1.0;

type Counts = Vec<[f32; CLASSES]>;

impl Traditions {
    /// Finds the groups of a register.
    pub fn learn(records: &[Record]) -> Self {
        let step = records.len() / SAMPLE + 1;
        let is_whole = |record: &&Record| record.given != 0 && record.family != 0 && !record.is_further();
        let sample = records.iter().step_by(step).filter(is_whole);
        let (mut given, mut family) = (Numbering::default(), Numbering::default());
        let pairs: Vec<(usize, usize)> =
            sample.map(|record| (given.of(record.given), family.of(record.family))).collect();
        let mut model = Model::start(&pairs, given.len(), family.len());
        for _ in 0..ROUNDS {
            model = model.next(&pairs);
        }
        Self { shares: model.shares(), given: given.kept(&model.given), family: family.kept(&model.family) }
    }

    /// How much more frequent a pair of names is than if they were independent, its square root, and never less than 1.
    ///
    /// All of it would count twice: namesakes on the register are candidates themselves. A pair that is rarer than by
    /// chance is no better evidence, because brothers and sisters are named alike.
    pub fn lift(&self, given: u32, family: u32) -> f64 {
        let Some((given, family)) = self.given.get(&given).zip(self.family.get(&family)) else { return 1.0 };
        let classes = given.iter().zip(family).zip(self.shares);
        let lift: f32 = classes
            .map(|((given, family), share)| f32::from(*given) * f32::from(*family) / share.max(1e-6))
            .sum();
        f64::from(lift / (255.0 * 255.0)).clamp(1.0, 200.0).sqrt()
    }
}

/// Small numbers for the names of a sample.
#[derive(Default)]
struct Numbering(FxHashMap<u32, usize>);

impl Numbering {
    fn of(&mut self, name: u32) -> usize {
        let next = self.0.len();
        *self.0.entry(name).or_insert(next)
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    /// Each name's classes, in parts of 255.
    fn kept(self, counts: &Counts) -> FxHashMap<u32, [u8; CLASSES]> {
        let rounded = |counts: &[f32; CLASSES]| {
            let total: f32 = counts.iter().sum();
            counts.map(|count| (count / total * 255.0).round() as u8)
        };
        self.0.into_iter().map(|(name, number)| (name, rounded(&counts[number]))).collect()
    }
}

/// Expected counts of each class among the children of each name.
struct Model {
    given: Counts,
    family: Counts,
    classes: [f32; CLASSES],
}

impl Model {
    /// Classes drawn by family name, so that they are not all alike at the start.
    fn start(pairs: &[(usize, usize)], given: usize, family: usize) -> Self {
        let mut model = Self::empty(given, family);
        for (given, family) in pairs {
            let drawn = super::hash(family) >> 32;
            let mut parts = [0.5 / CLASSES as f32; CLASSES];
            parts[drawn as usize % CLASSES] += 0.5;
            model.count(*given, *family, &parts);
        }
        model
    }

    fn empty(given: usize, family: usize) -> Self {
        Self {
            given: vec![[0.0; CLASSES]; given],
            family: vec![[0.0; CLASSES]; family],
            classes: [0.0; CLASSES],
        }
    }

    fn count(&mut self, given: usize, family: usize, parts: &[f32; CLASSES]) {
        for (class, part) in parts.iter().enumerate() {
            self.given[given][class] += part;
            self.family[family][class] += part;
            self.classes[class] += part;
        }
    }

    fn shares(&self) -> [f32; CLASSES] {
        let total: f32 = self.classes.iter().sum::<f32>().max(1.0);
        self.classes.map(|class| class / total)
    }

    /// One round of expectation-maximisation.
    fn next(&self, pairs: &[(usize, usize)]) -> Self {
        let mut next = Self::empty(self.given.len(), self.family.len());
        let shares = self.shares();
        for (given, family) in pairs {
            let (of_given, of_family) = (&self.given[*given], &self.family[*family]);
            let mut parts: [f32; CLASSES] = std::array::from_fn(|class| {
                let share = shares[class];
                (of_given[class] + STEADIED * share) * (of_family[class] + STEADIED * share) / (share + 1e-9)
            });
            let total: f32 = parts.iter().sum();
            parts.iter_mut().for_each(|part| *part /= total);
            next.count(*given, *family, &parts);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_tradition_go_together_more_than_by_chance() {
        // Two traditions of ten given and ten family names each.
        let record = |number: u32| Record {
            given: number % 2 * 10 + number / 2 % 10 + 1,
            family: number % 2 * 10 + number / 20 % 10 + 101,
            ..Record::default()
        };
        let records: Vec<Record> = (0..2_000).map(record).collect();
        let traditions = Traditions::learn(&records);
        for (given, family, goes) in
            [(1, 101, true), (5, 109, true), (12, 112, true), (1, 112, false), (12, 101, false)]
        {
            let lift = traditions.lift(given, family);
            assert_eq!(lift > 1.3, goes, "{given} {family} {lift}");
            assert!(goes || lift <= 1.0, "{given} {family} {lift}");
        }
        assert!((traditions.lift(77, 101) - 1.0).abs() < 1e-9, "a name that was not seen goes with all");
    }
}
