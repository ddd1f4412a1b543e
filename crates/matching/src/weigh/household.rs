//! The children of one event in one household: who of them is who.

/// Weights of each child of an event (rows) for each member of a household (columns), and for being none of them.
pub(super) struct Household {
    /// Weight of the household itself: its prior and the shared address.
    pub weight: f64,
    /// `fits[child][member]`.
    pub fits: Vec<Vec<f64>>,
    /// `none[child]`: a sibling who is not on the register, or a child who belongs elsewhere.
    pub none: Vec<f64>,
}

/// More members than this at one address are no household; the best are kept.
pub(super) const MOST: usize = 10;

impl Household {
    /// The weight of all ways to assign distinct members to the children, and of those in which a given child is
    /// a given member or none of them.
    pub fn shares(&self) -> Shares {
        let children = self.none.len();
        let members = self.fits.first().map_or(0, Vec::len);
        let mut shares = Shares { fits: vec![vec![0.0; members]; children], none: vec![0.0; children] };
        for child in 0..children {
            let others = self.without(child, members);
            shares.none[child] = self.weight * self.none[child] * others.iter().sum::<f64>();
            for member in 0..members {
                let free = others.iter().enumerate().filter(|(taken, _)| taken & 1 << member == 0);
                shares.fits[child][member] =
                    self.weight * self.fits[child][member] * free.map(|(_, weight)| weight).sum::<f64>();
            }
        }
        shares
    }

    /// The weight of every set of members taken by all children but one.
    fn without(&self, child: usize, members: usize) -> Vec<f64> {
        let mut ways = vec![0.0; 1 << members];
        ways[0] = 1.0;
        for (_, (fits, none)) in
            self.fits.iter().zip(&self.none).enumerate().filter(|(other, _)| *other != child)
        {
            // From the fullest set down, so that a child takes one member at most.
            for taken in (0..ways.len()).rev() {
                let with: f64 = (0..members)
                    .filter(|member| taken & 1 << member != 0)
                    .map(|member| ways[taken & !(1 << member)] * fits[member])
                    .sum();
                ways[taken] = ways[taken] * none + with;
            }
        }
        ways
    }
}

/// Weights of the outcomes, not yet divided by their sum.
pub(super) struct Shares {
    pub fits: Vec<Vec<f64>>,
    pub none: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_children_are_never_the_same_member() {
        let household =
            Household { weight: 2.0, fits: vec![vec![3.0, 1.0], vec![5.0, 0.0]], none: vec![0.5, 0.25] };
        let shares = household.shares();
        // Child 0 is member 0: child 1 can be none only; member 1: child 1 may be member 0 or none.
        assert_eq!(shares.fits[0], [2.0 * 3.0 * 0.25, 2.0 * 1.0 * 5.25]);
        assert_eq!(shares.none[0], 2.0 * 0.5 * 5.25);
        let total = |child: usize| shares.fits[child].iter().sum::<f64>() + shares.none[child];
        assert_eq!(total(0), total(1));
    }
}
