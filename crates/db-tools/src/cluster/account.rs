//! The user the server runs as. PostgreSQL refuses to run as root, which is who containers and build machines often are.

use std::fs;
use std::io;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::error::ClusterError;

/// The server's user. Its number must exist in the user database: the server looks its name up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    gid: u32,
    /// Whether this process is root and has to become that user.
    pub(crate) switch: bool,
}

impl Account {
    /// This process's own user, or an unprivileged one when this process is root.
    pub(crate) fn for_server() -> Result<Self, ClusterError> {
        let own = Self::own();
        if own.uid != 0 {
            return Ok(own);
        }
        let table = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"].into_iter().find_map(|name| named(&table, name)).ok_or(ClusterError::NoAccount)
    }

    /// This process's own user.
    pub(crate) fn own() -> Self {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Self { uid, gid, switch: false }
    }

    /// Makes the command run as this user, without root's groups.
    pub(crate) fn run(self, command: &mut Command) -> &mut Command {
        if self.switch { command.uid(self.uid).gid(self.gid) } else { command }
    }

    /// Gives a file or folder that this process made to this user.
    pub(crate) fn give(self, path: &Path) -> io::Result<()> {
        if self.switch { lchown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }
}

/// Looks a user up in the text of /etc/passwd, else asks `id`, which knows the system's other user databases.
fn named(table: &str, name: &str) -> Option<Account> {
    let (uid, gid) = in_table(table, name).or_else(|| Some((ask_id("-u", name)?, ask_id("-g", name)?)))?;
    (uid != 0).then_some(Account { uid, gid, switch: true })
}

fn in_table(table: &str, name: &str) -> Option<(u32, u32)> {
    let line = table.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn ask_id(what: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([what, name]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let table = "root:x:0:0::/:/bin/sh\npostgres2:x:7:8::/:/bin/sh\npostgres:x:101:104:a,b:/:/bin/sh\n";
        assert_eq!(in_table(table, "postgres"), Some((101, 104)));
        assert_eq!(in_table(table, "nobody"), None);
        assert_eq!(named("postgres:x:0:0::/:/bin/sh", "postgres"), None, "root under another name is still root");
    }
}
