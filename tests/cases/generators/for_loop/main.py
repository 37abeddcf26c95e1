def read(line):
    return line


def lines():
    for line in ("a", "b"):
        yield read(line)


for text in lines():
    pass
