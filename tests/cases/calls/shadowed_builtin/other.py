def size(values):
    return len(values)
