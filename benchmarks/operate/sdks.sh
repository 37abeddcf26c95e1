#!/usr/bin/env bash
# Runs the tests that need heavy public tools, each in an environment of its own: Kubeflow's and Airflow's SDKs, an MLflow
# server, a public inference client, an S3 server.   benchmarks/operate/sdks.sh [FOLDER FOR THE ENVIRONMENTS]
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-python3}
home=${1:-.venv-sdks}
mkdir -p "$home"
home=$(cd "$home" && pwd)

environment() { # NAME PACKAGE...
  local folder=$home/$1
  shift
  [ -x "$folder/bin/python" ] || { "$PYTHON" -m venv "$folder"; "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"; }
}

environment kfp kfp
environment airflow apache-airflow
environment decompose -e '.[dev]'
environment mlflow -e '.[parity]' mlflow

export KFP_PYTHON=$home/kfp/bin/python AIRFLOW_PYTHON=$home/airflow/bin/python
"$home/decompose/bin/python" -m pytest -q -rs tests/unit/operate/test_pipeline_exports.py tests/unit/operate/test_oip.py \
  tests/unit/operate/test_s3_store.py tests/unit/operate/test_description.py
"$home/mlflow/bin/python" -m pytest -q -rs tests/unit/operate/test_mlflow_registry.py
