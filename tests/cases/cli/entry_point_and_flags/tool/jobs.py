def run(options):
    return prepare(options)


def prepare(options):
    return options
