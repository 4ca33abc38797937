"""The products of the demo store with their prices, taxes and barcodes."""

from demo_pshop_goods import GOODS, UNCOUNTED
from seedfile import Dice, half_even

STORE = "demo"
TAX_RATES = [
    ("standard", "Standard rate", 210_000),
    ("reduced", "Reduced rate", 100_000),
    ("super_reduced", "Super reduced rate", 40_000),
]
RATES = {code: rate for code, _, rate in TAX_RATES}
DEAR_CENTS = 800


class Product:
    """One product; `stock` is what is on hand now, in thousandths of a unit."""

    def __init__(self, number, name, category, unit, tax, price, share, counted):
        self.number, self.name, self.category, self.unit, self.tax = number, name, category, unit, tax
        self.price, self.counted = price, counted
        self.rate = RATES[tax]
        without_tax = half_even(price * 1_000_000, 1_000_000 + self.rate)
        self.cost = half_even(without_tax * share, 100)
        self.sku = f"P{number:04}"
        self.key = f"{STORE}/{self.sku}"
        self.barcode = ean13(f"20{number:010}")
        self.policy = "lease" if price >= DEAR_CENTS and counted else "allow"
        self.stock = 0
        dice = Dice("demo", "pshop", "product", self.sku)
        self.weight = dice.uniform(0.3, 1.0) ** 3 / (1 + price / 400)
        self.par = 1000 * dice.between(3, 8) * (6 if price < 300 else 4 if price < DEAR_CENTS else 2)
        self.reorder_at = self.par // 3000 * 1000

    def box_barcode(self):
        """The barcode of the box that the product comes in."""
        return ean13(f"21{self.number:010}")


def ean13(digits):
    """Twelve digits and the check digit; numbers from 20 are for use inside one store only."""
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return digits + str(-total % 10)


def goods():
    """The lines of the list as name, category, unit, tax code, price and cost share."""
    category = tax = ""
    for line in GOODS.strip().splitlines():
        parts = line.split("|")
        if len(parts) == 2:
            category, tax = parts
            continue
        base, share, variants = parts
        unit = "kilogram" if base.endswith("/kg") else "piece"
        for variant in variants.split(", "):
            label, price = variant.rsplit(": ", 1)
            yield f"{base.removesuffix('/kg')}, {label}", category, unit, tax, int(price), int(share)


def products():
    """Every product in the order of its number."""
    listed = [Product(at, *entry, True) for at, entry in enumerate(goods(), start=1)]
    first = len(listed) + 1
    listed += [
        Product(at, name, category, unit, "standard", price, share, False)
        for at, (name, category, unit, price, share) in enumerate(UNCOUNTED, start=first)
    ]
    return listed
