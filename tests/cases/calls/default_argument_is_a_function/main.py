def mean(values):
    return sum(values) / len(values)


def median(values):
    return sorted(values)[len(values) // 2]


def summarise(values, how=mean):
    return how(values)


summarise([1, 2])
summarise([1, 2], how=median)
