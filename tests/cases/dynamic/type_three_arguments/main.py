def greet(self):
    return "hi"


class Base:
    def bye(self):
        return "bye"


Made = type("Made", (Base,), {"greet": greet})
made = Made()
made.greet()
made.bye()
