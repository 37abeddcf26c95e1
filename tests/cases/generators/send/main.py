def square(x):
    return x * x


def worker():
    result = None
    while True:
        function = yield result
        result = function(2)


w = worker()
next(w)
w.send(square)
