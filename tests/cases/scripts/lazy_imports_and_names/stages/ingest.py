def main():
    return read()


def read():
    return 1
