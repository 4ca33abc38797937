//! The apps there are, and the addresses that a sign-in may return to.

use std::collections::BTreeSet;

use atriz_db::with_transaction;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::app::info;
use super::authorize::MAX_TEXT;
use super::{AppInfo, Note, Sessions};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::apps;
use crate::ground::Ground;
use crate::settings::is_this_machine;

/// How many addresses an app may have.
const MOST: usize = 16;

impl Sessions {
    /// All apps, by code.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn apps(&self) -> Result<Vec<AppInfo>, AuthError> {
        let all = apps::Entity::find().order_by_asc(apps::Column::Code).all(self.ground.database.read()).await?;
        Ok(all.iter().map(info).collect())
    }

    /// Registers the addresses that a sign-in to an app may return to, in place of those it had. They stay as they are
    /// written, since what is asked for is compared with them letter by letter (RFC 9700 §2.1).
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.write` and `roles.grant`, and from an API key; [`AuthError::NotFound`];
    /// [`AuthError::Unacceptable`] for an address that a code must not be sent to, for one that is there twice, and for
    /// too many.
    pub async fn register_redirects(
        &self,
        caller: &Caller,
        app: &str,
        addresses: &[String],
        client: &Client,
    ) -> Result<AppInfo, AuthError> {
        caller.require("apps.write")?;
        // Whoever has codes sent to themselves becomes whoever signs in next.
        caller.require("roles.grant")?;
        caller.session()?;
        check(addresses)?;
        let app = self.find_app(app).await?.ok_or(AuthError::NotFound)?;
        let note = Note::of(caller, "app.register_redirects", client).to(app.id);
        let written = with_transaction(&self.ground.database, |tx| {
            let (ground, note, addresses) = (self.ground.clone(), note.clone(), json!(addresses));
            Box::pin(async move { replace(&ground, tx, app.id, addresses, note).await })
        })
        .await?;
        Ok(info(&written))
    }
}

async fn replace(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    app: Uuid,
    addresses: Value,
    note: Note,
) -> Result<apps::Model, AuthError> {
    // Locked, so that what the audit says was there before was there.
    let found = apps::Entity::find_by_id(app).lock(LockType::NoKeyUpdate).one(transaction).await?;
    let found = found.ok_or(AuthError::NotFound)?;
    let change = json!({ "app": found.code, "before": found.redirect_uris, "redirect_uris": addresses });
    let row = apps::ActiveModel {
        id: Unchanged(app),
        redirect_uris: Set(addresses),
        updated_at: Set(ground.clock.now()),
        ..Default::default()
    };
    let written = row.update(transaction).await?;
    ground.audit.record(transaction, note.detail(change).event()).await?;
    Ok(written)
}

fn check(addresses: &[String]) -> Result<(), AuthError> {
    const FIELD: &str = "redirect_uris";
    if addresses.len() > MOST {
        return Err(AuthError::unacceptable(FIELD, format!("it takes {MOST} addresses at most")));
    }
    let mut seen = BTreeSet::new();
    for (number, address) in (1..).zip(addresses) {
        let wrong = if seen.insert(address) { fault(address) } else { Some("it is there twice") };
        if let Some(wrong) = wrong {
            return Err(AuthError::unacceptable(FIELD, format!("address {number}: {wrong}")));
        }
    }
    Ok(())
}

/// Why a code must not be sent there (RFC 6749 §3.1.2, RFC 8252 §7.3).
fn fault(address: &str) -> Option<&'static str> {
    const FORM: &str = "it takes a whole address, such as https://app.example.com/auth/callback";
    // A parser drops spaces and tabs, and a browser may not.
    if address.len() > MAX_TEXT || address.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Some("it takes 1,024 letters at most, and no spaces");
    }
    let Ok(url) = Url::parse(address) else { return Some(FORM) };
    // What is compared, shown and audited reads the same to people and to browsers, which write all of this anew: `\` as
    // `/`, letters that nobody sees, a host as a number. The path of a bare host alone may be missing.
    let written = url.as_str();
    if address.contains('\\') || (written != address && written.strip_suffix('/') != Some(address)) {
        return Some("it takes the address as a browser shows it once it is there");
    }
    match url.scheme() {
        _ if !url.has_host() => Some(FORM),
        _ if url.fragment().is_some() => Some("it takes no #"),
        _ if !url.username().is_empty() || url.password().is_some() => Some("it takes no name and no password"),
        "https" => None,
        "http" if is_this_machine(&url) => None,
        _ => Some("it takes https, or http to the machine itself"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_goes_to_whole_and_safe_addresses_alone() {
        let long = format!("https://app.example.com/{}", "x".repeat(MAX_TEXT));
        for good in [
            "https://app.example.com/auth/callback",
            "https://app.example.com",
            "https://app.example.com:8443/back?tenant=7",
            "https://xn--bcher-kva.example/b%C3%BCcher",
            "http://localhost:3001/auth/callback",
            "http://127.0.0.1/back",
            "http://[::1]:3001/back",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "/auth/callback",
            "app.example.com",
            "https://",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://app.example.com/",
            "http://app.example.com/auth/callback",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "https://app.example.com/#there",
            "https://app.example.com/#",
            "https://app@evil.example/",
            "https://:secret@app.example.com/",
            "https://@app.example.com/",
            "https://evil.example\\@app.example.com/",
            "https:\\\\app.example.com\\",
            "https:app.example.com/",
            "HTTPS://app.example.com/",
            "https://APP.example.com/",
            "https://app.example.com:443/",
            "https://app.example.com/a/../b",
            "https://app.example.com/?q=\\",
            "https://bücher.example/",
            "https://app.example.com/\u{202e}back",
            "https://app\u{ad}.example.com/",
            "http://2130706433/",
            " https://app.example.com/",
            "https://app.example.com/a b",
            "https://app.example.com/\t",
            "https://app.example.com/\0",
            &long,
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn they_are_few_and_each_there_once() {
        let address = |number| format!("https://app.example.com/{number}");
        let most: Vec<String> = (0..MOST).map(address).collect();
        assert!(check(&most).is_ok());
        assert!(check(&[]).is_ok());
        let more: Vec<String> = (0..=MOST).map(address).collect();
        let twice = [address(1), address(2), address(1)];
        for (bad, said) in
            [(more.as_slice(), "it takes 16 addresses at most"), (&twice, "address 3: it is there twice")]
        {
            let refused = check(bad);
            assert!(matches!(&refused, Err(AuthError::Unacceptable { message, .. }) if message == said), "{refused:?}");
        }
    }
}
