//! Which children answer to a key.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// Lists of children by hashed key: one array cut into buckets, and beside it what came since it was built.
///
/// Each place of the array holds a child and, in the bits that its number leaves free, some bits of the key, by which
/// the children of other keys in the same bucket are mostly told apart.
pub(crate) struct Postings {
    shift: u32,
    starts: Vec<u32>,
    listed: Vec<u32>,
    number_bits: u32,
    added: HashMap<u32, Vec<(u32, u32)>, FxBuildHasher>,
}

/// Parts of the key space, and how many of them are gathered in one walk over the children: the more parts, the smaller
/// the memory that is written to at random; the fewer at once, the less is held beside the lists while they are built.
const PARTS: usize = 32;
const AT_ONCE: usize = 6;

/// A bucket, counted from the first of its part, and what stands in the list for a child under a key of it.
type Pair = (u32, u32);

impl Postings {
    /// Builds the lists: `each` hands over every key of a child, and is asked several times for each.
    pub fn build(children: u32, each: impl Fn(u32, &mut dyn FnMut(u64))) -> Self {
        let mut sizes = [0_usize; PARTS];
        (0..children).for_each(|child| each(child, &mut |key| sizes[part(key)] += 1));
        let total: usize = sizes.iter().sum();
        let bits = (total / 4).next_power_of_two().trailing_zeros().max(16);
        let mut postings = Self {
            shift: 64 - bits,
            starts: Vec::with_capacity((1 << bits) + 1),
            listed: vec![0; total],
            number_bits: 32 - children.leading_zeros(),
            added: HashMap::default(),
        };
        let mut at = 0;
        for (walk, sizes) in sizes.chunks(AT_ONCE).enumerate() {
            let mut pairs: Vec<Vec<Pair>> = sizes.iter().map(|size| Vec::with_capacity(*size)).collect();
            let in_part = (1 << bits) / PARTS - 1;
            (0..children).for_each(|child| {
                each(child, &mut |key| {
                    if let Some(pairs) =
                        part(key).checked_sub(walk * AT_ONCE).and_then(|part| pairs.get_mut(part))
                    {
                        let bucket = postings.bucket(key) & in_part;
                        pairs.push((bucket as u32, child | postings.mark(key)));
                    }
                });
            });
            for pairs in pairs {
                postings.list(&pairs, at);
                at += pairs.len();
            }
        }
        postings.starts.push(u32::try_from(total).expect("fewer than four billion keys"));
        postings
    }

    /// Lists the pairs of the next part, by bucket, from a place on.
    fn list(&mut self, pairs: &[Pair], from: usize) {
        let buckets = (1_usize << (64 - self.shift)) / PARTS;
        let mut ends = vec![0_u32; buckets];
        pairs.iter().for_each(|(bucket, _)| ends[*bucket as usize] += 1);
        let mut end = u32::try_from(from).expect("fewer than four billion keys");
        for count in &mut ends {
            end += *count;
            *count = end;
        }
        // Filled from each bucket's end, which leaves its start where the end was.
        for (bucket, listed) in pairs.iter().rev() {
            let place = &mut ends[*bucket as usize];
            *place -= 1;
            self.listed[*place as usize] = *listed;
        }
        self.starts.extend(ends);
    }

    /// The bits of a key that stand above a child's number.
    fn mark(&self, key: u64) -> u32 {
        if self.number_bits >= 32 { 0 } else { (key as u32) << self.number_bits }
    }

    fn bucket(&self, key: u64) -> usize {
        (key >> self.shift) as usize
    }

    fn added(&self, key: u64) -> &[(u32, u32)] {
        let bucket = u32::try_from(self.bucket(key)).expect("buckets are fewer than four billion");
        self.added.get(&bucket).map_or(&[], Vec::as_slice)
    }

    /// Adds a child under a key.
    pub fn add(&mut self, key: u64, child: u32) {
        let bucket = u32::try_from(self.bucket(key)).expect("buckets are fewer than four billion");
        self.added.entry(bucket).or_default().push((key as u32, child));
    }

    /// The children under a key, and hardly any of other keys.
    pub fn get(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let (bucket, mark) = (self.bucket(key), self.mark(key));
        let numbers = 1_u32.checked_shl(self.number_bits).map_or(u32::MAX, |end| end - 1);
        let listed = &self.listed[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let listed =
            listed.iter().filter(move |place| **place & !numbers == mark).map(move |place| place & numbers);
        let added = self.added(key).iter().filter(move |(of, _)| *of == key as u32).map(|(_, child)| *child);
        listed.chain(added)
    }

    /// How many children there are in the bucket of a key: as many as under the key, or some more.
    pub fn count(&self, key: u64) -> usize {
        let bucket = self.bucket(key);
        (self.starts[bucket + 1] - self.starts[bucket]) as usize + self.added(key).len()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        (self.starts.len() + self.listed.len()) * 4 + self.added.len() * 64
    }
}

/// The part of the key space that a key is in.
fn part(key: u64) -> usize {
    (key >> 59) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_child_is_found_by_its_keys_and_hardly_by_others() {
        let keys = |child: u32| {
            [u64::from(child % 7), u64::from(child)]
                .map(|key| key.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(5))
        };
        let mut postings = Postings::build(5_000, |child, found| keys(child).into_iter().for_each(found));
        postings.add(keys(3)[1], 5_000);
        for child in 0..5_000 {
            assert!(keys(child).iter().all(|key| postings.get(*key).any(|found| found == child)), "{child}");
            assert!(postings.get(keys(child)[1]).count() <= 3 + 5_000 / 7 * usize::from(child < 7));
        }
        assert!(postings.get(keys(3)[1]).any(|found| found == 5_000));
    }
}
