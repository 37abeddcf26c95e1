class Number:
    def accept(self, visitor):
        return visitor.visit_number(self)


class Text:
    def accept(self, visitor):
        return visitor.visit_text(self)


class Encoder:
    def visit_number(self, node):
        return 1

    def visit_text(self, node):
        return self.embed(node)

    def embed(self, node):
        return 2


encoder = Encoder()
for node in [Number(), Text()]:
    node.accept(encoder)
