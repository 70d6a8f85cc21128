"""`python -m tests.invariance names` or `order`: everything of that kind; ends with 1 where something differs."""

import sys

from tests.invariance import names, order

KINDS = {"names": names.run, "order": order.run}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in KINDS:
        sys.exit(f"usage: python -m tests.invariance {'|'.join(KINDS)}")
    sys.exit(int(KINDS[sys.argv[1]]() > 0))
