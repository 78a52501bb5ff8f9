//! The uncertainty of a ratio of means, by paired bootstrap (Efron 1979, "Bootstrap methods: another look at the
//! jackknife").
//!
//! In: the scores of two rankings for the same queries. Out: the interval that has the ratio of their means in 95 of 100
//! samples of queries. The samples are always the same.

use fastrand::Rng;

const SAMPLES: usize = 10_000;
const SEED: u64 = 1;

/// Scores of ours and theirs for a query.
pub type Pair = (f64, f64);

/// The ratio of the mean of ours to that of theirs.
pub fn ratio(pairs: impl IntoIterator<Item = Pair>) -> f64 {
    let (ours, theirs) = pairs.into_iter().fold((0.0, 0.0), |(a, b), (ours, theirs)| (a + ours, b + theirs));
    ours / theirs
}

/// The 2.5 and 97.5 percentiles of the ratio over samples of the queries.
pub fn interval(pairs: &[Pair]) -> (f64, f64) {
    let mut rng = Rng::with_seed(SEED);
    let mut ratios: Vec<f64> =
        (0..SAMPLES).map(|_| ratio((0..pairs.len()).map(|_| pairs[rng.usize(0..pairs.len())]))).collect();
    ratios.sort_by(f64::total_cmp);
    let at = |share: f64| ratios[(share * (SAMPLES - 1) as f64).round() as usize];
    (at(0.025), at(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_the_ratio_and_narrows_with_more_queries() {
        let pairs = |n: usize| (0..n).map(|i| if i % 2 == 0 { (1.0, 0.5) } else { (0.25, 0.5) }).collect::<Vec<_>>();
        let width = |n: usize| {
            let pairs = pairs(n);
            let (low, high) = interval(&pairs);
            let ratio = ratio(pairs);
            assert!(low <= ratio && ratio <= high, "{low} {ratio} {high}");
            high - low
        };
        assert!(width(400) < width(40) / 2.0);
        assert_eq!(interval(&pairs(40)), interval(&pairs(40)), "the same samples each time");
        assert_eq!(interval(&[(0.75, 0.5); 9]), (1.5, 1.5));
    }
}
