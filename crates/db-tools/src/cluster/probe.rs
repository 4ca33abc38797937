//! Where a server listens, and whether it answers.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The start of a session as the superuser, in the protocol of PostgreSQL: length, version 3.0, names and values.
const HELLO: &[u8] = b"\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0";
/// The message that ends a session.
const GOODBYE: &[u8] = b"X\0\0\0\x04";
const PATIENCE: Duration = Duration::from_secs(1);

/// Where a server listens.
#[derive(Debug)]
pub(crate) enum Endpoint {
    /// Only on a socket in this folder.
    Socket { folder: PathBuf, port: u16 },
    /// On 127.0.0.1, and perhaps on a socket as well.
    Tcp { folder: Option<PathBuf>, port: u16 },
}

impl Endpoint {
    pub(crate) fn port(&self) -> u16 {
        let (Self::Socket { port, .. } | Self::Tcp { port, .. }) = self;
        *port
    }

    pub(crate) fn socket_dir(&self) -> Option<&Path> {
        match self {
            Self::Socket { folder, .. } => Some(folder),
            Self::Tcp { folder, .. } => folder.as_deref(),
        }
    }

    /// The address of a database. It names the port in any case: without it clients take PGPORT from the environment.
    pub(crate) fn url(&self, database: &str) -> String {
        let database = encode(database.as_bytes());
        match self {
            Self::Socket { folder, port } => {
                let folder = encode(folder.as_os_str().as_encoded_bytes());
                format!("postgres://postgres@localhost:{port}/{database}?host={folder}")
            }
            Self::Tcp { port, .. } => format!("postgres://postgres@127.0.0.1:{port}/{database}"),
        }
    }

    /// Whether a session can be started. An open socket alone says little: a server listens before it is ready, and a
    /// container engine listens before there is a server.
    pub(crate) fn answers(&self) -> bool {
        let greeted = match self {
            Self::Socket { folder, port } => {
                let stream = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}")));
                stream.and_then(|stream| stream.set_read_timeout(Some(PATIENCE)).and_then(|()| greet(stream)))
            }
            Self::Tcp { port, .. } => {
                let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, *port));
                stream.and_then(|stream| stream.set_read_timeout(Some(PATIENCE)).and_then(|()| greet(stream)))
            }
        };
        greeted.unwrap_or(false)
    }
}

/// Starts a session and ends it. The answer is `R`, welcome, or `E`, an error such as "the server is starting up".
fn greet(mut stream: impl Read + Write) -> io::Result<bool> {
    stream.write_all(HELLO)?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    stream.write_all(GOODBYE)?;
    Ok(answer == *b"R")
}

/// Percent-encodes everything that could mean something in an address.
fn encode(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let each =
        bytes.iter().map(|&byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hello_carries_its_own_length() {
        assert_eq!(HELLO.len(), usize::from(HELLO[3]));
    }

    #[test]
    fn addresses_are_encoded() {
        let socket = Endpoint::Socket { folder: "/tmp/a b".into(), port: 5432 };
        assert_eq!(socket.url("test_1"), "postgres://postgres@localhost:5432/test_1?host=/tmp/a%20b");
        let tcp = Endpoint::Tcp { folder: None, port: 7000 };
        assert_eq!(tcp.url("odd?name"), "postgres://postgres@127.0.0.1:7000/odd%3Fname");
    }
}
