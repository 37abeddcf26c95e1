def ingest(context):
    context["rows"] = read()


def read():
    return []


def train(context):
    context["model"] = len(context["rows"])


def publish(context):
    pass


STEPS = {
    "ingest": (ingest, []),
    "train": (train, ["ingest"]),
    "publish": (publish, ["train"]),
}


def order(steps):
    done = []
    while len(done) < len(steps):
        for name, (function, needs) in steps.items():
            if name not in done and all(need in done for need in needs):
                done.append(name)
    return done


def run():
    context = {}
    for name in order(STEPS):
        function, _ = STEPS[name]
        function(context)


run()
