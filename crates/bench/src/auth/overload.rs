//! More sign-ins than can be hashed: what that does to other routes, and to memory.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::machine::{BenchError, Machine, program, workspace};
use crate::measure::{Measure, milliseconds};
use crate::serve::{Running, free_ports, resident, start, wait_for};

/// How many ask at once; each comes back as soon as it is answered.
const CROWD: usize = 200;
/// What one hash fills, in MB.
const HASH: f64 = 19.0;

/// `time` is how long the other route is watched with a crowd, and how long without one.
pub(super) fn run(machine: &Machine, pairs: usize, time: Duration) -> Result<Vec<Measure>, BenchError> {
    for verb in ["create", "migrate", "seed"] {
        machine.xtask(&["db", verb, "core", "atriz"])?;
    }
    let port = free_ports()?[0];
    let mut command = machine.command(program("atriz-api")?);
    command.current_dir(workspace()).env("PORT", port.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
    // Each of the crowd has an address of its own, or nearly all would be sent away unheard.
    let running = start(command.env("TRUSTED_PROXIES", "127.0.0.0/8"))?;
    wait_for(port, Instant::now())?;
    let base = with_guests(&running, port)?;
    // One crowd, and not all that come after it: each leaves rows behind that the engine keeps at hand from then on.
    under_siege(port, time);
    let peak = resident(&running, "VmHWM")?;
    let mut latency = Measure {
        floor_name: Some("the same without sign-ins".to_owned()),
        ..Measure::alone("99th percentile of another route under 200 who sign in", Vec::new(), "ms", "as without")
    };
    let mut meanwhile =
        Measure::alone("of 200 who sign in, those who are heard beside another route", Vec::new(), "/s", "–");
    // In turn, so that a busy neighbour of this machine does not fall upon one of the two.
    let each = time / u32::try_from(pairs).unwrap_or(1);
    for _ in 0..pairs {
        let undisturbed = others(port, each);
        let (busy, heard) = under_siege(port, each);
        latency.push(busy, undisturbed);
        meanwhile.values.push(heard);
    }
    let permits =
        std::thread::available_parallelism().map_or(2.0, |count| f64::from(u32::try_from(count.get()).unwrap_or(2)));
    let memory = Measure {
        floor_name: Some("200 connections open and idle, and 19 MB for each hash at once".to_owned()),
        floors: vec![base + permits * HASH],
        ..Measure::alone("peak memory under 200 who sign in", vec![peak], "MB", "at most 1.1 of that")
    };
    Ok(vec![latency, meanwhile, memory])
}

/// What is held while as many connections are open, each of which was answered once and asks no more.
fn with_guests(running: &Running, port: u16) -> Result<f64, BenchError> {
    let mut guests = Vec::new();
    for _ in 0..CROWD {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(b"GET /api/v1/locations?q=lis&limit=5 HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        // The first bytes of the answer say that there is one; the rest may stay where it is.
        if stream.read(&mut [0; 4_096])? == 0 {
            return Err(BenchError::Odd("a connection ended without an answer".to_owned()));
        }
        guests.push(stream);
    }
    resident(running, "VmRSS")
}

/// The 99th percentile of a public route.
fn others(port: u16, time: Duration) -> f64 {
    let (mut times, until) = (Vec::new(), Instant::now() + time);
    while Instant::now() < until {
        let started = Instant::now();
        if ask(port, "GET /api/v1/locations?q=lis&limit=5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .is_some()
        {
            times.push(milliseconds(started.elapsed()));
        }
        sleep(Duration::from_millis(5));
    }
    times.sort_by(f64::total_cmp);
    times.get(times.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}

/// The same beside a crowd, which has gone when this returns, and how many of the crowd were heard in a second.
fn under_siege(port: u16, time: Duration) -> (f64, f64) {
    let (stop, heard) = (AtomicBool::new(false), AtomicU32::new(0));
    scope(|threads| {
        for _ in 0..CROWD {
            threads.spawn(|| besiege(port, &stop, &heard));
        }
        sleep(Duration::from_secs(1));
        let (started, before) = (Instant::now(), heard.load(Ordering::Relaxed));
        let busy = others(port, time);
        let heard = f64::from(heard.load(Ordering::Relaxed) - before);
        let rate = heard / started.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        (busy, rate)
    })
}

/// One of the crowd: signs in again and again, whatever is answered. It stands for somebody else's machine, so it leaves
/// the cores to whoever answers, but not to who hashes.
fn besiege(port: u16, stop: &AtomicBool, heard: &AtomicU32) {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    // On Linux this is about the one thread. A system that refuses it measures more than was asked.
    let _ = rustix::process::nice(10);
    while !stop.load(Ordering::Relaxed) {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let body = format!(r#"{{"email":"nobody{number}@example.com","password":"no such password {number}"}}"#);
        let [_, a, b, c] = number.to_be_bytes();
        let request = format!(
            "POST /auth/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             X-Forwarded-For: 10.{a}.{b}.{c}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        match ask(port, &request) {
            // Refused for its password, and so behind a hash.
            Some(answer) if answer.starts_with("HTTP/1.1 401") => drop(heard.fetch_add(1, Ordering::Relaxed)),
            Some(_) => {}
            None => sleep(Duration::from_millis(20)),
        }
    }
}

fn ask(port: u16, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
