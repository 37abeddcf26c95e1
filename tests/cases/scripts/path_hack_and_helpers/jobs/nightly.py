import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "lib"))

from tables import Tables


def main():
    tables = Tables(["a", "b"])
    return tables.sizes()


if __name__ == "__main__":
    main()
