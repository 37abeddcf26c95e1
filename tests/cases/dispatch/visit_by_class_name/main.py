class Number:
    def __init__(self, value):
        self.value = value


class Add:
    def __init__(self, left, right):
        self.left, self.right = left, right


class Evaluator:
    def visit(self, node):
        method = getattr(self, "visit_" + type(node).__name__.lower(), self.generic)
        return method(node)

    def visit_number(self, node):
        return node.value

    def visit_add(self, node):
        return self.visit(node.left) + self.visit(node.right)

    def generic(self, node):
        raise TypeError(node)

    def visiting(self):
        return None


def main():
    return Evaluator().visit(Add(Number(1), Number(2)))


main()
