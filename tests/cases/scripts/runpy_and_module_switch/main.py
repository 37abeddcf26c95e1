import runpy
import subprocess


def ingest():
    runpy.run_path("ingest.py", run_name="__main__")


def report():
    subprocess.check_call(["python", "-m", "jobs.report"])


ingest()
report()
