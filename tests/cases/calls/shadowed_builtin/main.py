from other import size


def len(values):
    return 0


len([1])
size([1])
