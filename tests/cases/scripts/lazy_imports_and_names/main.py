import importlib

STAGES = ["ingest", "train"]


def run_stage(name):
    module = importlib.import_module("stages." + name)
    return module.main()


def summary():
    from stages.report import render

    return render()


if __name__ == "__main__":
    for stage in STAGES:
        run_stage(stage)
    summary()
