//! What the variables of sign-in mean.

use std::collections::BTreeMap;

use atriz_core::{AuthMode, AuthSettings};
use atriz_db::config::{Inputs, Scope, VARIABLES};
use atriz_db::{Catalog, ConfigError, Configuration};

/// The settings by these variables of the environment, on SQLite.
fn settings(pairs: &[(&str, &str)]) -> Result<AuthSettings, ConfigError> {
    let catalog = Catalog::new(vec![atriz_core::descriptor()]).unwrap();
    let mut process = BTreeMap::from([("DATA_DIR".to_owned(), "/nowhere".to_owned())]);
    process.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let inputs = Inputs { scope: Scope::Workspace, root: None, in_workspace: false, process };
    AuthSettings::of(&Configuration::load(&catalog, &inputs)?)
}

#[test]
fn development_needs_nothing() {
    let settings = settings(&[]).unwrap();
    assert_eq!(settings.mode, AuthMode::Issuer);
    assert_eq!(settings.public_url, "http://localhost:3000/auth");
    assert!(
        settings.hash_permits.is_none() && settings.trusted_proxies.is_empty() && settings.sms_countries.is_empty()
    );
}

#[test]
fn production_verifies_unless_told_otherwise() {
    const PUBLIC: (&str, &str) = ("AUTH_PUBLIC_URL", "https://accounts.example.com/auth");
    let of = |more: &[(&str, &str)]| settings(&[&[("APP_ENV", "production")], more].concat());
    assert_eq!(of(&[PUBLIC]).unwrap().mode, AuthMode::Verifier);
    assert!(of(&[]).unwrap_err().to_string().contains("`AUTH_PUBLIC_URL` is not set"));
    for (url, taken) in [
        ("http://10.0.0.1:3000/auth", false),
        ("http://accounts.internal/auth", false),
        ("http://127.0.0.1:3000/auth", true),
        ("http://[::1]:3000/auth", true),
        ("http://localhost:3000/auth", true),
        ("https://accounts.internal/auth", true),
    ] {
        assert_eq!(of(&[PUBLIC, ("AUTH_ISSUER_URL", url)]).is_ok(), taken, "{url}");
    }
    let missing = of(&[("AUTH_MODE", "issuer")]).unwrap_err().to_string();
    assert!(missing.contains("`AUTH_PUBLIC_URL` is not set"), "{missing}");
    let plain = of(&[("AUTH_MODE", "issuer"), ("AUTH_PUBLIC_URL", "http://accounts.example.com/auth")]).unwrap_err();
    assert!(plain.to_string().contains("https"), "{plain}");
    let issuer = of(&[("AUTH_MODE", "issuer"), ("AUTH_PUBLIC_URL", "https://accounts.example.com/auth/")]).unwrap();
    assert_eq!(issuer.public_url, "https://accounts.example.com/auth");
    // Outside of it, naming an issuer says so too.
    let elsewhere = settings(&[("AUTH_ISSUER_URL", "http://10.0.0.1:3000/auth")]).unwrap();
    assert_eq!(elsewhere.mode, AuthMode::Verifier);
}

#[test]
fn lists_are_read() {
    let given =
        [("TRUSTED_PROXIES", "10.0.0.0/8, ::1 192.0.2.1"), ("SMS_COUNTRIES", "+49,43"), ("AUTH_HASH_PERMITS", "3")];
    let settings = settings(&given).unwrap();
    let proxies: Vec<String> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128", "192.0.2.1/32"]);
    assert_eq!((settings.sms_countries, settings.hash_permits), (vec!["49".to_owned(), "43".to_owned()], Some(3)));
}

#[test]
fn what_cannot_be_read_names_the_variable_and_its_place_and_no_value() {
    for (name, value) in [
        ("AUTH_MODE", "both-of-them"),
        ("AUTH_PUBLIC_URL", "shop.example.org/auth"),
        ("AUTH_PUBLIC_URL", "https://me:secret@accounts.example.com"),
        ("AUTH_PUBLIC_URL", "https://accounts.example.com/auth?a=1"),
        ("AUTH_ISSUER_URL", "ftp://accounts.example.com"),
        ("AUTH_REDIRECT_URL", "https://pshop.example.com/elsewhere"),
        ("AUTH_REDIRECT_URL", "https://PSHOP.example.com/auth/callback"),
        ("AUTH_REDIRECT_URL", "https://pshop.example.com:443/auth/callback"),
        ("AUTH_REDIRECT_URL", "javascript:alert(1)//auth/callback"),
        ("AUTH_HASH_PERMITS", "0"),
        ("AUTH_HASH_PERMITS", "many"),
        ("SMS_COUNTRIES", "Germany"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "everybody"),
    ] {
        let error = settings(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}` in the environment")) && !error.contains(value), "{error}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let given = [
        ("AUTH_KEYS", "k1:super-secret"),
        ("AUTH_PEPPERS", "p1:super-secret"),
        ("AUTH_CLIENT_SECRET", "super-secret"),
        ("SMTP_URL", "smtp://me:super-secret@mail.example.com"),
    ];
    let shown = format!("{:?}", settings(&given).unwrap());
    assert!(!shown.contains("super-secret"), "{shown}");
}

/// Every variable is in the example file, and every one of sign-in on the page about configuration.
#[test]
fn the_documents_list_every_variable() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let example = std::fs::read_to_string(format!("{root}/.env.example")).unwrap();
    let page = std::fs::read_to_string(format!("{root}/docs/configuration.md")).unwrap();
    for variable in VARIABLES {
        assert!(example.contains(&format!("#{}=", variable.name)), "{} is not in .env.example", variable.name);
        assert!(page.contains(&format!("`{}`", variable.name)), "{} is not in configuration.md", variable.name);
    }
}
