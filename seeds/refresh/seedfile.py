"""What every generator shares: the CSV format, the ids of seeded rows and a portable random source."""

import csv
import hashlib
import random
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

SEEDS = Path(__file__).resolve().parent.parent
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://atriz.example/seed")


def seed_id(table, key):
    """The id the loader gives to the row of `table` with this natural key."""
    return uuid.uuid5(NAMESPACE, f"{table}:{key}")


def write_csv(name, header, rows):
    """Write seeds/<name> (LF, UTF-8, quotes only where RFC 4180 needs them) and say how many rows it has."""
    path = SEEDS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = list(rows)
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{name}: {len(row)} cells under {len(header)} headers: {row}")
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    print(f"{len(rows):>7}  {name}")


def read_csv(name):
    """The rows of seeds/<name> as dictionaries by header cell, without the mark of the natural key."""
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = [cell.rstrip("*") for cell in next(rows)]
        return [dict(zip(header, row)) for row in rows]


def utc(year, month, day, hour=0, minute=0, second=0):
    """A moment in UTC."""
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)


def stamp(moment):
    """A moment as a seed cell: RFC 3339 in UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def after(moment, seconds):
    """The moment this many seconds later."""
    return moment + timedelta(seconds=seconds)


def half_even(numerator, denominator):
    """The quotient rounded to the nearest integer, a tie to the even one; integers only, as the till computes."""
    quotient, rest = divmod(numerator, denominator)
    if rest * 2 > denominator or (rest * 2 == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


class Dice:
    """A random source that gives the same sequence with every Python.

    Only `random.random` is promised to keep its sequence from one Python version to the next, so everything
    else is derived from it here.
    """

    def __init__(self, *names):
        digest = hashlib.sha256("/".join(names).encode()).digest()
        self._next = random.Random(int.from_bytes(digest[:8], "big")).random

    def below(self, count):
        """An integer from 0 up to, but not including, `count`."""
        return int(self._next() * count)

    def between(self, low, high):
        """An integer from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def uniform(self, low, high):
        """A float from `low` up to `high`."""
        return low + self._next() * (high - low)

    def chance(self, share):
        """True with the probability `share`."""
        return self._next() < share

    def pick(self, items):
        """One item of the sequence."""
        return items[self.below(len(items))]

    def weighted(self, items, weights):
        """One item, with a probability in proportion to its weight."""
        mark = self._next() * sum(weights)
        for item, weight in zip(items, weights):
            mark -= weight
            if mark < 0:
                return item
        return items[-1]

    def bell(self, spread):
        """A float around zero: the sum of uniform values, close to a normal distribution."""
        return (self._next() + self._next() + self._next() + self._next() - 2.0) * spread
