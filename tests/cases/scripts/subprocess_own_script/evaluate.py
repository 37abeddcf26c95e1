def evaluate():
    pass


evaluate()
