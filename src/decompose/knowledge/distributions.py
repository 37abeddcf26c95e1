"""Which distribution provides an import name, where the two are spelled differently."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping

DISTRIBUTION_BY_IMPORT = {
    "Bio": "biopython", "Crypto": "pycryptodome", "IPython": "ipython", "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL", "PIL": "pillow", "PyPDF2": "PyPDF2", "Xlib": "python-xlib", "absl": "absl-py",
    "alpaca": "alpaca-py", "ase": "ase", "attr": "attrs", "azureml": "azureml-core", "bs4": "beautifulsoup4",
    "caffe2": "torch", "catboost": "catboost", "community": "python-louvain", "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil", "discord": "discord.py", "docx": "python-docx", "dotenv": "python-dotenv",
    "evidently": "evidently", "faiss": "faiss-cpu", "fitz": "pymupdf", "flask_cors": "flask-cors",
    "flask_sqlalchemy": "flask-sqlalchemy", "gi": "PyGObject", "git": "GitPython", "github": "PyGithub",
    "googleapiclient": "google-api-python-client", "great_expectations": "great-expectations", "grpc": "grpcio",
    "hydra": "hydra-core", "imblearn": "imbalanced-learn", "jose": "python-jose", "jwt": "PyJWT",
    "kafka": "kafka-python", "kfp": "kfp", "kneed": "kneed", "ldap": "python-ldap", "librosa": "librosa",
    "lightning": "lightning", "lightning_fabric": "lightning-fabric", "llama_index": "llama-index",
    "magic": "python-magic", "markdown": "Markdown", "matplotlib": "matplotlib", "mpl_toolkits": "matplotlib",
    "multipart": "python-multipart", "nacl": "PyNaCl", "neptune": "neptune", "odf": "odfpy", "osgeo": "GDAL",
    "past": "future", "pkg_resources": "setuptools", "pl_bolts": "lightning-bolts", "psycopg2": "psycopg2-binary",
    "pptx": "python-pptx", "pycocotools": "pycocotools", "pydrive": "PyDrive", "pymysql": "PyMySQL",
    "pylab": "matplotlib", "pytorch_lightning": "pytorch-lightning", "pythoncom": "pywin32", "pytz": "pytz",
    "pywintypes": "pywin32", "qdrant_client": "qdrant-client", "rest_framework": "djangorestframework",
    "ruamel": "ruamel.yaml", "scikits": "scikits.learn", "segmentation_models_pytorch": "segmentation-models-pytorch",
    "sentence_transformers": "sentence-transformers", "serial": "pyserial", "shap": "shap", "skimage": "scikit-image",
    "sklearn": "scikit-learn", "skopt": "scikit-optimize", "slugify": "python-slugify",
    "snowflake": "snowflake-connector-python", "socketio": "python-socketio",
    "speech_recognition": "SpeechRecognition", "sqlite_utils": "sqlite-utils",
    "streamlit_option_menu": "streamlit-option-menu", "telegram": "python-telegram-bot",
    "tensorflow_datasets": "tensorflow-datasets", "tensorflow_hub": "tensorflow-hub", "tf_keras": "tf-keras",
    "torch_geometric": "torch-geometric", "umap": "umap-learn", "usb": "pyusb",
    "webdriver_manager": "webdriver-manager", "websocket": "websocket-client", "wx": "wxPython", "yaml": "PyYAML",
    "yfinance": "yfinance", "zmq": "pyzmq", "prometheus_client": "prometheus-client",
    "category_encoders": "category-encoders", "langchain_community": "langchain-community",
    "langchain_openai": "langchain-openai", "langchain_core": "langchain-core", "hsfs": "hopsworks",
    "flask_restful": "flask-restful", "flask_login": "flask-login", "flask_wtf": "flask-wtf", "werkzeug": "Werkzeug",
    "typing_extensions": "typing-extensions", "huggingface_hub": "huggingface-hub",
    "google_auth_oauthlib": "google-auth-oauthlib", "airflow": "apache-airflow", "pyspark": "pyspark",
    "delta": "delta-spark", "xgboost_ray": "xgboost-ray", "stable_baselines3": "stable-baselines3", "gym": "gym",
    "surprise": "scikit-surprise", "implicit": "implicit", "lightfm": "lightfm", "nltk": "nltk", "spacy": "spacy",
    "jax": "jax", "flax": "flax", "pydantic_settings": "pydantic-settings", "snscrape": "snscrape",
    "tweepy": "tweepy", "whisper": "openai-whisper", "clip": "openai-clip", "ultralytics": "ultralytics",
    "detectron2": "detectron2", "paho": "paho-mqtt", "pika": "pika",
}  # fmt: skip
"""Import names whose distribution has another name (and some that only look as if), from the packages' own metadata."""

