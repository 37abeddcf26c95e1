def make_counter():
    count = 0

    def up():
        nonlocal count
        count += 1
        return count

    def reset():
        nonlocal count
        count = 0

    return up, reset


up, reset = make_counter()
up()
reset()
