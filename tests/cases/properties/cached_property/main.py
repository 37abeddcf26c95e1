from functools import cached_property


def expensive():
    return 1


class Report:
    @cached_property
    def totals(self):
        return expensive()


def show(report):
    return report.totals


show(Report())
