from registry import step


@step
def normalise(rows):
    return rows
