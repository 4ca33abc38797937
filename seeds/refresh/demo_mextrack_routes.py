"""Where the vehicles of the demo drive: cities on the mainland of Mexico, and legs over land between them."""

import math

from places import every_city

EARTH_M = 6_371_009
LONGEST_LEG_M = 300_000
SHORTEST_LEG_M = 35_000

# Height above the sea in metres, rounded.
HEIGHTS = {
    "Mexico City": 2240, "Toluca": 2660, "Puebla": 2140, "Pachuca de Soto": 2400, "Cuernavaca": 1510,
    "Santiago de Querétaro": 1820, "Celaya": 1760, "Irapuato": 1720, "León de los Aldama": 1800, "Guanajuato": 2010,
    "San Luis Potosí": 1860, "Aguascalientes": 1890, "Zacatecas": 2430, "Fresnillo": 2200, "Guadalajara": 1570,
    "Morelia": 1920, "Uruapan": 1620, "Zamora de Hidalgo": 1570, "Tepic": 920, "Victoria de Durango": 1890,
    "Torreón": 1120, "Saltillo": 1600, "Monterrey": 540, "Monclova": 590, "Nuevo Laredo": 140, "Ciudad Victoria": 320,
    "Chihuahua": 1420, "Hidalgo del Parral": 1720, "Oaxaca": 1550, "Tehuacán": 1680, "Orizaba": 1230, "Córdoba": 860,
    "Veracruz": 10, "Tuxtepec": 20, "Tlaxcala": 2240, "Iguala de la Independencia": 740, "Chilpancingo": 1260,
    "Matehuala": 1570, "San Juan del Río": 1920, "Lagos de Moreno": 1940, "Tulancingo": 2180, "Linares": 350,
    "Ciudad Guzmán": 1520, "Colima": 490, "Cuautla": 1300, "Ciudad Valles": 70,
}


class Place:
    """A city as a point: latitude and longitude in radians, height in metres."""

    def __init__(self, name, row):
        self.name = name
        self.lat = math.radians(int(row["lat_e7"]) / 1e7)
        self.lon = math.radians(int(row["lon_e7"]) / 1e7)
        self.height = HEIGHTS[name]


def distance(a, b):
    """Metres along the great circle."""
    half = math.sin((b.lat - a.lat) / 2) ** 2
    half += math.cos(a.lat) * math.cos(b.lat) * math.sin((b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(half))


class Leg:
    """The way from one city to the next: a great circle with gentle bends."""

    def __init__(self, start, end, dice):
        self.start, self.end = start, end
        self.length = distance(start, end)
        self.waves = [(number, dice.uniform(-1, 1) / number, dice.uniform(0, math.pi)) for number in (3, 7, 17)]
        self.hill = dice.uniform(-0.25, 0.35)

    def point(self, metres):
        """Latitude and longitude in radians at this distance from the start."""
        share = min(max(metres / self.length, 0.0), 1.0)
        lat, lon = self._straight(share)
        before, after = self._straight(max(share - 1e-4, 0.0)), self._straight(min(share + 1e-4, 1.0))
        north, east = after[0] - before[0], (after[1] - before[1]) * math.cos(lat)
        size = math.hypot(north, east)
        aside = self._aside(share) / EARTH_M
        return lat - east / size * aside, lon + north / size * aside / math.cos(lat)

    def height(self, metres):
        """Metres above the sea: from one city to the other over a hill or through a valley."""
        share = metres / self.length
        slope = self.start.height + (self.end.height - self.start.height) * share
        relief = min(600.0, self.length * 0.006) * self.hill
        bumps = 12 * math.sin(40 * share) * share * (1 - share)
        return max(2, round(slope + relief * math.sin(math.pi * share) + bumps))

    def _straight(self, share):
        arc = self.length / EARTH_M
        a, b = math.sin((1 - share) * arc) / math.sin(arc), math.sin(share * arc) / math.sin(arc)
        one, two = self.start, self.end
        x = a * math.cos(one.lat) * math.cos(one.lon) + b * math.cos(two.lat) * math.cos(two.lon)
        y = a * math.cos(one.lat) * math.sin(one.lon) + b * math.cos(two.lat) * math.sin(two.lon)
        z = a * math.sin(one.lat) + b * math.sin(two.lat)
        return math.atan2(z, math.hypot(x, y)), math.atan2(y, x)

    def _aside(self, share):
        bends = sum(size * math.sin(number * math.pi * share + turn) for number, size, turn in self.waves)
        return bends * self.length * 0.012 * math.sin(math.pi * share)


def network():
    """The places in a fixed order, and for each the places that can be reached in one leg."""
    rows = every_city()
    places = [Place(name, rows["MX", name]) for name in HEIGHTS]
    near = {
        place.name: [other for other in places if SHORTEST_LEG_M <= distance(place, other) <= LONGEST_LEG_M]
        for place in places
    }
    lonely = [name for name, others in near.items() if not others]
    if lonely:
        raise ValueError(f"no way to {lonely}")
    return places, near
