"""One day of positions of each vehicle of the demo."""

import math

from demo_mextrack_routes import EARTH_M, Leg
from seedfile import after, stamp, utc

DAY = utc(2026, 1, 31)
DAY_S = 86_400
LAST_SECOND = after(DAY, DAY_S - 1)
IGNITION = 1
CITY_M = 6_000


class Vehicle:
    """Drives from city to city through one day and notes a position every half minute, every few when parked."""

    def __init__(self, key, home, near, dice, top_kmh):
        self.key, self.near, self.dice = key, near, dice
        self.top = top_kmh / 3.6
        self.place, self.came_from = home, None
        self.clock = dice.between(0, 59)
        self.driven = dice.between(0, 3) * 3600.0
        self.heading = dice.between(0, 359) * 100
        self.late = dice.below(DAY_S) if dice.chance(0.2) else None
        self.rows = []

    def day(self):
        """All positions of the day, in order of time."""
        self.park(self.dice.between(60, 3000))
        while self.clock < DAY_S:
            self.drive(Leg(self.place, self.next_place(), self.dice))
            self.park(self.dice.weighted([self.dice.between(900, 2400), self.dice.between(3600, 9000)], [5, 1]))
        return self.rows

    def next_place(self):
        """A city nearby, not the one it came from if there is another."""
        others = [place for place in self.near[self.place.name] if place is not self.came_from]
        return self.dice.pick(others or self.near[self.place.name])

    def drive(self, leg):
        """Drive the leg, resting by the road after four hours and a half."""
        metres, speed, mood = 0.0, 0.0, 0.0
        while metres < leg.length and self.clock < DAY_S:
            step = self.dice.between(30, 37)
            mood = 0.8 * mood + self.dice.bell(0.12)
            wanted = self.limit(leg, metres) * (1 + max(-0.3, min(0.08, mood)))
            speed = max(2.0, speed + max(-0.5 * step, min(0.6 * step, wanted - speed)))
            metres = min(metres + speed * step, leg.length)
            self.clock += step
            self.driven += step
            self.heading = self.heading_at(leg, metres)
            self.note(leg.point(metres), leg.height(metres), round(speed * 100), IGNITION)
            if self.driven > 16_200 and leg.length - metres > 20_000:
                self.rest(leg, metres)
                speed = 0.0
        self.came_from, self.place = leg.start, leg.end

    def limit(self, leg, metres):
        """What the road allows: streets at both ends, the highway between, now and then a slow stretch."""
        edge = min(metres, leg.length - metres)
        if edge < CITY_M:
            return 9.0 + (self.top - 9.0) * (edge / CITY_M) ** 2
        slow = math.sin(metres / 9_000.0) + math.sin(metres / 23_000.0)
        return self.top * (0.72 if slow > 1.4 else 1.0)

    def rest(self, leg, metres):
        """Three quarters of an hour by the road."""
        self.stand(leg.point(metres), leg.height(metres), self.dice.between(2700, 3600))

    def park(self, seconds):
        """Stand in the city; the engine runs for the first minutes."""
        self.stand((self.place.lat, self.place.lon), self.place.height, seconds)

    def stand(self, spot, height, seconds):
        """Positions while standing: every two minutes, fewer once the engine is off for long."""
        until, engine_off = self.clock + seconds, self.clock + self.dice.between(60, 400)
        if seconds >= 2700:
            self.driven = 0.0
        while self.clock < until and self.clock < DAY_S:
            self.clock += self.dice.between(110, 130) if until - self.clock > 130 else until - self.clock
            self.note(spot, height, 0, IGNITION if self.clock < engine_off else 0)

    def heading_at(self, leg, metres):
        """Hundredths of a degree clockwise from north, from two points of the way."""
        (lat, lon), (lat2, lon2) = leg.point(metres - 150), leg.point(metres + 150)
        angle = math.degrees(math.atan2((lon2 - lon) * math.cos(lat), lat2 - lat))
        return round((angle + self.dice.bell(1.0)) * 100) % 36_000

    def note(self, spot, height, speed_cms, flags):
        """Add a position, a few metres off as receivers are; one lost connection a day makes some arrive late."""
        if self.clock >= DAY_S:
            return
        lat = math.degrees(spot[0] + self.dice.bell(3.0) / EARTH_M)
        lon = math.degrees(spot[1] + self.dice.bell(3.0) / EARTH_M / math.cos(spot[0]))
        recorded = after(DAY, self.clock)
        delay = self.dice.between(1, 3)
        if self.late is not None and 0 <= self.clock - self.late < 1500:
            delay += self.late + 1500 - self.clock
        received = min(after(recorded, delay), LAST_SECOND)
        # Six decimals are what a receiver gives; more would only be noise.
        self.rows.append((self.key, stamp(recorded), len(self.rows) + 1, stamp(received), round(lat * 1e6) * 10,
                          round(lon * 1e6) * 10, speed_cms, self.heading, height + round(self.dice.bell(1.5)), flags))
