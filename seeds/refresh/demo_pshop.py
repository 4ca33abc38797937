"""A store with two tills and a month of trade, January 2026."""

from demo_core import email
from demo_pshop_products import STORE, TAX_RATES, products
from demo_pshop_sales import CURRENCY, Month
from seedfile import Dice, stamp, utc, write_csv

OPENED = stamp(utc(2025, 12, 15, 9))
MEMBERS = [("manager", "owner"), ("admin", "viewer"), ("cashier", "cashier"), ("cashier2", "cashier"),
           ("stock-keeper", "manager")]
# Drinks are also sold by the box, under a barcode of its own; quantities count thousandths of a piece.
BOX_OF = 6_000


def catalogue(goods):
    """The store, its people, taxes, products and barcodes."""
    write_csv(
        "pshop/demo/01_stores.csv",
        ["code*", "name", "currency", "tax_mode", "rounding", "created_at"],
        [(STORE, "Demo Store", CURRENCY, "incl", "line", OPENED)],
    )
    write_csv(
        "pshop/demo/02_store_members.csv",
        ["store:code*", "user:email*", "role", "created_at"],
        [(STORE, email(part), role, OPENED) for part, role in MEMBERS],
    )
    write_csv(
        "pshop/demo/03_tax_rates.csv",
        ["store:code*", "code*", "name", "rate_ppm", "created_at"],
        [(STORE, *rate, OPENED) for rate in TAX_RATES],
    )
    write_csv(
        "pshop/demo/04_products.csv",
        ["store:code*", "sku*", "name", "category", "unit", "price_minor", "cost_minor", "tax_rate:store/code",
         "track_stock", "offline_policy", "created_at"],
        [(STORE, p.sku, p.name, p.category, p.unit, p.price, p.cost, f"{STORE}/{p.tax}", str(p.counted).lower(),
          p.policy, OPENED) for p in goods],
    )
    boxes = [p for p in goods if p.category == "Drinks"]
    codes = [(STORE, p.barcode, p.key, 1000, OPENED) for p in goods]
    codes += [(STORE, p.box_barcode(), p.key, BOX_OF, OPENED) for p in boxes]
    write_csv(
        "pshop/demo/05_product_barcodes.csv",
        ["store:code*", "barcode*", "product:store/sku", "pack_qty", "created_at"],
        codes,
    )


def trade(month):
    """The tills and what went over them."""
    write_csv(
        "pshop/demo/06_registers.csv",
        ["store:code*", "code*", "name", "epoch", "last_receipt_no", "created_at"],
        [(STORE, r.code, f"Till {r.code[1:]}", 1, r.receipt_no, OPENED) for r in month.registers],
    )
    write_csv(
        "pshop/demo/07_shifts.csv",
        ["store:code", "register:store/code*", "number*", "opened_by", "opened_at", "float_minor", "closed_at",
         "counted_minor", "created_at"],
        month.shifts,
    )
    write_csv(
        "pshop/demo/08_sales.csv",
        ["store:code", "register:store/code*", "receipt_no*", "epoch", "shift:store/register/number", "user:email",
         "kind", "subtotal_minor", "tax_minor", "total_minor", "currency", "status", "occurred_at", "received_at",
         "prev_hash", "hash"],
        month.sales,
    )
    write_csv(
        "pshop/demo/09_sale_lines.csv",
        ["store:code", "sale:store/register/receipt_no*", "line_no*", "product:store/sku", "name_snapshot", "qty_milli",
         "unit_minor", "discount_minor", "tax_rate_ppm", "tax_minor", "total_minor", "returned_qty_milli"],
        month.lines,
    )
    write_csv(
        "pshop/demo/10_payments.csv",
        ["store:code", "sale:store/register/receipt_no*", "line_no*", "method", "amount_minor", "tendered_minor",
         "change_minor", "provider_ref"],
        month.payments,
    )


def stock(goods, month):
    """The ledger, and the inventory it adds up to."""
    write_csv(
        "pshop/demo/11_stock_movements.csv",
        ["store:code*", "product:store/sku", "ref_id*", "line_no*", "reason*", "delta", "unit_cost_minor", "at"],
        month.movements,
    )
    write_csv(
        "pshop/demo/12_inventory.csv",
        ["store:code*", "product:store/sku*", "on_hand", "reserved", "leased", "reorder_at"],
        [(STORE, p.key, p.stock, 0, 0, p.reorder_at) for p in goods if p.counted],
    )


def write():
    """Write seeds/pshop/demo."""
    goods = products()
    month = Month(goods, Dice("demo", "pshop", "month")).play()
    catalogue(goods)
    trade(month)
    stock(goods, month)
