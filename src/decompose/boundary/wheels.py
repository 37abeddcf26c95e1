"""How much a set of requirements weighs on disk: installed sizes of the common distributions, with what they need."""

from __future__ import annotations

from collections.abc import Iterable

from decompose.knowledge.distributions import name_of

UNKNOWN_MB = 5.0
"""Size of a distribution that the table does not have: the median of those in it."""

_TABLE = """
numpy 71; pandas 81 numpy; scipy 143 numpy; scikit-learn 49 scipy joblib; joblib 2; pyarrow 176; polars 120
torch 757 sympy networkx numpy; sympy 75; networkx 17; torchvision 10 torch pillow; torchaudio 8 torch
pytorch-lightning 4 torch torchmetrics; lightning 5 torch torchmetrics; torchmetrics 4 torch; timm 10 torchvision
tensorflow 1500 numpy keras grpcio h5py; keras 12 numpy; h5py 18 numpy; jax 10 jaxlib; jaxlib 250 scipy; flax 4 jax
transformers 95 tokenizers huggingface-hub numpy; tokenizers 10; huggingface-hub 4; datasets 3 pyarrow pandas
sentence-transformers 3 transformers torch scikit-learn; accelerate 2 torch; peft 2 transformers torch; trl 2 peft
bitsandbytes 130 torch; tiktoken 4; openai 8 pydantic; langchain 10 pydantic sqlalchemy; langchain-core 4 pydantic
langchain-community 15 langchain; llama-index 10 openai; faiss-cpu 60 numpy; qdrant-client 3 grpcio numpy
chromadb 40 grpcio onnxruntime; onnxruntime 55 numpy; onnx 50 numpy; xgboost 390 scipy; lightgbm 12 scipy
catboost 260 pandas scipy matplotlib plotly; statsmodels 50 scipy pandas; prophet 40 pandas matplotlib
imbalanced-learn 3 scikit-learn; umap-learn 2 numba scikit-learn; hdbscan 5 scikit-learn; optuna 8 sqlalchemy
hyperopt 3 scipy networkx; shap 5 numba pandas scikit-learn; numba 25 llvmlite numpy; llvmlite 130
spacy 90 numpy pydantic; nltk 8; gensim 70 scipy; surprise 3 scipy; scikit-surprise 3 scipy; implicit 15 scipy
matplotlib 30 numpy pillow; seaborn 2 matplotlib pandas; plotly 70; bokeh 30 numpy pillow; altair 5 pandas; pillow 20
opencv-python 160 numpy; opencv-python-headless 150 numpy; scikit-image 60 scipy pillow; albumentations 5 scikit-image
ultralytics 5 torchvision opencv-python matplotlib; librosa 2 numba scipy; soundfile 3 numpy; openai-whisper 2 torch
mlflow 90 pandas scikit-learn pyarrow matplotlib sqlalchemy flask; wandb 80; evidently 35 pandas scikit-learn plotly
great-expectations 35 pandas scipy; dvc 10 networkx; ray 200 pyarrow; dask 12; distributed 10 dask; pyspark 430
apache-airflow 60 sqlalchemy flask pandas; prefect 35 sqlalchemy pydantic; dagster 50 sqlalchemy pydantic
kfp 5 kubernetes; kubernetes 35; feast 15 pandas pyarrow; hopsworks 10 pandas pyarrow; metaflow 15 boto3
fastapi 2 pydantic starlette; starlette 1; pydantic 10; uvicorn 1; flask 2 werkzeug jinja2; werkzeug 2; jinja2 1
django 40; streamlit 35 pandas pyarrow altair; gradio 70 fastapi pandas; dash 30 flask plotly; bentoml 10 starlette
gunicorn 1; aiohttp 6; httpx 1; requests 1; grpcio 19; celery 5 kombu; kombu 2; redis 3; pika 1; kafka-python 2
confluent-kafka 15; quixstreams 3 confluent-kafka; sqlalchemy 20; psycopg2-binary 12; psycopg2 12; pymongo 8
boto3 2 botocore; botocore 26; s3fs 1 boto3; google-cloud-storage 5 requests; google-cloud-bigquery 8 grpcio
google-cloud-aiplatform 60 grpcio; azureml-core 60 requests; azure-storage-blob 5 requests; snowflake-connector-python 15
prometheus-client 1; sentry-sdk 3; structlog 1; loguru 1; click 1; typer 1; rich 3; tqdm 1; pyyaml 3; omegaconf 2
hydra-core 2 omegaconf; python-dotenv 1; beautifulsoup4 1; lxml 20; selenium 20; scrapy 3 lxml; nltk 8
"""
"""`name MB needs…`: installed size of the distribution itself and the larger ones that it requires, Linux, CPython 3.11.

numpy, pandas, scipy, scikit-learn, pyarrow, torch (CPU), sympy, networkx, pydantic, fastapi, joblib and smaller ones were
measured in an installed environment; the rest are the wheels' unpacked sizes to one or two figures. `compare` measures
what is really installed.
"""


def closure_mb(requirements: Iterable[str]) -> float:
    """Return the installed size of requirement lines with all that they need, each distribution once, in MB."""
    sizes, needs = _table()
    found: set[str] = set()
    waiting = [name_of(line) for line in requirements]
    while waiting:
        name = waiting.pop()
        if name and name not in found:
            found.add(name)
            waiting += needs.get(name, ())
    return sum(sizes.get(name, UNKNOWN_MB) for name in sorted(found))


def _table() -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    """Return the sizes and the needs of the table, by distribution."""
    rows = [row.split() for line in _TABLE.splitlines() for row in line.split(";") if row.strip()]
    return {row[0]: float(row[1]) for row in rows}, {row[0]: tuple(row[2:]) for row in rows}
