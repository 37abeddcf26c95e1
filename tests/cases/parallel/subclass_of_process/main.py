import queue
from multiprocessing import Process
from threading import Thread


class Worker(Process):
    def __init__(self, name):
        super().__init__()
        self.label = name

    def run(self):
        self.step()

    def step(self):
        return self.label


class Reader(Thread):
    def __init__(self, tasks):
        super().__init__(daemon=True)
        self.tasks = tasks

    def run(self):
        handle(self.tasks.get())


def handle(task):
    return task()


def job():
    return 1


def main():
    tasks = queue.Queue()
    tasks.put(job)
    readers = [Reader(tasks) for _ in range(1)]
    for reader in readers:
        reader.start()
    worker = Worker("a")
    worker.start()
    worker.join()
    for reader in readers:
        reader.join()


if __name__ == "__main__":
    main()
