//! Somebody who asks again and again over one connection, at as little cost as can be: whoever asks shares the cores
//! with what is measured.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sent, byte by byte, and what it is called in errors.
#[derive(Clone, Debug)]
pub struct Request {
    name: String,
    bytes: Vec<u8>,
}

impl Request {
    /// A GET of `path`, with a token or without.
    pub fn get(path: &str, token: Option<&str>) -> Self {
        let bearer = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\n");
        Self { name: format!("GET {path}"), bytes: text.into_bytes() }
    }

    /// A POST of JSON to `path`.
    pub fn post(path: &str, body: &str) -> Self {
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Self { name: format!("POST {path}"), bytes: text.into_bytes() }
    }
}

/// A connection that stays open.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    /// What has come of the answer; it holds its room from one answer to the next.
    answer: Vec<u8>,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    ///
    /// As [`TcpStream::connect`].
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, answer: Vec::with_capacity(64 * 1_024) })
    }

    /// Asks, and reads the whole answer, which has to be 200 and say how long it is. Answers its body.
    ///
    /// # Errors
    ///
    /// When the connection breaks, or the answer is another one.
    pub fn ask(&mut self, request: &Request) -> io::Result<&[u8]> {
        self.stream.write_all(&request.bytes)?;
        self.answer.clear();
        let head = loop {
            if let Some(end) = self.answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            self.read_more(request)?;
        };
        let length = length_of(&String::from_utf8_lossy(&self.answer[..head]), &request.name)?;
        while self.answer.len() < head + length {
            self.read_more(request)?;
        }
        Ok(&self.answer[head..])
    }

    fn read_more(&mut self, request: &Request) -> io::Result<()> {
        let mut part = [0; 16 * 1_024];
        let count = self.stream.read(&mut part)?;
        if count == 0 {
            return Err(io::Error::other(format!("{} was not answered to its end", request.name)));
        }
        self.answer.extend_from_slice(&part[..count]);
        Ok(())
    }
}

/// How long the body is, by the head of an answer that has to be 200.
fn length_of(head: &str, name: &str) -> io::Result<usize> {
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200") {
        return Err(io::Error::other(format!("{name} was answered with {status}")));
    }
    let length =
        lines.filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, value)| value.trim().parse().ok());
    length.ok_or_else(|| io::Error::other(format!("{name}: the answer does not say how long it is")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_of_200_that_tells_its_length_counts() {
        assert_eq!(length_of("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n", "x").unwrap(), 12);
        assert_eq!(length_of("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", "x").unwrap(), 0);
        assert!(
            length_of("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n", "x").unwrap_err().to_string().contains("503")
        );
        assert!(length_of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "x").is_err());
    }
}
