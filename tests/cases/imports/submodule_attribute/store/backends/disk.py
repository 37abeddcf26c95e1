def open_store():
    pass
