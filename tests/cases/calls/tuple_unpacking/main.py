def a():
    pass


def b():
    pass


def c():
    pass


def d():
    pass


x, y = a, b
x, y = y, x
x()

head, *rest, last = (c, a, d)
head()
last()
