def fetch():
    return 1


fetch()
