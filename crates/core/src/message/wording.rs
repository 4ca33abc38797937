//! The wording: subject and body of every message. `{link}` is a link that lets in, `{url}` the address of sign-in.

/// Subject and body.
type Wording = (&'static str, &'static str);

pub(super) const VERIFY_EMAIL: Wording = (
    "Confirm your e-mail address",
    "please confirm that this address is yours:\n\n{link}\n\nThe link works once, for 24 hours, and asks for the password \
     that was chosen for the account. If you did not create one, do nothing: without this step nobody can use it.",
);

pub(super) const ALREADY_REGISTERED: Wording = (
    "You already have an account",
    "somebody, perhaps you, tried to use this address for an account. You already have one. If you forgot the password, \
     ask for a new one:\n\n{url}/password/forgot\n\nIf it was not you, do nothing.",
);

pub(super) const RESET_PASSWORD: Wording = (
    "Set a new password",
    "here you can set a new password:\n\n{link}\n\nThe link works once, for 30 minutes. If you did not ask for it, do \
     nothing: your password stays as it is.",
);

pub(super) const PASSWORD_CHANGED: Wording = (
    "Your password was changed",
    "the password of your account was changed just now. If that was not you, set a new one at \
     once:\n\n{url}/password/forgot",
);

pub(super) const PASSWORD_RESET: Wording = (
    "Your password was changed",
    "a new password was set for your account by the link of a mail. All devices are signed out, and the API keys you had \
     made are good no longer. If that was not you, set a new password at once:\n\n{url}/password/forgot",
);

pub(super) const API_KEY_MADE: Wording = (
    "An API key was made",
    "an API key was made, with which programs can use your account. If that was not you, set a new password at once, which \
     ends all keys, too:\n\n{url}/password/forgot",
);

pub(super) const CHANGE_EMAIL: Wording = (
    "Confirm your new e-mail address",
    "please confirm that your account shall use this address from now on:\n\n{link}\n\nThe link works once, for 24 hours, and \
     takes the password of the account. If you did not ask for it, do nothing.",
);

pub(super) const EMAIL_CHANGE_ASKED: Wording = (
    "Another e-mail address was asked for",
    "somebody who knows your password asked that your account use another address from now on. It will once the link that was \
     mailed there is opened. If that was not you, set a new password at once, which makes that link \
     worthless:\n\n{url}/password/forgot",
);

pub(super) const EMAIL_CHANGED: Wording = (
    "Your e-mail address was changed",
    "your account uses another address from now on, and this one no longer. If that was not you, write to us at once.",
);

pub(super) const INVITE: Wording =
    ("You are invited", "somebody invited you to create an account:\n\n{link}\n\nThe link works once, for seven days.");

pub(super) const SESSION_REUSE: Wording = (
    "We signed one of your devices out",
    "somebody used a copy of a key that only one of your devices should have, so we signed it out. If you did not copy \
     data between devices, set a new password:\n\n{url}/password/forgot",
);

pub(super) const SECOND_FACTOR_ADDED: Wording = (
    "A second factor was added",
    "signing in to your account now also takes a code of your authenticator app. If that was not you, set a new password \
     at once:\n\n{url}/password/forgot",
);

pub(super) const SECOND_FACTOR_REMOVED: Wording = (
    "A second factor was removed",
    "an authenticator app was removed from your account. If that was not you, set a new password at \
     once:\n\n{url}/password/forgot",
);

pub(super) const RECOVERY_CODE_USED: Wording = (
    "A recovery code was used",
    "somebody signed in to your account with one of its recovery codes; {left} are left. If that was not you, set a new \
     password at once:\n\n{url}/password/forgot",
);

pub(super) const RECOVERY_CODES_NEW: Wording = (
    "You have new recovery codes",
    "new recovery codes were made for your account; those of before are good no longer. If that was not you, set a new password \
     at once:\n\n{url}/password/forgot",
);

pub(super) const CODES_STOPPED: Wording = (
    "Codes of your authenticator app are refused",
    "somebody who knows your password gave a hundred wrong codes of your second factor, so we refuse those codes from now on. \
     Sign in with one of your recovery codes: from then on they are good again. If that was not you, set a new password at \
     once:\n\n{url}/password/forgot",
);

pub(super) const PHONE_CHANGED: Wording = (
    "Your telephone number was changed",
    "the telephone number of your account was changed. If that was not you, set a new password at \
     once:\n\n{url}/password/forgot",
);

pub(super) const ACCOUNT_DISABLED: Wording = (
    "Your account is closed",
    "your account was closed, all devices are signed out, and the API keys you had made are good no longer. If that was not you, write to us.",
);

pub(super) const PHONE_CODE: Wording = ("Your code", "{code} is your code. It works for 5 minutes. Tell it to nobody.");
