class Version:
    def __init__(self, n):
        self.n = n

    def __str__(self):
        return label(self.n)

    def __repr__(self):
        return "Version()"


class Score:
    def __format__(self, spec):
        return "0.5"


def label(n):
    return f"v{n}"


def as_text(version):
    return str(version)


def as_message(version):
    return f"using {version}"


def debug(version):
    return f"{version!r}" + repr(version)


def show(version):
    print(version)


version = Version(1)
as_text(version)
as_message(version)
debug(version)
show(version)
"{:.2f}".format(Score())