MAKERS_OF_SAVED_OBJECTS = frozenset({
    "catboost", "category_encoders", "feature_engine", "fbprophet", "gensim", "hdbscan", "hmmlearn", "imblearn",
    "implicit", "keras", "lifelines", "lightfm", "lightgbm", "mlxtend", "networkx", "ngboost", "nltk", "numpy", "pandas",
    "pmdarima", "polars", "prophet", "pycaret", "pyod", "scipy", "sentence_transformers", "shap", "sklearn",
    "sklearn_crfsuite", "skopt", "sktime", "spacy", "statsmodels", "surprise", "tensorflow", "tpot", "torch",
    "transformers", "umap", "xgboost",
})  # fmt: skip
"""Libraries whose objects people pickle: models, transformers, arrays and frames."""

_GONE_FROM_STANDARD = frozenset({
    "aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils", "imghdr", "imp",
    "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau",
    "telnetlib", "uu", "xdrlib", "tomllib", "annotationlib", "compression", "_typeshed", "__future__", "__main__",
})  # fmt: skip
_NAME = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_SEPARATORS = re.compile(r"[-_.]+")


def is_standard(import_name: str) -> bool:
    """Return whether a top-level import name belongs to Python itself, in any version that we may read."""
    return import_name in sys.stdlib_module_names or import_name in _GONE_FROM_STANDARD


def normalise(distribution: str) -> str:
    """Return the form of a distribution's name in which two spellings of one name are equal (PEP 503)."""
    return _SEPARATORS.sub("-", distribution).lower()


def name_of(requirement: str) -> str:
    """Return the normalised name in a requirement line; empty when the line is not one (`-e .`, a comment, a URL)."""
    found = _NAME.match(requirement)
    if requirement.lstrip().startswith(("-", "#")) or found is None or "://" in requirement.partition("@")[0]:
        return ""
    return normalise(found.group(1))


def candidates(import_name: str) -> tuple[str, ...]:
    """Return the normalised distributions that may provide an import name, the likeliest first."""
    known = DISTRIBUTION_BY_IMPORT.get(import_name)
    plain = normalise(import_name)
    guesses = [normalise(known)] if known else []
    guesses += [plain, *_VARIANTS.get(import_name, ()), f"python-{plain}", f"py{plain}"]
    return tuple(dict.fromkeys(guesses))


def distribution_of(import_name: str) -> str:
    """Return the distribution to ask for when the monolith's own lines name none."""
    return DISTRIBUTION_BY_IMPORT.get(import_name, import_name.replace("_", "-"))


def line_by_name(lines: Iterable[str]) -> dict[str, str]:
    """Return the requirement line by normalised distribution; of two, the first that states a version wins."""
    found: dict[str, str] = {}
    for line in lines:
        name, text = name_of(line), line.partition(" #")[0].strip()
        if name and (name not in found or (len(found[name]) == len(name) and len(text) > len(name))):
            found[name] = text
    return found


def line_of(import_name: str, lines: Mapping[str, str]) -> str:
    """Return the requirement line, by distribution in `lines`, that provides an import name; empty when none does."""
    return next((lines[name] for name in candidates(import_name) if name in lines), "")


_VARIANTS = {
    "cv2": ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "psycopg2": ("psycopg2",),
    "faiss": ("faiss-gpu",),
    "tensorflow": ("tensorflow-cpu", "tensorflow-gpu", "tensorflow-macos", "tf-nightly"),
    "keras": ("tensorflow",),
    "torch": ("torch-cpu", "pytorch"),
    "onnxruntime": ("onnxruntime-gpu",),
    "kafka": ("kafka-python-ng",),
    "jwt": ("python-jose",),
    "ray": ("ray",),
    "azureml": ("azureml-sdk", "azureml-defaults", "azureml-core"),
    "azure": ("azure-core", "azure-identity", "azureml-sdk", "azure-storage-blob"),
    "google": ("google-cloud-storage", "google-cloud-bigquery", "google-auth", "protobuf"),
    "lightning": ("pytorch-lightning",),
    "attr": ("attrs",),
    "attrs": ("attrs",),
    "hsfs": ("hsfs", "hopsworks"),
    "catboost": ("catboost",),
}
