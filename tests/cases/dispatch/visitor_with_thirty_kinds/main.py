class Visitor:
    def visit(self, node):
        method = getattr(self, f"visit_{type(node).__name__}", self.generic)
        return method(node)

    def generic(self, node):
        return None

    def visit_Kind00(self, node):
        return 0

    def visit_Kind01(self, node):
        return 1

    def visit_Kind02(self, node):
        return 2

    def visit_Kind03(self, node):
        return 3

    def visit_Kind04(self, node):
        return 4

    def visit_Kind05(self, node):
        return 5

    def visit_Kind06(self, node):
        return 6

    def visit_Kind07(self, node):
        return 7

    def visit_Kind08(self, node):
        return 8

    def visit_Kind09(self, node):
        return 9

    def visit_Kind10(self, node):
        return 10

    def visit_Kind11(self, node):
        return 11

    def visit_Kind12(self, node):
        return 12

    def visit_Kind13(self, node):
        return 13

    def visit_Kind14(self, node):
        return 14

    def visit_Kind15(self, node):
        return 15

    def visit_Kind16(self, node):
        return 16

    def visit_Kind17(self, node):
        return 17

    def visit_Kind18(self, node):
        return 18

    def visit_Kind19(self, node):
        return 19

    def visit_Kind20(self, node):
        return 20

    def visit_Kind21(self, node):
        return 21

    def visit_Kind22(self, node):
        return 22

    def visit_Kind23(self, node):
        return 23

    def visit_Kind24(self, node):
        return 24

    def visit_Kind25(self, node):
        return 25

    def visit_Kind26(self, node):
        return 26

    def visit_Kind27(self, node):
        return 27

    def visit_Kind28(self, node):
        return 28

    def visit_Kind29(self, node):
        return 29


Visitor().visit(input())
