"""The apps of the platform, the roles in them and what each role may do."""

from seedfile import write_csv

APPS = [("atriz", "Atriz"), ("mextrack", "Mextrack"), ("pshop", "Pshop")]

# code, app (empty: across all apps), name, description, permissions
ROLES = [
    ("admin", "", "Administrator", "Runs the platform: accounts, roles, apps and the audit trail.",
     "users.read users.write users.disable users.erase roles.read roles.grant sessions.read sessions.revoke "
     "apps.read apps.write audit.read"),
    ("auditor", "", "Auditor", "Reads accounts, roles and the audit trail, and changes nothing.",
     "users.read roles.read apps.read audit.read"),
    ("member", "", "Member", "Anybody with an account.",
     "account.read account.write account.export account.erase"),
    ("support", "", "Support", "Helps people with their accounts and ends sessions for them.",
     "users.read roles.read sessions.read sessions.revoke"),
    ("atriz.admin", "atriz", "Site administrator", "Runs the site: its categories, places, items and profiles.",
     "categories.write locations.write items.read items.write items.moderate profiles.read profiles.moderate"),
    ("atriz.editor", "atriz", "Editor", "Keeps the categories and places in order.",
     "categories.write locations.write"),
    ("atriz.moderator", "atriz", "Moderator", "Takes down items and profiles that break the rules.",
     "items.read items.moderate profiles.read profiles.moderate"),
    ("mextrack.dispatcher", "mextrack", "Dispatcher", "Follows the vehicles and plans who drives which.",
     "fleets.read drivers.read drivers.write vehicles.read vehicles.write devices.read devices.bind positions.read "
     "reports.read"),
    ("mextrack.driver", "mextrack", "Driver", "Sends positions and sees the vehicle they drive.",
     "vehicles.read positions.read positions.write"),
    ("mextrack.fleet_admin", "mextrack", "Fleet administrator", "Runs a fleet with everything in it.",
     "fleets.read fleets.write fleets.members drivers.read drivers.write vehicles.read vehicles.write devices.read "
     "devices.write devices.bind positions.read reports.read"),
    ("pshop.cashier", "pshop", "Cashier", "Sells at a till and takes goods back.",
     "products.read inventory.read shifts.open shifts.close sales.create sales.return"),
    ("pshop.manager", "pshop", "Store manager", "Runs a store: its goods, prices, stock, tills and reports.",
     "stores.read stores.write stores.members products.read products.write prices.write inventory.read "
     "inventory.receive inventory.count registers.write shifts.open shifts.close sales.create sales.return sales.void "
     "sales.read reports.read audit.verify"),
    ("pshop.stock_keeper", "pshop", "Stock keeper", "Receives deliveries and counts the stock.",
     "products.read inventory.read inventory.receive inventory.count"),
]


def write():
    """Write seeds/core/reference."""
    write_csv(
        "core/reference/01_apps.csv",
        ["code*", "name", "audience", "redirect_uris", "cookie_policy", "is_active"],
        [(code, name, code, "[]", "lax", "true") for code, name in APPS],
    )
    write_csv(
        "core/reference/02_roles.csv",
        ["code*", "app:code", "name", "description"],
        [role[:4] for role in ROLES],
    )
    write_csv(
        "core/reference/03_role_permissions.csv",
        ["role:code*", "permission*"],
        [(role[0], permission) for role in ROLES for permission in role[4].split()],
    )
