"""Write every demo seed: `python3 seeds/refresh/demo.py`. It reads the reference seeds and nothing else."""

import sys

# No compiled files among the seeds: set before the other modules are loaded.
sys.dont_write_bytecode = True

import demo_atriz
import demo_core
import demo_mextrack
import demo_pshop


def main():
    demo_core.write()
    demo_atriz.write()
    demo_mextrack.write()
    demo_pshop.write()


if __name__ == "__main__":
    main()
