import threading


class Feeder:
    def __init__(self, items):
        self.items = items

    def run(self):
        for item in self.items:
            self.feed(item)

    def feed(self, item):
        print(item)


def watch(seconds):
    print(seconds)


def expire():
    print("late")


def main():
    feeder = Feeder([1])
    first = threading.Thread(target=feeder.run, daemon=True)
    second = threading.Thread(target=watch, args=(1,))
    timer = threading.Timer(0.01, expire)
    for thread in (first, second, timer):
        thread.start()
    for thread in (first, second, timer):
        thread.join()


main()
