_REGISTRY = {}


class Transform:
    name = "base"

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        _REGISTRY[cls.name] = cls()

    def __call__(self, x):
        return self.apply(x)

    def apply(self, x):
        raise NotImplementedError


class Upper(Transform):
    name = "upper"

    def apply(self, x):
        return x.upper()


class Strip(Transform):
    name = "strip"

    def apply(self, x):
        return x.strip()


def get(name):
    try:
        return _REGISTRY[name]
    except KeyError:
        raise ValueError(name) from None


def run(text, names):
    for name in names:
        text = get(name)(text)
    return text


run(" a ", ["upper", "strip"])
