import argparse

import models


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="small", choices=["small", "large"])
    return parser.parse_args()


def main():
    args = parse()
    model = getattr(models, args.model)
    return model(1)


if __name__ == "__main__":
    main()
