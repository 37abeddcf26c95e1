import ray


@ray.remote
class Counter:
    def __init__(self, start):
        self.value = start

    def add(self, n):
        self.value = self.combine(n)
        return self.value

    def combine(self, n):
        return self.value + n


@ray.remote(num_cpus=1)
def square(x):
    return helper(x)


def helper(x):
    return x * x


def main():
    ray.init()
    counter = Counter.remote(0)
    refs = [counter.add.remote(i) for i in range(3)]
    more = [square.remote(i) for i in range(3)]
    fast = Counter.options(num_cpus=2).remote(1)
    ray.get(fast.add.remote(1))
    return ray.get(refs + more)


main()
