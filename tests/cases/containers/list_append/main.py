def one():
    pass


def two():
    pass


steps = []
steps.append(one)
steps.append(two)
for step in steps:
    step()
