"""Write every reference seed: `python3 seeds/refresh/reference.py DATA`, DATA as seeds/README.md describes it."""

import sys
from pathlib import Path

# No compiled files among the seeds: set before the other modules are loaded.
sys.dont_write_bytecode = True

import reference_categories
import reference_core
import reference_locations


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: reference.py DATA  (the folder with the data packages, see seeds/README.md)")
    data = Path(sys.argv[1])
    reference_core.write()
    reference_categories.write(data)
    reference_locations.write(data)


if __name__ == "__main__":
    main()
