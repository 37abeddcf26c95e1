from backends import Backend, Disk, Memory


def log(backend: Backend, rows):
    for row in rows:
        backend.write(str(row))
    backend.close()


def choose(path=None):
    return Disk(path) if path else Memory()


def main():
    log(choose(), [1])
    log(choose("a"), [2])


main()
