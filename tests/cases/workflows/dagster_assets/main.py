from dagster import asset, materialize


@asset
def raw():
    return download()


@asset
def features(raw):
    return build(raw)


def download():
    return []


def build(rows):
    return rows


def main():
    return materialize([raw, features])


if __name__ == "__main__":
    main()
