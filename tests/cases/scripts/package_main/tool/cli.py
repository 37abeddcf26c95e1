def main(argv):
    return execute(argv)


def execute(argv):
    return 0
