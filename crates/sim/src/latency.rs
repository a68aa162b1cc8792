//! How long a message takes: the distributions, computed in fixed point so that every machine draws the same.

use crate::draw::below;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// The distribution of the time that messages take on a link.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Latency {
    /// Always the same.
    Constant(Span),
    /// Any value from the first up to, not including, the second, equally likely.
    Uniform(Span, Span),
    /// Bell-shaped around a mean, with a standard deviation; never below zero.
    Normal(Span, Span),
    /// A least value, plus an exponentially distributed time with the given mean (a memoryless queue).
    Exponential(Span, Span),
    /// Heavy tail (Pareto, shape 1.5: finite mean, infinite variance) from a least value, held below the second.
    HeavyTail(Span, Span),
}

impl Default for Latency {
    fn default() -> Self {
        Latency::Uniform(Span::millis(5), Span::millis(15))
    }
}

impl Latency {
    /// The latency that a uniform 64-bit draw stands for.
    pub fn sample(self, draw: u64) -> Span {
        match self {
            Latency::Constant(span) => span,
            Latency::Uniform(low, high) => low + Span(below(draw, (high - low).0)),
            Latency::Normal(mean, deviation) => normal(mean, deviation, draw),
            Latency::Exponential(least, mean) => {
                // -ln u = -log2 u * ln 2
                let ln = (u128::from(minus_log2(draw)) * u128::from(LN_2)) >> 32;
                least + Span(u64::try_from((u128::from(mean.0) * ln) >> 32).unwrap_or(u64::MAX))
            }
            Latency::HeavyTail(least, most) => {
                // least * u^(-1/1.5) = least * 2^(-log2 u * 2/3)
                let power = minus_log2(draw) * 2 / 3;
                Span(scale_by_exp2(least.0, power)).min(most)
            }
        }
    }
}

/// ln 2 with 32 fractional bits.
const LN_2: u64 = 2_977_044_472;

/// -log2 of `draw / 2^64`, with 32 fractional bits: between 0 and 64. By repeated squaring of the mantissa, one
/// fractional bit a step (Knuth, TAOCP 1.2.2, exercise 25), which needs nothing but integer products.
fn minus_log2(draw: u64) -> u64 {
    let draw = draw.max(1);
    let zeros = draw.leading_zeros();
    let mut mantissa = draw << zeros; // in [2^63, 2^64) for [1, 2)
    let mut fraction = 0u64;
    for _ in 0..32 {
        let square = (u128::from(mantissa) * u128::from(mantissa)) >> 63;
        fraction <<= 1;
        if square >> 64 != 0 {
            fraction |= 1;
            mantissa = (square >> 1) as u64;
        } else {
            mantissa = square as u64;
        }
    }
    // log2(draw / 2^64) = -(zeros + 1) + fraction
    (u64::from(zeros + 1) << 32) - fraction
}

/// `value * 2^power`, `power` with 32 fractional bits; saturating.
fn scale_by_exp2(value: u64, power: u64) -> u64 {
    // 2^(2^-i) with 32 fractional bits, i = 1..=16: beyond that a nanosecond is not told apart.
    const ROOTS: [u64; 16] = [
        6_074_001_000,
        5_107_605_667,
        4_683_695_048,
        4_485_121_744,
        4_389_014_833,
        4_341_736_423,
        4_318_288_544,
        4_306_612_134,
        4_300_785_774,
        4_297_875_550,
        4_296_421_177,
        4_295_694_175,
        4_295_330_720,
        4_295_149_004,
        4_295_058_149,
        4_295_012_722,
    ];
    let mut scaled = u128::from(value) << 32;
    for (i, root) in ROOTS.iter().enumerate() {
        if power >> (31 - i) & 1 == 1 {
            scaled = (scaled >> 32) * u128::from(*root) + (((scaled & 0xffff_ffff) * u128::from(*root)) >> 32);
        }
    }
    let whole = u32::try_from(power >> 32).unwrap_or(u32::MAX);
    if whole >= 64 {
        return u64::MAX;
    }
    u64::try_from((scaled >> 32).checked_shl(whole).unwrap_or(u128::MAX)).unwrap_or(u64::MAX)
}

/// The sum of twelve uniform numbers has variance 1 and is normal to the eye (Irwin-Hall); its tails end at six
/// standard deviations.
fn normal(mean: Span, deviation: Span, draw: u64) -> Span {
    let mut sum = 0u64; // twelve numbers of 16 bits
    for word in 0..3 {
        let bits = crate::digest::avalanche(draw.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(word)));
        sum += (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
    }
    let centred = i128::from(sum) - 6 * 65_535;
    let offset = i128::from(deviation.0) * centred / 65_536;
    Span(u64::try_from((i128::from(mean.0) + offset).max(0)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Purpose, Seed};

    fn mean_of(latency: Latency) -> f64 {
        let n = 200_000;
        let sum: u128 = (0..n).map(|i| u128::from(latency.sample(Seed(3).draw(Purpose::Latency, 0, 1, i)).0)).sum();
        sum as f64 / n as f64 / 1e6
    }

    #[test]
    fn the_table_of_roots_is_right() {
        for i in 1..=16 {
            let exact = (2f64).powf(0.5f64.powi(i)) * 4_294_967_296.0;
            let ours = scale_by_exp2(1 << 40, 1 << (32 - i)) as f64 / (1u64 << 40) as f64 * 4_294_967_296.0;
            assert!((exact - ours).abs() < 2.0, "{i}: {exact} {ours}");
        }
        for draw in [1, 12_345, u64::MAX / 3, u64::MAX / 2, u64::MAX] {
            let exact = 64.0 - (draw as f64).log2();
            assert!((minus_log2(draw) as f64 / 4_294_967_296.0 - exact).abs() < 1e-8, "{draw}");
        }
    }

    #[test]
    fn means_are_those_of_the_distributions() {
        let ms = Span::millis;
        for (latency, mean, tolerance) in [
            (Latency::Constant(ms(10)), 10.0, 0.0001),
            (Latency::Uniform(ms(5), ms(15)), 10.0, 0.05),
            (Latency::Normal(ms(10), ms(2)), 10.0, 0.05),
            (Latency::Exponential(ms(2), ms(8)), 10.0, 0.1),
            // Pareto with shape 1.5: mean 3 times the least value, less what the bound cuts off.
            (Latency::HeavyTail(ms(4), ms(4_000)), 4.0 * (3.0 - 2.0 / 1000f64.sqrt()), 0.4),
        ] {
            let seen = mean_of(latency);
            assert!((seen - mean).abs() <= tolerance, "{latency:?}: {seen} ms, expected {mean} ms");
        }
    }

    #[test]
    fn no_draw_overflows() {
        for latency in [
            Latency::Uniform(Span::MAX, Span::ZERO),
            Latency::Normal(Span::MAX, Span::MAX),
            Latency::Exponential(Span::MAX, Span::MAX),
            Latency::HeavyTail(Span::MAX, Span::MAX),
        ] {
            for draw in [0, 1, u64::MAX] {
                latency.sample(draw);
            }
        }
    }
}
