"""A fleet of fifty vehicles, two drivers for each, their trackers, and one day of positions."""

from demo_core import email
from demo_mextrack_routes import network
from demo_mextrack_tracks import Vehicle
from seedfile import Dice, stamp, utc, write_csv

FLEET = "demo"
VEHICLES = 50
FOUNDED = stamp(utc(2025, 12, 1, 12))
IN_SERVICE = stamp(utc(2026, 1, 1))

# make, model, fuel, top speed in km/h, letters for the chassis number
MODELS = [
    ("Kenworth", "T680", "diesel", 90, "K68"),
    ("Freightliner", "Cascadia", "diesel", 90, "FCA"),
    ("Volvo", "VNL 760", "diesel", 92, "V76"),
    ("Scania", "R 450", "diesel", 90, "R45"),
    ("Hino", "500", "diesel", 88, "H5H"),
    ("Isuzu", "ELF 600", "diesel", 92, "E6H"),
    ("Mercedes-Benz", "Sprinter", "diesel", 105, "SPR"),
    ("Ford", "Transit", "petrol", 105, "TRA"),
    ("Toyota", "Hiace", "petrol", 102, "H1A"),
]

VIN_LETTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_VALUES = dict(zip(VIN_LETTERS, [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)]))
VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
YEAR_LETTERS = dict(zip(range(2018, 2026), "JKLMNPRS"))


def plate(number):
    """The plate of the vehicle with this number."""
    return f"MX{number:02}"


def vin(letters, year, number):
    """A chassis number with a right check digit, of a manufacturer that does not exist."""
    blank = f"DEM{letters}000{YEAR_LETTERS[year]}D{number:06}"
    rest = sum(VIN_VALUES[letter] * weight for letter, weight in zip(blank, VIN_WEIGHTS)) % 11
    return blank[:8] + ("X" if rest == 10 else str(rest)) + blank[9:]


def imei(number):
    """A device number from the range for tests, with its Luhn digit."""
    digits = f"00101{number:09}"
    doubled = sum(sum(divmod(int(d) * (2 if at % 2 else 1), 10)) for at, d in enumerate(digits))
    return digits + str(-doubled % 10)


def tracker(number):
    """The tracker that the vehicle with this number carries, as protocol and name."""
    return ("osmand", f"phone-{number:02}") if number % 10 == 0 else ("teltonika", imei(number))


def people():
    """The members of the fleet, and the drivers: two for each vehicle."""
    members = [("fleet-admin", "owner"), ("admin", "manager"), ("dispatcher", "dispatcher"), ("driver", "viewer")]
    write_csv(
        "mextrack/demo/02_fleet_members.csv",
        ["fleet:code*", "user:email*", "role", "created_at"],
        [(FLEET, email(part), role, FOUNDED) for part, role in members],
    )
    rows = []
    for number in range(1, 2 * VEHICLES + 1):
        expires = f"{2027 + number % 4}-{1 + number % 12:02}-28"
        user = email("driver") if number == 1 else ""
        rows.append((FLEET, f"D{number:03}", f"Demo Driver {number:03}", f"DEMO{number:06}", expires, user, FOUNDED))
    write_csv(
        "mextrack/demo/03_drivers.csv",
        ["fleet:code*", "code*", "name", "licence_no", "licence_expires_on", "user:email", "created_at"],
        rows,
    )


def vehicles(dice):
    """The vehicles; returns the top speed of each."""
    rows, speeds = [], []
    for number in range(1, VEHICLES + 1):
        make, model, fuel, top, letters = MODELS[(number - 1) % len(MODELS)]
        year = dice.between(2018, 2025)
        odometer = (2026 - year) * dice.between(60_000, 140_000) * 1000 + dice.below(1000) * 100
        user = email("driver") if number == 1 else ""
        rows.append((FLEET, plate(number), user, vin(letters, year, number), make, model, year, fuel, odometer,
                     "active", FOUNDED))
        speeds.append(top)
    write_csv(
        "mextrack/demo/04_vehicles.csv",
        ["fleet:code*", "plate*", "user:email", "vin", "make", "model", "year", "fuel", "odometer_offset_m", "status",
         "created_at"],
        rows,
    )
    return speeds


def trackers():
    """The trackers and who carries them; vehicle 7 got its present one at the turn of the year."""
    spare = ("teltonika", imei(VEHICLES + 1))
    rows = [(FLEET, *tracker(number), FOUNDED) for number in range(1, VEHICLES + 1)] + [(FLEET, *spare, FOUNDED)]
    write_csv("mextrack/demo/05_devices.csv", ["fleet:code", "protocol*", "external_id*", "created_at"], rows)
    rows = [(f"{FLEET}/{plate(7)}", "/".join(spare), FOUNDED, IN_SERVICE, FOUNDED)]
    for number in range(1, VEHICLES + 1):
        since = IN_SERVICE if number == 7 else FOUNDED
        rows.append((f"{FLEET}/{plate(number)}", "/".join(tracker(number)), since, "", since))
    write_csv(
        "mextrack/demo/06_device_bindings.csv",
        ["vehicle:fleet/plate*", "device:protocol/external_id*", "valid_from*", "valid_to", "created_at"],
        rows,
    )


def positions(speeds):
    """One day of positions of every vehicle, vehicle after vehicle."""
    places, near = network()
    for number, top in enumerate(speeds, start=1):
        dice = Dice("demo", "mextrack", "track", str(number))
        home = places[(number - 1) % len(places)]
        yield from Vehicle(f"{FLEET}/{plate(number)}", home, near, dice, top).day()


def write():
    """Write seeds/mextrack/demo; vehicle_latest is SQL, because it is computed from tracking_data."""
    write_csv("mextrack/demo/01_fleets.csv", ["code*", "name", "created_at"], [(FLEET, "Demo Fleet", FOUNDED)])
    people()
    speeds = vehicles(Dice("demo", "mextrack", "vehicles"))
    trackers()
    write_csv(
        "mextrack/demo/07_tracking_data.csv",
        ["vehicle:fleet/plate*", "recorded_at*", "seq*", "received_at", "lat_e7", "lon_e7", "speed_cms", "heading_cdeg",
         "altitude_m", "flags"],
        positions(speeds),
    )
