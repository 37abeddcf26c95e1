def linear():
    pass


def tree():
    pass


def mlp():
    pass


ZOO = {"classic": {"linear": linear, "tree": tree}, "deep": {"mlp": mlp}}
ZOO["classic"]["tree"]()
deep = ZOO["deep"]
deep["mlp"]()
