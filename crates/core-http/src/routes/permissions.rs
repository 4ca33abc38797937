//! The permissions that administration takes.

crate::permission! {
    /// Reads accounts.
    pub(super) UsersRead = "users.read";
    /// Invites people and starts password resets.
    pub(super) UsersWrite = "users.write";
    /// Disables and enables accounts.
    pub(super) UsersDisable = "users.disable";
    /// Reads other people's sessions.
    pub(super) SessionsRead = "sessions.read";
    /// Ends other people's sessions.
    pub(super) SessionsRevoke = "sessions.revoke";
    /// Reads roles.
    pub(super) RolesRead = "roles.read";
    /// Grants roles and takes them back.
    pub(super) RolesGrant = "roles.grant";
    /// Reads apps and service accounts.
    pub(super) AppsRead = "apps.read";
    /// Makes service accounts, their keys and the secrets of apps.
    pub(super) AppsWrite = "apps.write";
    /// Reads the audit trail.
    pub(super) AuditRead = "audit.read";
}
