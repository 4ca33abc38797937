"""The people of the demo: one for each role at least, all of them members. They get their passwords from the code."""

from seedfile import seed_id, stamp, utc, write_csv

SINCE = utc(2025, 12, 1, 9)

# part before @example.com, name, roles beside member
USERS = [
    ("admin", "Demo Admin", "admin"),
    ("auditor", "Demo Auditor", "auditor"),
    ("support", "Demo Support", "support"),
    ("member", "Demo Member", ""),
    ("site-admin", "Demo Site Admin", "atriz.admin"),
    ("editor", "Demo Editor", "atriz.editor"),
    ("moderator", "Demo Moderator", "atriz.moderator"),
    ("seller1", "Demo Seller One", ""),
    ("seller2", "Demo Seller Two", ""),
    ("seller3", "Demo Seller Three", ""),
    ("seller4", "Demo Seller Four", ""),
    ("seller5", "Demo Seller Five", ""),
    ("buyer", "Demo Buyer", ""),
    ("fleet-admin", "Demo Fleet Admin", "mextrack.fleet_admin"),
    ("dispatcher", "Demo Dispatcher", "mextrack.dispatcher"),
    ("driver", "Demo Driver", "mextrack.driver"),
    ("manager", "Demo Store Manager", "pshop.manager"),
    ("cashier", "Demo Cashier", "pshop.cashier"),
    ("cashier2", "Demo Second Cashier", "pshop.cashier"),
    ("stock-keeper", "Demo Stock Keeper", "pshop.stock_keeper"),
]


def email(name):
    """The address of a demo user."""
    return f"{name}@example.com"


def user_id(name):
    """The id of a demo user, for columns that a relation cannot fill."""
    return seed_id("users", email(name))


def write():
    """Write seeds/core/demo."""
    since = stamp(SINCE)
    write_csv(
        "core/demo/01_users.csv",
        ["email*", "email_norm", "name", "email_verified_at", "status", "token_epoch", "cred_gen", "created_at"],
        [(email(part), email(part), name, since, "active", 0, 0, since) for part, name, _ in USERS],
    )
    write_csv(
        "core/demo/02_user_roles.csv",
        ["user:email*", "role:code*", "granted_at"],
        [(email(part), role, since) for part, _, extra in USERS for role in ["member", *extra.split()]],
    )
