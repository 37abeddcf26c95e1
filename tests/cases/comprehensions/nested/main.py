def cell(i, j):
    return i * j


class Grid:
    def rows(self, n):
        return [[self.value(i, j) for j in range(n)] for i in range(n)]

    def value(self, i, j):
        return cell(i, j)


Grid().rows(2)
