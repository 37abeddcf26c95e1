class Step:
    def __init__(self, function, needs=()):
        self.function = function
        self.needs = needs

    def __call__(self, results):
        return self.function(*[results[name] for name in self.needs])


class Flow:
    def __init__(self):
        self.steps = {}

    def step(self, *needs):
        def add(function):
            self.steps[function.__name__] = Step(function, needs)
            return function

        return add

    def order(self):
        done = []
        while len(done) < len(self.steps):
            for name, step in self.steps.items():
                if name not in done and all(need in done for need in step.needs):
                    done.append(name)
        return done

    def run(self):
        results = {}
        for name in self.order():
            results[name] = self.steps[name](results)
        return results
