import runpy
from pathlib import Path


def settings():
    scope = {}
    exec(Path("settings.py").read_text(), scope)
    return scope


def run():
    return runpy.run_path("job.py", run_name="__main__")


if __name__ == "__main__":
    run()
