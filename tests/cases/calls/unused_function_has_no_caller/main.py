def used():
    return 1


def unused():
    return used()


spare = unused
used()
