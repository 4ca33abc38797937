//! Asking: as fast as answers come, and at a steady rate whatever comes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread::{ScopedJoinHandle, scope, sleep};
use std::time::{Duration, Instant};

use atriz_bench::{Client, Request};
use atriz_core::DEMO_PASSWORD;

use super::histogram::Histogram;
use crate::machine::BenchError;
use crate::measure::float;

/// How many ask at once in the closed loop; as many as the clients of pgbench.
const CLIENTS: usize = 8;
/// How many can wait for an answer at once in the open loop; a request that none of them is free for goes late, and its
/// time counts from when it was due.
const WAITING: usize = 32;
/// Sleeping ends late by about so much; the rest is waited for awake.
const SLACK: Duration = Duration::from_micros(120);

/// The access token of a demo user.
pub(crate) fn sign_in(address: SocketAddr, user: &str) -> Result<String, BenchError> {
    let body = format!(r#"{{"email":"{user}","password":"{DEMO_PASSWORD}"}}"#);
    let mut client = Client::open(address)?;
    let answer: serde_json::Value = read(client.ask(&Request::post("/auth/sign-in", &body))?)?;
    let token = answer["access_token"].as_str().map(str::to_owned);
    token.ok_or_else(|| BenchError::Odd(format!("{user} was given no token")))
}

/// What was answered, as JSON.
pub(crate) fn read(answer: &[u8]) -> Result<serde_json::Value, BenchError> {
    serde_json::from_slice(answer).map_err(|error| BenchError::Odd(format!("an answer is no JSON: {error}")))
}

/// Asks everything once.
pub(crate) fn answers(address: SocketAddr, requests: &[Request]) -> Result<Vec<Vec<u8>>, BenchError> {
    let mut client = Client::open(address)?;
    requests.iter().map(|request| Ok(client.ask(request)?.to_vec())).collect()
}

/// Requests a second of clients that ask again as soon as they are answered.
pub(super) fn closed(address: SocketAddr, requests: &[Request], time: Duration) -> Result<f64, BenchError> {
    let mut clients = (0..CLIENTS).map(|_| Client::open(address)).collect::<Result<Vec<_>, _>>()?;
    let done = AtomicUsize::new(0);
    let started = Instant::now();
    scope(|threads| {
        let asking = clients.iter_mut().enumerate().map(|(number, client)| {
            let done = &done;
            threads.spawn(move || -> Result<(), BenchError> {
                for request in requests.iter().cycle().skip(number) {
                    if started.elapsed() >= time {
                        break;
                    }
                    client.ask(request)?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        });
        all(asking.collect())
    })?;
    Ok(float(done.load(Ordering::Relaxed)) / started.elapsed().as_secs_f64())
}

/// How many microseconds answers take from when the requests were due, `rate` of them a second.
pub(super) fn open(
    address: SocketAddr,
    requests: &[Request],
    rate: u32,
    time: Duration,
) -> Result<Histogram, BenchError> {
    let interval = Duration::from_secs(1) / rate.max(1);
    let mut clients = (0..WAITING).map(|_| Client::open(address)).collect::<Result<Vec<_>, _>>()?;
    let next = AtomicU32::new(0);
    let started = Instant::now();
    let counted = scope(|threads| {
        let asking = clients.iter_mut().map(|client| {
            let next = &next;
            threads.spawn(move || -> Result<Histogram, BenchError> {
                let mut found = Histogram::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let due = interval * number;
                    if due >= time {
                        return Ok(found);
                    }
                    wait_until(started + due);
                    client.ask(&requests[number as usize % requests.len()])?;
                    let took = started.elapsed().saturating_sub(due).as_micros();
                    found.record(u64::try_from(took).unwrap_or(u64::MAX));
                }
            })
        });
        all(asking.collect())
    })?;
    let mut sum = Histogram::default();
    for part in &counted {
        sum.add(part);
    }
    Ok(sum)
}

fn wait_until(due: Instant) {
    sleep(due.saturating_duration_since(Instant::now()).saturating_sub(SLACK));
    while Instant::now() < due {
        std::hint::spin_loop();
    }
}

fn all<T>(threads: Vec<ScopedJoinHandle<'_, Result<T, BenchError>>>) -> Result<Vec<T>, BenchError> {
    let end = |thread: ScopedJoinHandle<'_, Result<T, BenchError>>| {
        thread.join().unwrap_or_else(|_| Err(BenchError::Odd("a thread broke off".to_owned())))
    };
    threads.into_iter().map(end).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;

    /// Answers every request, the first of all a tenth of a second late if `slow`.
    fn server(slow: bool) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let late = Arc::new(AtomicBool::new(slow));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let late = late.clone();
                std::thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                    let mut stream = stream;
                    while lines.by_ref().map_while(Result::ok).any(|line| line.is_empty()) {
                        if late.swap(false, Ordering::Relaxed) {
                            sleep(Duration::from_millis(100));
                        }
                        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").unwrap();
                    }
                });
            }
        });
        address
    }

    #[test]
    fn every_request_that_was_due_is_counted_and_one_that_had_to_wait_shows() {
        let requests = [Request::get("/", None)];
        let swift = open(server(false), &requests, 200, Duration::from_millis(500)).unwrap();
        assert_eq!(swift.len(), 100);
        let slow = open(server(true), &requests, 200, Duration::from_millis(500)).unwrap();
        assert_eq!(slow.len(), 100);
        assert!(slow.at(100_000) >= 99_000, "{} µs", slow.at(100_000));
    }

    #[test]
    fn the_closed_loop_counts_what_was_answered() {
        let rate = closed(server(false), &[Request::get("/", None)], Duration::from_millis(200)).unwrap();
        assert!(rate > 50.0, "{rate}");
    }
}
