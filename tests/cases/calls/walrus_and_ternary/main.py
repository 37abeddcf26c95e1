def normal():
    return 0


def debug():
    return 1


def fallback():
    return 2


verbose = True
(debug if verbose else normal)()

if (chosen := fallback):
    chosen()

hook = None
(hook or normal)()
