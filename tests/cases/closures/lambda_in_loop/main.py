def scale(value, factor):
    return value * factor


steps = []
for factor in (1, 2):
    steps.append(lambda value, factor=factor: scale(value, factor))

for step in steps:
    step(1)
