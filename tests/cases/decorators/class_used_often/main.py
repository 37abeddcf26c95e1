class traced:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return self.function(*args)


def step_0():
    pass


@traced
def stage_0():
    step_0()


def use_0():
    return stage_0()


def step_1():
    pass


@traced
def stage_1():
    step_1()


def use_1():
    return stage_1()


def step_2():
    pass


@traced
def stage_2():
    step_2()


def use_2():
    return stage_2()


def step_3():
    pass


@traced
def stage_3():
    step_3()


def use_3():
    return stage_3()


def step_4():
    pass


@traced
def stage_4():
    step_4()


def use_4():
    return stage_4()


def step_5():
    pass


@traced
def stage_5():
    step_5()


def use_5():
    return stage_5()


def step_6():
    pass


@traced
def stage_6():
    step_6()


def use_6():
    return stage_6()


def step_7():
    pass


@traced
def stage_7():
    step_7()


def use_7():
    return stage_7()


def step_8():
    pass


@traced
def stage_8():
    step_8()


def use_8():
    return stage_8()


def step_9():
    pass


@traced
def stage_9():
    step_9()


def use_9():
    return stage_9()


class Report:
    def __init__(self, made):
        self.made = made

    def show(self):
        self.made.render()


@traced
def build():
    return Chart()


@traced
def load():
    return Table()


class Chart:
    def render(self):
        pass


class Table:
    def render(self):
        pass


Report(build()).show()
build().render()
load().render()
