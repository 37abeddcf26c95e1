def __getattr__(name):
    if name == "heavy":
        from implementation import heavy

        return heavy
    raise AttributeError(name)
