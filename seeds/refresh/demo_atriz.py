"""Profiles, items and pictures of the demo."""

from urllib.parse import quote

from demo_atriz_items import CURRENCIES, ITEMS
from demo_core import USERS, email
from places import every_city
from seedfile import Dice, after, read_csv, stamp, utc, write_csv

DAY = 86_400
JOINED = utc(2025, 12, 2, 10)
FIRST_OFFER = utc(2025, 12, 20, 8)

# part of the address, locale, country and city, visibility, text
PROFILES = [
    ("admin", "en", "PT", "Lisbon", "private", ""),
    ("member", "en-GB", "GB", "London", "public", "New here, looking around."),
    ("site-admin", "en", "DE", "Berlin", "members", "Keeps the site running."),
    ("moderator", "en", "IE", "Dublin", "members", "Write to me when something looks wrong."),
    ("seller1", "pt-PT", "PT", "Porto", "public", "Outdoor things, mostly bicycles and boats."),
    ("seller2", "de-DE", "DE", "Hamburg", "public", "Clearing out the workshop, one shelf at a time."),
    ("seller3", "en-US", "US", "Chicago", "public", "Cameras and records. I answer in the evening."),
    ("seller4", "es-MX", "MX", "Guadalajara", "public", "Furniture and kitchen, all from one flat."),
    ("seller5", "pt-BR", "BR", "São Paulo", "public", "Instruments and games."),
    ("buyer", "fr-FR", "FR", "Lyon", "members", "I collect in person where I can."),
]

SELLERS = ["seller1", "seller2", "seller3", "seller4", "seller5", "member"]
SHADES = ["2f6f4f", "35618f", "8a4f2d", "6b4a86", "7a6a1f", "8c3b4a"]


def status_of(number):
    """Most items are on offer; every other state occurs."""
    others = {3: "reserved", 7: "sold", 11: "draft", 13: "reserved", 19: "sold", 23: "archived"}
    return others.get(number % 25, "published")


def picture(title, shade, view):
    """A picture that needs no other server: a tile with the title on it."""
    words = title.split(",")[0]
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='640' height='480'>"
        f"<rect width='640' height='480' fill='#{shade}'/>"
        "<text x='320' y='250' fill='#fff' font-family='sans-serif' font-size='30' text-anchor='middle'>"
        f"{words} ({view})</text></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'(),-")


def profiles(places):
    """One profile for each person who uses the site."""
    names = {part: name for part, name, _ in USERS}
    joined = stamp(JOINED)
    for part, locale, country, city, visibility, bio in PROFILES:
        home = f"city/{places[country, city]['code']}"
        yield (email(part), "demo_" + part.replace("-", "_"), names[part], bio, locale, home, visibility, joined)


def items(places, paths, dice):
    """The items in the order of the list, owners in turn."""
    for number, (title, category, country, city, price, body) in enumerate(ITEMS, start=1):
        if category not in paths:
            raise ValueError(f"no category {category}")
        status = status_of(number)
        made = after(FIRST_OFFER, dice.below(41 * DAY))
        shown = "" if status == "draft" else stamp(after(made, dice.between(60, 7200)))
        buyer = email("buyer") if status in ("reserved", "sold") else ""
        place = f"city/{places[country, city]['code']}"
        owner = email(SELLERS[number % len(SELLERS)])
        yield (owner, f"demo-{number:03}", category, place, title, body, price, CURRENCIES[country], status, buyer,
               shown, stamp(made))


def images(rows, dice):
    """One to three pictures of each item."""
    for number, row in enumerate(rows):
        owner, ref, title, made = row[0], row[1], row[4], row[-1]
        shade = SHADES[number % len(SHADES)]
        for pos in range(dice.between(1, 3)):
            view = ["front", "side", "detail"][pos]
            alt = f"{title}, {view}"
            yield (f"{owner}/{ref}", pos, picture(title, shade, view), alt, 640, 480, made)


def write():
    """Write seeds/atriz/demo."""
    places = every_city()
    paths = {row["path"] for row in read_csv("atriz/reference/01_categories.csv")}
    dice = Dice("demo", "atriz")
    write_csv(
        "atriz/demo/01_user_profiles.csv",
        ["user:email*", "handle", "display_name", "bio", "locale", "home_location:kind/code", "visibility",
         "created_at"],
        profiles(places),
    )
    rows = list(items(places, paths, dice))
    write_csv(
        "atriz/demo/02_items.csv",
        ["owner:email*", "client_ref*", "category:path", "location:kind/code", "title", "body", "price_minor",
         "currency", "status", "buyer:email", "published_at", "created_at"],
        rows,
    )
    write_csv(
        "atriz/demo/03_item_images.csv",
        ["item:owner/client_ref*", "pos*", "url", "alt", "width", "height", "created_at"],
        images(rows, dice),
    )
