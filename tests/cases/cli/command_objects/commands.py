class Command:
    name = ""

    def configure(self, parser):
        pass

    def run(self, args):
        raise NotImplementedError

    def __call__(self, args):
        self.before()
        return self.run(args)

    def before(self):
        print(self.name)


class Train(Command):
    name = "train"

    def configure(self, parser):
        parser.add_argument("--lr", type=float)

    def run(self, args):
        return 1


class Evaluate(Command):
    name = "evaluate"

    def run(self, args):
        return 2
