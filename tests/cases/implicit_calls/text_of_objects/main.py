import logging


class Metric:
    def __init__(self, value):
        self.value = value

    def __str__(self):
        return self.show()

    def show(self):
        return f"{self.value:.2f}"

    def __repr__(self):
        return f"Metric({self.value!r})"


class Report:
    def __init__(self, metrics):
        self.metrics = metrics

    def __str__(self):
        return ", ".join(str(metric) for metric in self.metrics)


def main():
    report = Report([Metric(1.0)])
    print(report)
    text = f"{report.metrics[0]!r}"
    return "%s" % report + text


main()
