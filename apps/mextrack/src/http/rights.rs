//! Who may see what.

use atriz_core_http::{Caller, permission, sees_all};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::fleet::fleet_members;

permission! {
    /// Sees vehicles.
    pub(super) VehiclesRead = "vehicles.read";
    /// Sees where vehicles were.
    pub(super) PositionsRead = "positions.read";
}

/// The condition that `fleet`, a column with the id of one, names a fleet that the caller is a member of.
pub(super) fn of_own_fleet(caller: &Caller, fleet: impl ColumnTrait) -> Condition {
    match caller.user {
        Some(user) if !sees_all(caller) => Condition::all().add(fleet.in_subquery(fleets_of(user.0))),
        _ => Condition::all(),
    }
}

fn fleets_of(user: uuid::Uuid) -> SelectStatement {
    use fleet_members::{Column, Entity};
    Query::select().column(Column::FleetId).from(Entity).and_where(Column::UserId.eq(user)).to_owned()
}
