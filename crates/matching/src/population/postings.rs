//! Which children answer to a key.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// Lists of children by hashed key: one array cut into buckets, and beside it what came since it was built.
///
/// A bucket may hold children of several keys; whoever reads it compares them anyway.
pub(crate) struct Postings {
    shift: u32,
    starts: Vec<u32>,
    children: Vec<u32>,
    added: HashMap<u32, Vec<u32>, FxBuildHasher>,
}

impl Postings {
    /// Builds the lists: `each` hands over every key of a child, and is asked thrice for each.
    pub fn build(children: u32, each: impl Fn(u32, &mut dyn FnMut(u64))) -> Self {
        let mut total = 0_usize;
        (0..children).for_each(|child| each(child, &mut |_| total += 1));
        let bits = (total / 4).next_power_of_two().trailing_zeros().max(16);
        let shift = 64 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        (0..children).for_each(|child| each(child, &mut |key| starts[(key >> shift) as usize + 1] += 1));
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut listed = vec![0; total];
        let mut list = |child, key| {
            // Filled from each bucket's end, which leaves its start where it belongs.
            let at = &mut starts[(key >> shift) as usize + 1];
            *at -= 1;
            listed[*at as usize] = child;
        };
        (0..children).for_each(|child| each(child, &mut |key| list(child, key)));
        starts.remove(0);
        starts.push(u32::try_from(total).expect("fewer than four billion keys"));
        Self { shift, starts, children: listed, added: HashMap::default() }
    }

    fn bucket(&self, key: u64) -> usize {
        (key >> self.shift) as usize
    }

    /// Adds a child under a key.
    pub fn add(&mut self, key: u64, child: u32) {
        let bucket = u32::try_from(self.bucket(key)).expect("buckets are fewer than four billion");
        self.added.entry(bucket).or_default().push(child);
    }

    /// The children under a key, and some of other keys.
    pub fn get(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let bucket = self.bucket(key);
        let range = match self.starts.get(bucket..bucket + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => 0..0,
        };
        let added = u32::try_from(bucket).ok().and_then(|bucket| self.added.get(&bucket));
        self.children[range].iter().copied().chain(added.into_iter().flatten().copied())
    }

    /// How many children there are under a key, at most.
    pub fn count(&self, key: u64) -> usize {
        let bucket = self.bucket(key);
        let built = self.starts.get(bucket..bucket + 2).map_or(0, |ends| (ends[1] - ends[0]) as usize);
        let added = u32::try_from(bucket).ok().and_then(|bucket| self.added.get(&bucket));
        built + added.map_or(0, Vec::len)
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        (self.starts.capacity() + self.children.capacity()) * 4 + self.added.len() * 64
    }
}
