"""A month of trade in the demo store: deliveries, shifts, sales, payments and the ledger behind the stock."""

import hashlib
import json

from demo_core import user_id
from demo_pshop_products import STORE
from seedfile import after, half_even, seed_id, stamp, utc

FIRST_DAY = utc(2026, 1, 1)
DAYS = 31
CURRENCY = "EUR"
FLOAT = 20_000
NOTES = [500, 1000, 2000, 5000, 10_000]
# Customers by hour of the day, from eight to twenty.
HOURS = [3, 4, 5, 6, 8, 7, 4, 4, 5, 7, 9, 8, 4]
# Customers by day of the week, from Monday.
WEEK = [54, 52, 56, 60, 72, 78, 46]


class Register:
    """A till: its receipt numbers and the last link of its chain of hashes."""

    def __init__(self, code, cashier, second):
        self.code, self.cashier, self.second = code, cashier, second
        self.key = f"{STORE}/{code}"
        self.receipt_no, self.last_hash = 0, None


class Month:
    """Plays the month day by day and collects the rows of every table."""

    def __init__(self, products, dice):
        self.products, self.dice = products, dice
        self.registers = [Register("T1", "cashier", "manager"), Register("T2", "cashier2", "manager")]
        self.store_id = str(seed_id("stores", STORE))
        self.shifts, self.sales, self.lines, self.payments, self.movements = [], [], [], [], []
        self.weights = [product.weight for product in products]

    def play(self):
        """The whole month; returns itself."""
        self.deliver(after(FIRST_DAY, -17 * 3600), self.products)
        for day in range(DAYS):
            morning = after(FIRST_DAY, day * 86_400)
            if day and morning.weekday() in (0, 3):
                self.deliver(after(morning, 6 * 3600), [p for p in self.products if 2 * p.stock < 3 * p.reorder_at])
            self.trade(day, morning)
        return self

    def deliver(self, at, products):
        """Goods arrive before the doors open and fill the shelves up to their usual level."""
        document = seed_id("deliveries", f"{STORE}/{stamp(at)}")
        arriving = [product for product in products if product.counted and product.stock < product.par]
        for line_no, product in enumerate(arriving, start=1):
            self.move(product, product.par - product.stock, document, line_no, "receive", at)

    def move(self, product, delta, document, line_no, reason, at):
        """One line of the ledger."""
        product.stock += delta
        if product.stock < 0:
            raise ValueError(f"{product.sku} sold below zero")
        self.movements.append((STORE, product.key, str(document), line_no, reason, delta, product.cost, stamp(at)))

    def trade(self, day, morning):
        """A day: both tills open, customers come in order of time, both tills close."""
        people = WEEK[morning.weekday()] + self.dice.between(-6, 6)
        times = sorted(
            (8 + self.dice.weighted(range(len(HOURS)), HOURS)) * 3600 + self.dice.below(3600) for _ in range(people)
        )
        cash = {register.code: 0 for register in self.registers}
        last = {register.code: 0 for register in self.registers}
        for seconds in times:
            register = self.dice.weighted(self.registers, [6, 4])
            last[register.code] = max(seconds, last[register.code] + 20)
            cash[register.code] += self.sell(register, day, after(morning, last[register.code]))
        for register in self.registers:
            self.close(register, day, morning, cash[register.code])

    def close(self, register, day, morning, cash):
        """The shift of one till; now and then the drawer is a little off."""
        counted = FLOAT + cash + (self.dice.between(-150, 100) if self.dice.chance(0.12) else 0)
        opened, closed = after(morning, 7 * 3600 + 2700), after(morning, 21 * 3600 + self.dice.between(300, 1500))
        who = str(user_id(self.seller(register, day)))
        self.shifts.append((STORE, register.key, day + 1, who, stamp(opened), FLOAT, stamp(closed), counted,
                            stamp(opened)))

    def seller(self, register, day):
        """The cashier of the till, on Sundays the one who stands in."""
        sunday = after(FIRST_DAY, day * 86_400).weekday() == 6
        return register.second if sunday and register.code == "T2" else register.cashier

    def basket(self):
        """One to six different products that are there, with quantities."""
        wanted = self.dice.weighted([1, 2, 3, 4, 5, 6], [14, 20, 22, 20, 14, 10])
        chosen = {}
        while len(chosen) < wanted:
            product = self.dice.weighted(self.products, self.weights)
            qty = self.quantity(product)
            if product.number not in chosen and (not product.counted or product.stock >= qty):
                chosen[product.number] = (product, qty)
        return list(chosen.values())

    def quantity(self, product):
        """Thousandths of a unit: whole pieces, or what the scales say."""
        if product.unit == "kilogram":
            return self.dice.between(30, 420) * 5
        if product.unit == "hour":
            return self.dice.between(2, 6) * 500
        return 1000 * self.dice.weighted([1, 2, 3, 4], [70, 20, 7, 3])

    def sell(self, register, day, at):
        """One sale with lines, payments and ledger; returns the cash that stays."""
        register.receipt_no += 1
        key = f"{register.key}/{register.receipt_no}"
        sale_id = str(seed_id("sales", key))
        lines = [self.line(number, *entry) for number, entry in enumerate(self.basket(), start=1)]
        for number, product, qty, *_ in lines:
            if product.counted:
                self.move(product, -qty, sale_id, number, "sale", at)
        total, tax = sum(line[6] for line in lines), sum(line[5] for line in lines)
        paid = self.pay(register, total)
        shift, seller = f"{register.key}/{day + 1}", self.seller(register, day)
        sums = (total - tax, tax, total, CURRENCY)
        before = f"\\x{register.last_hash}" if register.last_hash else ""
        link = self.link(register, sale_id, str(seed_id("shifts", shift)), str(user_id(seller)), sums, at, lines, paid)
        late = self.dice.between(300, 2400) if self.dice.chance(0.03) else self.dice.between(0, 2)
        self.sales.append((STORE, register.key, register.receipt_no, 1, shift, f"{seller}@example.com", "sale", *sums,
                           "completed", stamp(at), stamp(after(at, late)), before, f"\\x{link}"))
        for n, p, qty, off, rate, line_tax, line_total in lines:
            self.lines.append((STORE, key, n, p.key, p.name, qty, p.price, off, rate, line_tax, line_total, 0))
        for n, (method, amount, tendered, change, ref) in enumerate(paid, start=1):
            self.payments.append((STORE, key, n, method, amount, tendered, change, ref or ""))
        return sum(payment[1] for payment in paid if payment[0] == "cash")

    def link(self, register, sale_id, shift_id, seller_id, sums, at, lines, paid):
        """The next link of the till's chain, in the form that seeds/README.md gives."""
        register_id, when = str(seed_id("registers", register.key)), at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        facts = [
            "sale/1", register.last_hash, self.store_id, sale_id, register_id, 1, register.receipt_no, shift_id,
            seller_id, "sale", None, *sums, when,
            [[n, str(seed_id("products", p.key)), p.name, qty, p.price, off, rate, tax, total]
             for n, p, qty, off, rate, tax, total in lines],
            [[n, *payment] for n, payment in enumerate(paid, start=1)],
        ]
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        register.last_hash = hashlib.sha256(text.encode()).hexdigest()
        return register.last_hash

    def line(self, number, product, qty):
        """A line: the price contains the tax, each line is rounded half to even."""
        gross = half_even(product.price * qty, 1000)
        discount = half_even(gross, 10) if self.dice.chance(0.04) else 0
        total = gross - discount
        tax = half_even(total * product.rate, 1_000_000 + product.rate)
        return number, product, qty, discount, product.rate, tax, total

    def pay(self, register, total):
        """Card, cash, or a voucher with cash for the rest: method, amount, tendered, change, reference."""
        ref = f"{register.code}-{register.receipt_no:06}"
        way = self.dice.weighted(["card", "cash", "voucher"], [56, 40, 4])
        if way == "card":
            return [("card", total, total, 0, f"card-{ref}")]
        paid = []
        if way == "voucher":
            worth = min(total, self.dice.pick([500, 1000, 2000]))
            paid.append(("voucher", worth, worth, 0, f"voucher-{ref}"))
            total -= worth
        if total:
            tendered = self.tendered(total)
            paid.append(("cash", total, tendered, tendered - total, None))
        return paid

    def tendered(self, total):
        """What a customer hands over: the exact sum, the next notes up, or one large note."""
        if self.dice.chance(0.15):
            return total
        note = self.dice.pick([note for note in NOTES if note >= total] or [5000])
        return -(-total // note) * note
