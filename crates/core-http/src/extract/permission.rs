//! Permissions as types, so that a handler's signature names the one it takes.

/// One permission. [`permission!`](crate::permission) makes a type of it.
pub trait Permission: Send + Sync + 'static {
    /// The permission as roles have it, such as `vehicles.read`.
    const NAME: &'static str;
}

/// Makes types of permissions.
///
/// ```
/// atriz_core_http::permission! {
///     /// Sees vehicles.
///     pub(crate) VehiclesRead = "vehicles.read";
/// }
/// ```
#[macro_export]
macro_rules! permission {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $text:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        $visibility struct $name;

        impl $crate::Permission for $name {
            const NAME: &'static str = $text;
        }
    )+};
}
