import helpers


def main():
    return helpers.load(1)


if __name__ == "__main__":
    main()
