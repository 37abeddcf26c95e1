from collections import defaultdict


class Bucket:
    def __init__(self):
        self.items = []

    def add(self, item):
        pass


def make_bucket():
    return Bucket()


groups = defaultdict(make_bucket)
groups["a"].add(1)
