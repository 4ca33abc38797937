//! Whether the time of an answer tells who has an account. It takes minutes and a machine that does little else, so it
//! runs by `cargo xtask test --deep` alone, and prints what it measured.

use std::time::{Duration, Instant};

use atriz_core::{AuthError, DEMO_PASSWORD};
use atriz_testing::{Engine, run};

use crate::people::{PASSWORD, at, enter, run_sql, sign_up};
use crate::support::House;

/// Of each kind, unless `TEST_TIMING_CALLS` says otherwise.
const CALLS: u32 = 300;

/// A standard score as far out as this comes once in ten thousand runs by chance.
const SURPRISING: f64 = 3.89;

/// Below this share of the time a difference is that of a few rows more or fewer; a hash or a mail would be far above.
const NOTICEABLE: f64 = 0.1;

/// What somebody asks to find out whether an address has an account.
#[derive(Clone, Copy, Debug)]
enum Question {
    SignIn,
    Forgot,
    SignUp,
}

impl Question {
    /// Asks it, and answers how long that took.
    async fn ask(self, house: &House, is_known: bool, round: u32) -> Duration {
        // What was asked before must not count, nor stand in the way.
        run_sql(house, "DELETE FROM throttles").await;
        let email = if is_known { "member@example.com".to_owned() } else { format!("nobody{round}@new.example") };
        let begun = Instant::now();
        match self {
            Self::SignIn => {
                let done = enter(house, &email, "not the one of anybody", None, &at(1)).await;
                assert!(matches!(done, Err(AuthError::Credentials)), "{done:?}");
            }
            Self::Forgot => house.issuer.accounts().forgot_password(&email, &at(1)).await.unwrap(),
            Self::SignUp => sign_up(house, &email, PASSWORD, &at(1)).await.unwrap(),
        }
        begun.elapsed()
    }
}

/// Two sets of measurements beside each other.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    /// How far the ranks are from those of one set (Mann and Whitney), in standard deviations.
    score: f64,
    /// By how much the medians differ, as a share of the smaller one.
    difference: f64,
    medians: (f64, f64),
}

impl Comparison {
    fn of(mut one: Vec<f64>, mut other: Vec<f64>) -> Self {
        one.sort_by(f64::total_cmp);
        other.sort_by(f64::total_cmp);
        // How many of the other set each is above; one that is equal counts half.
        let above = |value: f64| {
            let below = other.partition_point(|theirs| *theirs < value);
            let equal = other.partition_point(|theirs| *theirs <= value) - below;
            count(below) + count(equal) / 2.0
        };
        let ranks: f64 = one.iter().map(|value| above(*value)).sum();
        let (ours, theirs) = (count(one.len()), count(other.len()));
        let score = (ranks - ours * theirs / 2.0) / (ours * theirs * (ours + theirs + 1.0) / 12.0).sqrt();
        let medians = (one[one.len() / 2], other[other.len() / 2]);
        let difference = (medians.0 - medians.1).abs() / medians.0.min(medians.1);
        Self { score, difference, medians }
    }

    fn tells_them_apart(&self) -> bool {
        self.score.abs() > SURPRISING && self.difference > NOTICEABLE
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

async fn measure(engine: Engine) {
    let calls = std::env::var_os("TEST_TIMING_CALLS").map_or(CALLS, |calls| calls.to_str().unwrap().parse().unwrap());
    let house = House::new(engine).await;
    // What is mailed is written and stays where it is, so that no mail of one question is sent during the next.
    house.issuer.shutdown().await;
    enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(2)).await.unwrap();
    let mut told = Vec::new();
    for question in [Question::SignIn, Question::Forgot, Question::SignUp] {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for round in 0..calls + 10 {
            // Turn about, and who comes first changes: what drifts does so for both.
            let first = round % 2 == 0;
            let one = question.ask(&house, first, round).await;
            let two = question.ask(&house, !first, round).await;
            let (of_known, of_unknown) = if first { (one, two) } else { (two, one) };
            // The first few warm up.
            if round >= 10 {
                known.push(of_known.as_secs_f64() * 1e3);
                unknown.push(of_unknown.as_secs_f64() * 1e3);
            }
        }
        let found = Comparison::of(known, unknown);
        println!(
            "{engine}: {question:?}: {calls} calls each, median {:.3} ms with an account, {:.3} ms without, {:.1} % apart, \
             z = {:+.2}",
            found.medians.0,
            found.medians.1,
            found.difference * 100.0,
            found.score
        );
        told.push((question, found));
    }
    for (question, found) in told {
        assert!(!found.tells_them_apart(), "{question:?} tells by its time who has an account: {found:?}");
    }
}

#[test]
#[ignore = "statistics: `cargo xtask test --deep` runs it, with nothing beside it"]
fn no_answer_tells_by_its_time_who_has_an_account_sqlite() {
    run(Engine::Sqlite, "timing on sqlite", measure);
}

#[test]
#[ignore = "statistics: `cargo xtask test --deep` runs it, with nothing beside it"]
fn no_answer_tells_by_its_time_who_has_an_account_postgres() {
    run(Engine::Postgres, "timing on postgres", measure);
}

#[test]
fn the_statistics_tell_sets_apart_that_differ() {
    let noise = |seed: u32| f64::from(seed.wrapping_mul(2_654_435_761) >> 16) / 65_536.0;
    let set = |seed: u32, shift: f64| (0..300).map(|index| 10.0 + shift + noise(index + seed)).collect::<Vec<_>>();
    let same = Comparison::of(set(1, 0.0), set(1_000, 0.0));
    assert!(!same.tells_them_apart() && same.score.abs() < 3.0, "{same:?}");
    let slower = Comparison::of(set(1, 2.0), set(1_000, 0.0));
    assert!(slower.tells_them_apart() && slower.score > 10.0, "{slower:?}");
    let little = Comparison::of(set(1, 0.5), set(1_000, 0.0));
    assert!(
        !little.tells_them_apart() && little.score > SURPRISING,
        "what is sure and small is told, and passes: {little:?}"
    );
    let equal = Comparison::of(vec![1.0; 20], vec![1.0; 20]);
    assert!(equal.score.abs() < 1e-9, "{equal:?}");
}
