def top():
    return 0


def level1():
    def sibling():
        return 1

    def level2():
        def level3():
            top()
            sibling()

        level3()

    level2()


level1()
