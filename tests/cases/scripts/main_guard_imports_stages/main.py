import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "lib"))

from ingest import load
from train import fit


def main():
    fit(load())


if __name__ == "__main__":
    main()
