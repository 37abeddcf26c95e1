import sys


def score(rows):
    return [one(row) for row in rows]


def one(row):
    return row


def main(argv):
    return score(argv)


if __name__ == "__main__":
    main(sys.argv)
