import ray


@ray.remote
def preprocess(shard):
    return clean(shard)


def clean(shard):
    return shard


@ray.remote
class Counter:
    def __init__(self):
        self.count = 0

    def add(self, n):
        self.bump(n)

    def bump(self, n):
        self.count += n


def main():
    futures = [preprocess.remote(i) for i in range(2)]
    ray.get(futures)
    counter = Counter.remote()
    ray.get(counter.add.remote(1))


ray.init()
main()
