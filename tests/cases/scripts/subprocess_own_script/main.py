import os
import subprocess
import sys


def run_stage(script):
    subprocess.run([sys.executable, script], check=True)


subprocess.run([sys.executable, "prepare.py"], check=True)
os.system("python train.py --fast")
run_stage("evaluate.py")
