def stage_one():
    pass


def stage_two():
    pass


globals()["stage_one"]()
