from registry import step


@step
def drop_empty(rows):
    return [row for row in rows if keep(row)]


def keep(row):
    return bool(row)
