def near():
    pass
