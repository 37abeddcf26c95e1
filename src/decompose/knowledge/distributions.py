"""Which distribution provides an import name, where the two are spelled differently."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache

from decompose.resources import knowledge_root

DISTRIBUTION_BY_IMPORT = {
    "Bio": "biopython", "Crypto": "pycryptodome", "IPython": "ipython", "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL", "PIL": "pillow", "PyPDF2": "PyPDF2", "Xlib": "python-xlib", "absl": "absl-py",
    "alpaca": "alpaca-py", "ase": "ase", "attr": "attrs", "bs4": "beautifulsoup4",
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
    "playhouse": "peewee", "pwiz": "peewee", "markdown_it": "markdown-it-py", "mysql": "mysql-connector-python",
    "OpenGL": "PyOpenGL", "barcode": "python-barcode", "decouple": "python-decouple", "box": "python-box",
    "pythonjsonlogger": "python-json-logger", "rapidjson": "python-rapidjson", "pyximport": "Cython", "win32api": "pywin32",
    "win32con": "pywin32", "win32gui": "pywin32", "skmultiflow": "scikit-multiflow", "sksurv": "scikit-survival",
    "weaviate": "weaviate-client", "lxml_html_clean": "lxml_html_clean", "pyro": "pyro-ppl",
    "parselmouth": "praat-parselmouth", "unidecode": "Unidecode", "pyaudio": "PyAudio", "osgeo_utils": "GDAL",
    "talib": "TA-Lib", "cpuinfo": "py-cpuinfo", "pynvml": "nvidia-ml-py", "nvidia_smi": "nvidia-ml-py3",
    "antlr4": "antlr4-python3-runtime", "boolean": "boolean.py", "cuda": "cuda-python", "functorch": "torch",
    "graphql": "graphql-core", "grpc_health": "grpcio-health-checking", "grpc_reflection": "grpcio-reflection",
    "grpc_status": "grpcio-status", "onvif": "onvif-zeep", "packageurl": "packageurl-python", "proto": "proto-plus",
    "rknnlite": "rknn-toolkit-lite2", "rpds": "rpds-py", "tlz": "toolz", "torchgen": "torch", "xdist": "pytest-xdist",
    "google.ai.generativelanguage": "google-ai-generativelanguage", "google.api": "googleapis-common-protos",
    "google.cloud.exceptions": "google-cloud-core", "google.cloud.client": "google-cloud-core",
    "google.cloud.resourcemanager": "google-cloud-resource-manager", "google.cloud.sql": "cloud-sql-python-connector",
    "google.cloud.secretmanager": "google-cloud-secret-manager", "google.colab": "", "google.oauth2": "google-auth",
    "google.protobuf": "protobuf", "google.rpc": "googleapis-common-protos", "google.type": "googleapis-common-protos",
    "azure.search.documents": "azure-search-documents", "azureml.data": "azureml-core",
    "azureml.exceptions": "azureml-core", "azureml.history": "azureml-core", "azureml.train": "azureml-train-core",
    "llama_index.core": "llama-index-core", "opentelemetry": "opentelemetry-api",
    "opentelemetry.exporter.otlp": "opentelemetry-exporter-otlp", "opentelemetry.sdk": "opentelemetry-sdk",
    "opentelemetry.semconv": "opentelemetry-semantic-conventions",
}  # fmt: skip
"""Import names whose distribution has another name (and some that only look as if), from the packages' own metadata.

