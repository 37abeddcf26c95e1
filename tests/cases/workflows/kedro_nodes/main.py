from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node
from kedro.runner import SequentialRunner

from nodes import report, split, train


def create_pipeline():
    return Pipeline(
        [
            node(split, ["df", "params"], ["train", "test"]),
            node(func=train, inputs="train", outputs="model"),
        ]
    )


def main():
    runner = SequentialRunner()
    runner.run(create_pipeline(), DataCatalog())


main()
