import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from project import data
from project.model import Model as Net
from common import banner


def main():
    banner("train")
    rows = data.load()
    net = Net()
    net.fit(rows)


if __name__ == "__main__":
    main()