Dotted names are of packages that several distributions share; an empty distribution is one that no index has.
"""

_SHARED = {
    "airflow.providers": "apache-airflow-providers-{}", "azure": "azure-{}", "azure.ai": "azure-ai-{}",
    "azure.data": "azure-data-{}", "azure.keyvault": "azure-keyvault-{}", "azure.mgmt": "azure-mgmt-{}",
    "azure.monitor": "azure-monitor-{}", "azure.storage": "azure-storage-{}", "azureml": "azureml-{}",
    "backports": "backports.{}", "flytekitplugins": "flytekitplugins-{}", "google": "google-{}",
    "google.cloud": "google-cloud-{}", "jaraco": "jaraco.{}", "llama_index.embeddings": "llama-index-embeddings-{}",
    "llama_index.llms": "llama-index-llms-{}", "llama_index.readers": "llama-index-readers-{}",
    "llama_index.vector_stores": "llama-index-vector-stores-{}", "opentelemetry.instrumentation":
    "opentelemetry-instrumentation-{}", "sphinxcontrib": "sphinxcontrib-{}", "zope": "zope.{}",
}  # fmt: skip
"""Packages that have no distribution of their own: each of their parts is one, named after this pattern."""
_API_VERSION = re.compile(r"_v\d+(?:p\d+)?(?:(?:alpha|beta)\d*)?$")

CONDA = {
    "brotlipy": "Brotli", "faiss": "faiss-cpu", "matplotlib-base": "matplotlib", "msgpack-python": "msgpack",
    "opencv": "opencv-python-headless", "py-lightgbm": "lightgbm", "py-opencv": "opencv-python-headless",
    "py-xgboost": "xgboost", "pytables": "tables", "pytorch": "torch", "pytorch-cpu": "torch", "pytorch-gpu": "torch",
    "tensorflow-base": "tensorflow", "xgboost-cpu": "xgboost",
}  # fmt: skip
"""What conda calls by other names than the index of Python does."""

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
_OTHER = re.compile(r"aarch64|arm64|armv|win32|Windows|[Dd]arwin|'nt'|\"nt\"")
"""What a marker names when it is about other machines than common servers."""
_LOCAL = re.compile(r"(?<=\d)\+[\w.]+")
"""The part of a version that only an index of its own has (`2.4.1+cpu`): the version without it is met by both."""
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
    """Return the normalised distributions that may provide an import name, dotted or not, the likeliest first."""
    guesses: list[str] = []
    for part in _prefixes(import_name):
        known = _known(part)
        guesses += [normalise(known)] if known else []
        if "." not in part and part not in _SHARED:
            guesses.append(normalise(part))
        guesses += _VARIANTS.get(part, ())
        if "." not in part and part not in _SHARED:
            guesses += [f"python-{normalise(part)}", f"py{normalise(part)}"]
    return tuple(dict.fromkeys(guesses))


def distribution_of(import_name: str) -> str:
    """Return the distribution to ask for when the monolith's own lines name none; empty when no index has it.

    Args:
        import_name: What is imported; of packages that several distributions share the name of the part counts
            (`google.cloud.storage`).
    """
    for part in _prefixes(import_name):
        known = _known(part)
        if known is not None:
            return known
    top = import_name.partition(".")[0]
    return "" if top in _SHARED else top.replace("_", "-")


def _prefixes(name: str) -> list[str]:
    """Return a dotted name and the packages around it, the longest first."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _known(name: str) -> str | None:
    """Return the distribution of exactly this package; `None` when the tables do not have it."""
    if name in DISTRIBUTION_BY_IMPORT:
        return DISTRIBUTION_BY_IMPORT[name]
    package, _, part = name.rpartition(".")
    if package not in _SHARED or name in _SHARED:
        return None
    return _SHARED[package].format(_API_VERSION.sub("", part).replace("_", "-"))


def line_by_name(lines: Iterable[str]) -> dict[str, str]:
    """Return the requirement line by normalised distribution.

    Of several, one that states a version wins, then one that holds on any machine or on common servers, then the first.
    A version is asked for without what only one index has of it (`+cpu`).
    """
    found: dict[str, tuple[tuple[bool, int], str]] = {}
    for line in lines:
        name, text = name_of(line), _LOCAL.sub("", line.partition(" #")[0].strip())
        marker = text.partition(";")[2]
        rank = (
            len(text.partition(";")[0].strip()) > len(name),
            0 if not marker else -2 if _OTHER.search(marker) else -1,
        )
        if name and (name not in found or rank > found[name][0]):
            found[name] = rank, text
    return {name: text for name, (_, text) in found.items()}


def stated_lines(lines: Iterable[str], distributions: Iterable[str]) -> dict[str, str]:
    """Return the requirement lines by distribution, without those of distributions that are made of the tree itself."""
    own = {normalise(name) for name in distributions}
    return {name: line for name, line in line_by_name(lines).items() if name not in own}


def own_names(paths: Iterable[str], distributions: Iterable[str], package: str) -> frozenset[str]:
    """Return the top-level names that a tree may provide itself: its files, its folders, what is made of it.

    A file or folder that has the name of a well-known library does not count: the library is the likelier meaning, and
    nobody else has its name on an index.

    Args:
        paths: POSIX paths of its modules.
        distributions: Names of the distributions that are made of the tree.
        package: Dotted name under which Python knows the root, if it is a package itself.
    """
    parts = {part.removesuffix(".py") for path in paths for part in path.split("/")}
    parts -= _well_known()
    parts |= {normalise(name).replace("-", "_") for name in distributions}
    return frozenset(parts | {package.partition(".")[0]}) - {"", "__init__"}


@cache
def _well_known() -> frozenset[str]:
    """Return the import names of libraries that are described or named here."""
    described = (path.stem for path in knowledge_root().glob("*.toml"))
    return frozenset((*DISTRIBUTION_BY_IMPORT, *MAKERS_OF_SAVED_OBJECTS, *described))


def line_of(import_name: str, lines: Mapping[str, str]) -> str:
    """Return the requirement line, by distribution in `lines`, that provides an import name; empty when none does."""
    return next((lines[name] for name in candidates(import_name) if name in lines), "")


_VARIANTS = {
    "cv2": ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "psycopg2": ("psycopg2",),
    "faiss": ("faiss-gpu",),
    "onvif": ("onvif-zeep-async",),
    "xgboost": ("xgboost-cpu",),
    "tensorflow": ("tensorflow-cpu", "tensorflow-gpu", "tensorflow-macos", "tf-nightly"),
    "keras": ("tensorflow",),
    "torch": ("torch-cpu", "pytorch"),
    "onnxruntime": ("onnxruntime-gpu",),
    "kafka": ("kafka-python-ng",),
    "jwt": ("python-jose",),
    "ray": ("ray",),
    "azureml": ("azureml-sdk", "azureml-defaults", "azureml-core"),
    "lightning": ("pytorch-lightning",),
    "attr": ("attrs",),
    "attrs": ("attrs",),
    "hsfs": ("hsfs", "hopsworks"),
    "catboost": ("catboost",),
}
