from kfp import compiler, dsl


@dsl.component
def prepare(path: str) -> str:
    return path


@dsl.component(base_image="python:3.11")
def train(data: str) -> str:
    return data


@dsl.pipeline(name="training")
def pipeline(path: str = "a"):
    prepared = prepare(path=path)
    train(data=prepared.output)


def main():
    compiler.Compiler().compile(pipeline, "pipeline.yaml")


main()
