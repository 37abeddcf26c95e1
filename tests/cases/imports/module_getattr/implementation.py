def heavy():
    pass
