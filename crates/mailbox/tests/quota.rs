//! Sync under a quota that a gateway keeps, in real time: run by name, since minutes pass.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

mod support;

use altinn_client::{Pace, Quota};
use mailbox::view::Connection;
use std::time::Duration;
use support::{BERGET, House, Town};
use tokio::time::{Instant, sleep_until};

const QUOTA: &str = "get=120/m,list=10/m";
/// A third of them are Berget's: more than a quarter of an hour can fetch.
const LETTERS: usize = 8_000;
const MINUTE: Duration = Duration::from_secs(60);

/// A mailbox that knows of the quota and shares it with nobody.
async fn house(town: &Town, name: &str) -> House {
    let mut config = town.config(BERGET);
    config.id = name.to_owned();
    config.environment = mailbox::view::Environment::Custom;
    config.pace = Pace {
        quota: Some(Quota::default()),
        shared: None,
    };
    town.open(config).await
}

/// When each read was answered, and how.
fn reads(town: &Town) -> Vec<(chrono::DateTime<chrono::Utc>, u16)> {
    let is_read = |path: &str| path.starts_with("/correspondence/api/v1/correspondence/");
    town.altinn
        .ledger()
        .into_iter()
        .filter(|call| call.method == "GET" && is_read(&call.path))
        .map(|call| (call.at, call.status))
        .collect()
}

async fn quarter_of_an_hour(is_squeezed: bool) {
    let town = Town::with_quota(LETTERS, QUOTA).await;
    let berget = house(&town, "one").await;
    let begun = Instant::now();
    berget.mailbox.start();
    let mut told = None;
    for minute in 1..=15_u32 {
        sleep_until(begun + MINUTE * minute).await;
        if let Connection::Syncing { done, total, until } =
            berget.mailbox.status().await.unwrap().connection
        {
            let asked = reads(&town).len();
            println!("minute {minute}: {done} of {total}, {asked} reads, until {until:?}");
            if minute >= 3 && told.is_none() {
                told = until;
            }
        }
        if is_squeezed && (minute == 5 || minute == 6) {
            let quota = if minute == 5 {
                "get=60/m,list=5/m"
            } else {
                QUOTA
            };
            town.set_quota(quota);
        }
    }
    berget.mailbox.stop().await;
    let reads = reads(&town);
    let served = reads.iter().filter(|(_, status)| *status != 429).count();
    let refused = reads.len() - served;
    let allowed = if is_squeezed { 14 * 120 + 60 } else { 15 * 120 };
    println!("{served} of {allowed} reads, {refused} refused; end told: {told:?}");
    let back = reads[0].0 + chrono::TimeDelta::seconds(365);
    let after = reads
        .iter()
        .filter(|(at, status)| {
            *status != 429 && *at >= back && *at < back + chrono::TimeDelta::seconds(60)
        })
        .count();
    println!("{after} reads in the minute from 5 s after the squeeze");
    assert!(served * 100 >= allowed * 97, "{served} of {allowed} reads");
    assert!(refused * 200 <= reads.len(), "{refused} refused");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a quarter of an hour"]
async fn a_quarter_of_an_hour_uses_the_quota() {
    quarter_of_an_hour(false).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a quarter of an hour"]
async fn a_quarter_of_an_hour_uses_the_quota_that_is_halved_for_a_minute() {
    quarter_of_an_hour(true).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes ten minutes"]
async fn two_engines_come_to_share_a_quota() {
    let town = Town::with_quota(LETTERS, QUOTA).await;
    let (one, two) = (house(&town, "one").await, house(&town, "two").await);
    let begun = Instant::now();
    one.mailbox.start();
    sleep_until(begun + Duration::from_secs(30)).await;
    two.mailbox.start();
    let mut marks = Vec::new();
    for minute in [3, 4, 6, 8, 10_u32] {
        sleep_until(begun + Duration::from_secs(30) + MINUTE * minute).await;
        let mut done = Vec::new();
        for house in [&one, &two] {
            match house.mailbox.status().await.unwrap().connection {
                Connection::Syncing { done: so_far, .. } => done.push(so_far),
                other => panic!("still at it: {other:?}"),
            }
        }
        println!("minute {minute}: {done:?}");
        marks.push((done[0], done[1]));
    }
    one.mailbox.stop().await;
    two.mailbox.stop().await;
    let (first, last) = (marks[0], marks[marks.len() - 1]);
    let (one, two) = (last.0 - first.0, last.1 - first.1);
    let share = one * 100 / (one + two);
    println!("{one} and {two} from the third minute on: {share} %");
    assert!((40..=60).contains(&share), "{one} and {two}");
}
