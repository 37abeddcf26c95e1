"""What calls do that a caller in another process could notice, by qualified name or by method name."""

from __future__ import annotations

MUTATING_METHODS = frozenset({
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault", "popitem",
    "add", "discard", "difference_update", "intersection_update", "symmetric_difference_update", "appendleft",
    "popleft", "extendleft", "rotate", "fill", "resize", "itemset", "partial_fit", "fit", "fit_transform",
    "fit_predict", "set_params", "load_state_dict", "train", "eval", "step", "zero_grad", "setflags", "push",
    "enqueue", "compile", "write_batch", "__setitem__", "__delitem__", "__setattr__", "add_module", "register_buffer",
    "put_nowait", "subtract", "move_to_end", "requires_grad_", "set_value", "set_state",
})  # fmt: skip
"""Methods that change their receiver, in the standard containers and the usual array, frame and estimator types."""
INPLACE_SAFE = frozenset({"eval", "train", "compile", "step", "add", "update", "remove", "insert", "clear"})
MUTATED_ARGUMENT = {
    "random.shuffle": 0, "numpy.random.shuffle": 0, "numpy.fill_diagonal": 0, "numpy.put": 0, "numpy.copyto": 0,
    "numpy.place": 0, "numpy.putmask": 0, "heapq.heappush": 0, "heapq.heappop": 0, "heapq.heapify": 0,
    "heapq.heapreplace": 0, "heapq.heappushpop": 0, "bisect.insort": 0, "bisect.insort_left": 0,
    "bisect.insort_right": 0, "builtins.setattr": 0, "builtins.delattr": 0, "builtins.list.append": 0,
    "builtins.list.sort": 0, "builtins.list.extend": 0, "builtins.dict.update": 0, "builtins.set.add": 0,
    "operator.setitem": 0, "operator.delitem": 0, "operator.iadd": 0, "object.__setattr__": 0,
    "builtins.object.__setattr__": 0, "numpy.put_along_axis": 0, "numpy.add.at": 0, "numpy.subtract.at": 0,
    "sklearn.utils.shuffle": -1,
}  # fmt: skip
"""Which argument a function changes in place."""
FILLING_METHODS = frozenset({"append", "add", "insert", "appendleft", "setdefault", "put", "push"})
"""Methods that put their argument into their receiver."""
SHUFFLERS = frozenset({"shuffle"})

SHALLOW_COPIES = frozenset({
    "builtins.list", "builtins.dict", "builtins.set", "builtins.tuple", "builtins.frozenset", "builtins.sorted",
    "copy.copy", "builtins.reversed", "collections.OrderedDict", "collections.deque",
})  # fmt: skip
DEEP_COPIES = frozenset({"copy.deepcopy", "numpy.array", "numpy.copy", "sklearn.base.clone"})
ALIASES = frozenset({
    "numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray", "typing.cast", "numpy.ravel", "numpy.squeeze",
    "numpy.reshape", "builtins.iter", "builtins.vars", "torch.as_tensor", "torch.from_numpy", "numpy.atleast_1d",
})  # fmt: skip
ALIAS_METHODS = frozenset({
    "view", "reshape", "ravel", "squeeze", "transpose", "swapaxes", "detach", "to_numpy", "fit", "set_params", "train",
    "eval", "partial_fit", "__iter__",
})  # fmt: skip
"""Methods whose result shares memory with the receiver, or is the receiver."""
ELEMENT_METHODS = frozenset({"get", "values", "items", "setdefault", "pop", "popitem", "__getitem__"})

HANDLES = frozenset({
    "builtins.open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "sqlite3.connect",
    "psycopg2.connect", "psycopg.connect", "pymysql.connect", "MySQLdb.connect", "mysql.connector.connect",
    "duckdb.connect", "asyncpg.connect", "pyodbc.connect", "cx_Oracle.connect", "sqlalchemy.create_engine",
    "sqlalchemy.orm.Session", "sqlalchemy.orm.sessionmaker", "sqlalchemy.create_async_engine",
    "sqlalchemy.ext.asyncio.create_async_engine", "threading.Lock", "threading.RLock", "threading.Event",
    "threading.Condition", "threading.Semaphore", "threading.Thread", "multiprocessing.Lock", "multiprocessing.Queue",
    "multiprocessing.Pool", "multiprocessing.Process", "multiprocessing.Pipe", "asyncio.Lock", "asyncio.Queue",
    "asyncio.Event", "asyncio.Semaphore", "queue.Queue", "queue.SimpleQueue", "socket.socket",
    "socket.create_connection", "boto3.client", "boto3.resource", "boto3.Session", "boto3.session.Session",
    "tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "tempfile.SpooledTemporaryFile",
    "tempfile.TemporaryDirectory", "logging.getLogger", "logging.LoggerAdapter", "logging.FileHandler",
    "requests.Session", "requests.session", "httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession",
    "subprocess.Popen", "zipfile.ZipFile", "tarfile.open", "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor", "h5py.File", "redis.Redis", "redis.StrictRedis", "redis.from_url",
    "pymongo.MongoClient", "kafka.KafkaProducer", "kafka.KafkaConsumer", "pika.BlockingConnection", "smtplib.SMTP",
    "smtplib.SMTP_SSL", "ftplib.FTP", "paramiko.SSHClient", "mmap.mmap", "torch.utils.tensorboard.SummaryWriter",
    "tensorboardX.SummaryWriter", "cv2.VideoCapture", "cv2.VideoWriter", "google.cloud.storage.Client",
    "google.cloud.bigquery.Client", "pyspark.SparkContext", "grpc.insecure_channel", "elasticsearch.Elasticsearch",
    "qdrant_client.QdrantClient", "os.fdopen", "os.open", "shelve.open", "dbm.open", "selenium.webdriver.Chrome",
    "ray.init", "dask.distributed.Client", "tables.open_file", "netCDF4.Dataset", "rasterio.open", "PIL.Image.open",
    "wandb.init", "io.TextIOWrapper", "onnxruntime.InferenceSession", "tritonclient.http.InferenceServerClient",
    "tritonclient.grpc.InferenceServerClient", "pymilvus.MilvusClient", "weaviate.Client", "confluent_kafka.Producer",
    "confluent_kafka.Consumer", "clickhouse_driver.Client", "snowflake.connector.connect", "pyspark.sql.SparkSession",
})  # fmt: skip
"""Constructors of things that live in one process (`PIL.Image.open` reads lazily from its open file)."""
HANDLE_FACTORIES = {
    "sqlalchemy.orm.sessionmaker": "Session", "sqlalchemy.orm.scoped_session": "Session",
    "sqlalchemy.ext.asyncio.async_sessionmaker": "AsyncSession",
}  # fmt: skip
"""What makes makers of handles, by what these make."""
HANDLE_METHODS = frozenset({"cursor", "getOrCreate", "makefile", "begin_nested", "connect", "get_logger", "getChild"})
HANDLE_ANNOTATIONS = frozenset({
    "Connection", "Cursor", "Engine", "Session", "AsyncSession", "SparkSession", "TextIO", "BinaryIO", "IO", "Lock",
    "RLock", "socket", "Logger", "LoggerAdapter", "TextIOWrapper", "BufferedReader", "Popen", "Thread", "Redis",
    "MongoClient", "SummaryWriter",
})  # fmt: skip

ITERATORS = frozenset({
    "builtins.map", "builtins.filter", "builtins.zip", "builtins.enumerate", "builtins.iter", "builtins.reversed",
    "csv.reader", "csv.DictReader", "os.walk", "os.scandir", "glob.iglob", "re.finditer", "itertools.chain",
    "itertools.islice", "itertools.cycle", "itertools.count", "itertools.repeat", "itertools.product",
    "itertools.groupby", "itertools.permutations", "itertools.combinations", "itertools.accumulate",
    "itertools.starmap", "itertools.takewhile", "itertools.dropwhile", "itertools.zip_longest",
    "itertools.chain.from_iterable", "itertools.tee", "itertools.filterfalse", "itertools.pairwise",
    "itertools.batched", "itertools.compress", "more_itertools.chunked", "torch.utils.data.DataLoader", "tqdm.tqdm",
    "pyarrow.parquet.ParquetFile.iter_batches", "builtins.aiter", "ijson.items",
})  # fmt: skip
ITERATOR_METHODS = frozenset({
    "iterrows", "itertuples", "iterdir", "finditer", "iter_batches", "iter_lines", "iter_content", "iteritems",
    "as_numpy_iterator", "imap", "imap_unordered", "fetchmany_iter", "rglob", "glob", "iter_rows",
})  # fmt: skip
ITERATOR_ANNOTATIONS = frozenset({"Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "AsyncIterable"})
CONSUMERS = frozenset({
    "builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted", "builtins.sum", "builtins.max",
    "builtins.min", "builtins.dict", "builtins.any", "builtins.all", "builtins.frozenset", "builtins.len",
    "builtins.next", "builtins.map", "builtins.filter", "builtins.zip", "builtins.enumerate", "builtins.iter",
    "itertools.chain", "itertools.islice", "collections.deque", "collections.Counter", "numpy.fromiter",
    "functools.reduce", "statistics.mean", "math.fsum",
})  # fmt: skip

READERS = frozenset({
    "read_csv", "read_parquet", "read_sql", "read_sql_query", "read_sql_table", "read_json", "read_excel",
    "read_feather", "read_hdf", "read_orc", "read_table", "read_gbq", "load_dataset", "scan_csv", "scan_parquet",
    "read_fwf", "loadtxt", "genfromtxt", "fromfile", "memmap", "fetch_openml", "imread", "read_stata", "read_sas",
})  # fmt: skip
"""Functions of table and array libraries that bring in data of any size."""
SIZED = frozenset({
    "zeros", "ones", "empty", "full", "rand", "randn", "random", "arange", "linspace", "normal", "uniform",
    "standard_normal", "randint", "eye", "random_sample", "integers", "zeros_like", "tile",
})  # fmt: skip
"""Array makers whose size is in their arguments."""
ARRAY_ROOTS = ("numpy.", "torch.", "cupy.", "jax.numpy.", "tensorflow.")
LARGE_COUNT = 10_000
"""Elements from which a value counts as large: 80 kB of float64."""

MODEL_ROOTS = (
    "sklearn.", "xgboost.", "lightgbm.", "catboost.", "torch.nn.", "keras.", "tensorflow.keras.", "statsmodels.",
    "transformers.", "prophet.", "imblearn.", "spacy.", "sentence_transformers.", "gensim.", "joblib.load",
)  # fmt: skip
MODEL_FACTORIES = frozenset({
    "from_pretrained", "make_pipeline", "make_union", "make_column_transformer", "clone", "load_model", "pipeline",
    "from_config", "sequential",
})  # fmt: skip
"""Functions below the model roots that give back a model."""
MODEL_MAKERS = frozenset({
    "lightgbm.train", "xgboost.train", "catboost.train", "torch.hub.load", "torch.jit.load", "torch.jit.script",
    "timm.create_model", "mlflow.pyfunc.load_model", "mlflow.sklearn.load_model", "mlflow.pytorch.load_model",
    "onnx.load", "fasttext.load_model", "fasttext.train_supervised", "whisper.load_model", "ultralytics.YOLO",
})  # fmt: skip
"""Functions of other libraries that give back a model with learned state."""
MODEL_METHODS = frozenset({
    "predict", "predict_proba", "decision_function", "transform", "fit", "fit_transform", "partial_fit",
    "inverse_transform", "state_dict", "load_state_dict", "score_samples",
})  # fmt: skip
NOT_MODELS = frozenset({
    "sklearn.model_selection", "sklearn.metrics", "sklearn.datasets", "sklearn.utils", "torch.nn.functional",
    "torch.nn.utils", "keras.utils", "tensorflow.keras.utils", "torch.nn.init", "transformers.set_seed",
    "torch.nn.Parameter", "torch.nn.parameter",
    "keras.backend", "transformers.TrainingArguments", "keras.preprocessing", "tensorflow.keras.preprocessing",
})  # fmt: skip

UNPICKLERS = frozenset({
    "pickle.load", "pickle.loads", "pickle.Unpickler", "cPickle.load", "cloudpickle.load", "cloudpickle.loads",
    "dill.load", "dill.loads", "joblib.load", "torch.load", "pandas.read_pickle", "shelve.open", "yaml.unsafe_load",
    "sklearn.externals.joblib.load", "marshal.load", "marshal.loads", "jsonpickle.decode", "compress_pickle.load",
    "pandas.io.pickle.read_pickle",
})  # fmt: skip

SEEDERS = {
    "random.seed": ("random",), "numpy.random.seed": ("numpy",), "torch.manual_seed": ("torch",),
    "torch.cuda.manual_seed": ("torch",), "torch.cuda.manual_seed_all": ("torch",),
    "tensorflow.random.set_seed": ("tensorflow",), "tensorflow.set_random_seed": ("tensorflow",),
    "torch.random.manual_seed": ("torch",), "numpy.random.set_state": ("numpy",), "random.setstate": ("random",),
    "torch.set_rng_state": ("torch",), "keras.utils.set_random_seed": ("random", "numpy", "tensorflow"),
    "tensorflow.keras.utils.set_random_seed": ("random", "numpy", "tensorflow"),
    "transformers.set_seed": ("random", "numpy", "torch"), "accelerate.utils.set_seed": ("random", "numpy", "torch"),
    "pytorch_lightning.seed_everything": ("random", "numpy", "torch"),
    "lightning.seed_everything": ("random", "numpy", "torch"),
    "lightning.pytorch.seed_everything": ("random", "numpy", "torch"),
}  # fmt: skip
RNG_OBJECTS = frozenset({
    "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator", "random.Random",
    "random.SystemRandom", "torch.Generator", "tensorflow.random.Generator.from_seed",
    "sklearn.utils.check_random_state",
})  # fmt: skip
RANDOM_FUNCTIONS = frozenset({
    "random", "randint", "randrange", "choice", "choices", "shuffle", "sample", "uniform", "gauss", "normalvariate",
    "betavariate", "expovariate", "triangular", "getrandbits", "lognormvariate", "gammavariate", "randbytes",
    "paretovariate",
})  # fmt: skip
TORCH_RANDOM = frozenset(
    {"rand", "randn", "randint", "randperm", "normal", "bernoulli", "multinomial", "rand_like", "randn_like", "poisson"}
)
GLOBAL_STREAM_ESTIMATORS = frozenset({
    "train_test_split", "RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier",
    "GradientBoostingClassifier", "GradientBoostingRegressor", "MLPClassifier", "MLPRegressor", "KMeans",
    "MiniBatchKMeans", "SGDClassifier", "ShuffleSplit", "StratifiedShuffleSplit", "RandomizedSearchCV",
    "ExtraTreesRegressor", "TSNE", "IsolationForest", "resample", "DecisionTreeClassifier", "DecisionTreeRegressor",
    "shuffle", "BaggingClassifier", "make_classification", "make_regression", "make_blobs", "permutation_importance",
})  # fmt: skip
"""Names of scikit-learn that draw from numpy's global stream unless `random_state` is given."""

AMBIENT_SETTERS = {
    "os.chdir": "cwd", "os.fchdir": "cwd", "os.putenv": "env", "os.unsetenv": "env", "os.environ.update": "env",
    "os.environ.setdefault": "env", "os.environ.pop": "env", "dotenv.load_dotenv": "env",
    "warnings.filterwarnings": "warnings", "warnings.simplefilter": "warnings", "warnings.catch_warnings": "warnings",
    "warnings.resetwarnings": "warnings", "signal.signal": "signal", "signal.alarm": "signal",
    "signal.setitimer": "signal", "locale.setlocale": "locale", "os.umask": "umask", "decimal.setcontext": "decimal",
    "decimal.localcontext": "decimal", "decimal.getcontext": "decimal", "numpy.seterr": "numpy_errors",
    "numpy.errstate": "numpy_errors", "numpy.set_printoptions": "numpy_print", "numpy.printoptions": "numpy_print",
    "pandas.set_option": "pandas_options", "pandas.option_context": "pandas_options",
    "torch.set_default_dtype": "torch", "torch.set_num_threads": "torch", "torch.no_grad": "torch_grad",
    "torch.inference_mode": "torch_grad", "torch.enable_grad": "torch_grad", "torch.set_grad_enabled": "torch_grad",
    "torch.autocast": "torch_grad", "torch.cuda.amp.autocast": "torch_grad", "torch.set_default_device": "torch",
    "mlflow.start_run": "mlflow_run", "mlflow.set_experiment": "mlflow_run", "mlflow.set_tracking_uri": "mlflow_run",
    "logging.setLogRecordFactory": "logging", "logging.disable": "logging",
    "structlog.contextvars.bind_contextvars": "logging", "structlog.contextvars.bound_contextvars": "logging",
    "sys.setrecursionlimit": "recursion_limit", "contextlib.chdir": "cwd",
    "socket.setdefaulttimeout": "socket_timeout", "random.setstate": "", "contextlib.redirect_stdout": "stdout",
    "time.tzset": "timezone", "os.setpriority": "priority", "sys.settrace": "trace", "gc.disable": "gc",
    "resource.setrlimit": "limits", "faulthandler.enable": "",
}  # fmt: skip
"""Calls that change what surrounds every later call in the process, by what they change."""
AMBIENT_READERS = {
    "os.getenv": "env", "os.environ.get": "env", "os.environ.copy": "env", "os.environ.items": "env",
    "os.environ": "env", "os.getcwd": "cwd", "os.getcwdb": "cwd", "pathlib.Path.cwd": "cwd", "os.curdir": "cwd",
    "sys.argv": "argv", "os.path.abspath": "cwd", "argparse.ArgumentParser.parse_args": "argv",
    "warnings.warn": "warnings", "warnings.filters": "warnings", "locale.getlocale": "locale",
    "locale.format_string": "locale", "signal.getsignal": "signal", "threading.current_thread": "thread",
    "threading.get_ident": "thread", "decimal.getcontext": "decimal", "numpy.geterr": "numpy_errors",
    "pandas.get_option": "pandas_options", "torch.is_grad_enabled": "torch_grad", "torch.get_default_dtype": "torch",
    "torch.get_num_threads": "torch", "mlflow.active_run": "mlflow_run", "mlflow.log_metric": "mlflow_run",
    "mlflow.log_param": "mlflow_run", "mlflow.log_params": "mlflow_run", "mlflow.log_metrics": "mlflow_run",
    "mlflow.log_artifact": "mlflow_run", "sys.getrecursionlimit": "recursion_limit", "sys.stdin": "stdin",
    "builtins.input": "stdin", "os.getlogin": "user", "contextvars.copy_context": "contextvar",
    "asyncio.current_task": "task", "os.getpid": "process", "multiprocessing.current_process": "process",
    "structlog.contextvars.get_contextvars": "logging", "threading.local": "", "sys.flags": "flags",
    "asyncio.get_running_loop": "task",
}  # fmt: skip
CONTEXT_OBJECTS = {
    "contextvars.ContextVar": "contextvar", "threading.local": "thread_local", "werkzeug.local.Local": "thread_local",
    "asgiref.local.Local": "thread_local", "gevent.local.local": "thread_local",
}  # fmt: skip
"""Constructors of module-level objects that hold a value per context or per thread."""

CLOCKS = frozenset({
    "time.time", "time.monotonic", "time.perf_counter", "datetime.datetime.now", "datetime.datetime.utcnow",
    "datetime.datetime.today", "datetime.date.today", "pandas.Timestamp.now", "time.localtime", "time.strftime",
})  # fmt: skip
BLOCKING = frozenset({
    "time.sleep", "requests.get", "requests.post", "requests.put", "requests.request", "subprocess.run",
    "subprocess.check_output", "subprocess.call", "urllib.request.urlopen", "os.system", "httpx.get", "httpx.post",
})  # fmt: skip
THREAD_STARTERS = frozenset(
    {"threading.Thread", "multiprocessing.Process", "threading.Timer", "_thread.start_new_thread"}
)
EXITS = frozenset({"sys.exit", "os._exit", "builtins.exit", "builtins.quit", "os.abort", "os.kill"})

POSTS = frozenset(
    {
        "requests.post",
        "requests.patch",
        "httpx.post",
        "httpx.patch",
        "urllib.request.Request",
        "aiohttp.post",
        "requests.Session.post",
    }
)
PUBLISH_METHODS = frozenset({
    "publish", "send_message", "sendmail", "send_email", "produce", "basic_publish", "xadd", "lpush", "rpush", "incr",
    "send_mail", "enqueue", "delay", "apply_async", "insert_one", "insert_many", "put_record", "putrow",
    "bulk_save_objects", "bulk_insert_mappings", "executemany", "post", "insert_rows_json", "incrby", "hincrby",
    "zincrby",
})  # fmt: skip
"""Methods of clients that add something each time they are called."""
STATEFUL_COUNTERS = frozenset(
    {"uuid.uuid4", "uuid.uuid1", "secrets.token_hex", "secrets.token_urlsafe", "os.urandom", "secrets.token_bytes"}
)
TRANSACTION_METHODS = frozenset(
    {"commit", "rollback", "begin", "begin_nested", "savepoint", "begin_transaction", "start_transaction", "atomic"}
)
STORE_METHODS = frozenset({
    "to_sql", "bulk_save_objects", "bulk_insert_mappings", "executemany", "insert_one", "insert_many", "update_one",
    "update_many", "delete_one", "delete_many", "add_all", "merge_all", "replace_one",
})  # fmt: skip
SESSION_NAMES = (
    "session",
    "conn",
    "connection",
    "db",
    "cursor",
    "cur",
    "engine",
    "tx",
    "transaction",
    "txn",
    "store",
    "database",
    "uow",
)
"""Parts of a receiver's name that say database."""

PATH_READERS = {
    "builtins.open": 0, "io.open": 0, "gzip.open": 0, "json.load": -1, "joblib.load": 0, "torch.load": 0,
    "numpy.load": 0, "numpy.loadtxt": 0, "numpy.genfromtxt": 0, "os.path.exists": -1, "shutil.copy": 0,
    "shutil.copyfile": 0, "shutil.move": 0, "cv2.imread": 0, "PIL.Image.open": 0, "pandas.read_pickle": 0,
    "pyarrow.parquet.read_table": 0, "os.listdir": 0, "os.remove": -1, "keras.models.load_model": 0,
    "tensorflow.keras.models.load_model": 0, "mlflow.sklearn.load_model": 0, "polars.read_csv": 0,
    "polars.read_parquet": 0, "dask.dataframe.read_csv": 0, "safetensors.torch.load_file": 0, "sqlite3.connect": 0,
    "glob.glob": 0, "geopandas.read_file": 0, "librosa.load": 0, "soundfile.read": 0, "imageio.imread": 0,
    "yaml.load": -1,
}  # fmt: skip
"""Which argument of a function is the path that it reads; -1 says none."""
PATH_WRITERS = {
    "joblib.dump": 1, "torch.save": 1, "numpy.save": 0, "numpy.savez": 0, "numpy.savetxt": 0,
    "numpy.savez_compressed": 0, "pickle.dump": -1, "shutil.copy": 1, "shutil.copyfile": 1, "shutil.move": 1,
    "cv2.imwrite": 0, "pyarrow.parquet.write_table": 1, "safetensors.torch.save_file": 1, "os.replace": 1,
    "os.rename": 1, "sqlite3.connect": 0, "soundfile.write": 0, "imageio.imwrite": 0,
}  # fmt: skip
PATH_READ_METHODS = frozenset({
    "read_text", "read_bytes", "load_model", "load_weights", "from_file", "iterdir", "glob", "rglob",
})  # fmt: skip
PATH_WRITE_METHODS = frozenset({
    "write_text", "write_bytes", "to_csv", "to_parquet", "to_json", "to_excel", "to_pickle", "to_feather", "to_hdf",
    "savefig", "save_model", "save_weights", "save_pretrained", "write_csv", "write_parquet", "to_html", "tofile",
})  # fmt: skip
RECEIVER_PATHS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob"})
"""Methods of a path object that read or write that path."""
IMPORT_EFFECTS = frozenset({
    "print", "makedirs", "mkdir", "urlopen", "system", "run", "check_call", "check_output", "urlretrieve", "remove",
    "rmtree", "unlink", "copy", "copyfile", "download",
})  # fmt: skip
"""Last parts of calls of `os`, `shutil`, `subprocess`, `pathlib`, `urllib` that change the world on import."""

FETCHERS = frozenset({
    "download", "snapshot_download", "hf_hub_download", "urlretrieve", "login", "start_run", "set_experiment",
    "autolog", "load_model", "set_tracking_uri",
})  # fmt: skip
"""Last parts of library calls that reach out, wherever they stand."""

EXOTIC = {
    "csr_matrix": "sparse", "csc_matrix": "sparse", "coo_matrix": "sparse", "lil_matrix": "sparse",
    "csr_array": "sparse", "dok_matrix": "sparse", "csc_array": "sparse", "coo_array": "sparse",
    "Categorical": "categorical", "CategoricalDtype": "categorical", "MultiIndex": "MultiIndex",
    "from_tuples": "MultiIndex", "from_product": "MultiIndex", "from_arrays": "MultiIndex",
    "asfortranarray": "non-contiguous", "SparseTensor": "sparse",
    "sparse_coo_tensor": "sparse", "hstack": "", "to_sparse": "sparse", "random_array": "sparse",
    "SparseArray": "sparse", "interval_range": "interval", "period_range": "period", "bsr_matrix": "sparse",
    "dia_matrix": "sparse",
}  # fmt: skip
"""Last parts of constructors and methods whose results a plain codec changes, by what is special about them."""
SPARSE_MAKERS = frozenset({
    "TfidfVectorizer", "CountVectorizer", "HashingVectorizer", "OneHotEncoder", "DictVectorizer", "FeatureHasher",
    "TfidfTransformer", "MultiLabelBinarizer",
})  # fmt: skip
"""Transformers whose result is a sparse matrix unless they are told otherwise."""
EXOTIC_METHODS = {
    "cuda": "device", "half": "dtype", "bfloat16": "dtype", "to_sparse": "sparse", "tocsr": "sparse",
    "tocsc": "sparse", "transpose": "non-contiguous", "swapaxes": "non-contiguous", "tz_localize": "timezone",
    "tz_convert": "timezone", "to_period": "period", "pivot_table": "", "unstack": "", "tocoo": "sparse",
    "to_sparse_csr": "sparse", "newbyteorder": "byte order",
}  # fmt: skip
PLAIN_METHODS = frozenset({
    "cpu", "toarray", "todense", "to_dense", "reset_index", "to_numpy", "tolist", "contiguous", "item", "to_dict",
    "numpy", "to_pylist", "sum", "mean", "max", "min", "count", "nunique", "shape", "len", "to_list", "head", "std",
})  # fmt: skip
"""Methods after which a value is plain (or small) again."""

TYPES = {
    "builtins.set": "set", "builtins.frozenset": "frozenset", "builtins.tuple": "tuple", "builtins.bytes": "bytes",
    "builtins.bytearray": "bytearray", "builtins.complex": "complex", "decimal.Decimal": "Decimal",
    "fractions.Fraction": "Fraction", "datetime.datetime": "datetime", "datetime.date": "date",
    "datetime.timedelta": "timedelta", "datetime.time": "time", "datetime.datetime.now": "datetime",
    "datetime.datetime.utcnow": "datetime", "datetime.datetime.today": "datetime", "datetime.date.today": "date",
    "datetime.datetime.strptime": "datetime", "datetime.datetime.fromtimestamp": "datetime",
    "datetime.datetime.fromisoformat": "datetime", "datetime.date.fromisoformat": "date",
    "pandas.Timestamp": "datetime", "pandas.to_datetime": "datetime", "collections.defaultdict": "defaultdict",
    "collections.Counter": "Counter", "collections.deque": "deque", "collections.OrderedDict": "OrderedDict",
    "numpy.float32": "numpy scalar", "numpy.int64": "numpy scalar", "numpy.float64": "numpy scalar",
    "numpy.int32": "numpy scalar", "numpy.datetime64": "datetime", "builtins.memoryview": "bytes",
    "uuid.UUID": "UUID", "numpy.float16": "numpy scalar", "pandas.Timedelta": "timedelta",
    "numpy.uint8": "numpy scalar", "numpy.timedelta64": "timedelta", "builtins.range": "range",
}  # fmt: skip
"""Constructors of values that JSON has no word for."""
TYPE_METHODS = {
    "encode": "bytes", "read_bytes": "bytes", "tobytes": "bytes", "to_bytes": "bytes", "date": "date",
    "to_pydatetime": "datetime", "timetuple": "tuple", "as_tuple": "tuple", "quantize": "Decimal", "getvalue": "",
    "digest": "bytes", "intersection": "set", "symmetric_difference": "set",
}  # fmt: skip
ANNOTATED_TYPES = {
    "tuple": "tuple", "Tuple": "tuple", "set": "set", "Set": "set", "frozenset": "frozenset",
    "FrozenSet": "frozenset", "bytes": "bytes", "bytearray": "bytearray", "complex": "complex",
    "datetime": "datetime", "date": "date", "timedelta": "timedelta", "time": "time", "Decimal": "Decimal",
    "Fraction": "Fraction", "defaultdict": "defaultdict", "Counter": "Counter", "deque": "deque",
    "OrderedDict": "OrderedDict", "DefaultDict": "defaultdict", "UUID": "UUID", "AbstractSet": "set",
    "Timestamp": "datetime", "memoryview": "bytes", "float32": "numpy scalar", "int64": "numpy scalar",
    "float64": "numpy scalar", "datetime64": "datetime",
}  # fmt: skip
IMMUTABLE_ANNOTATIONS = frozenset({
    "int", "float", "str", "bool", "bytes", "tuple", "Tuple", "frozenset", "complex", "Decimal", "datetime", "date",
    "Path", "None", "timedelta", "Literal", "FrozenSet",
})  # fmt: skip
ARRAY_ANNOTATIONS = frozenset({"ndarray", "NDArray", "DataFrame", "Series", "Tensor", "ArrayLike"})
MUTABLE_ANNOTATIONS = ARRAY_ANNOTATIONS | {
    "list",
    "List",
    "dict",
    "Dict",
    "set",
    "Set",
    "MutableSequence",
    "MutableMapping",
    "Counter",
    "deque",
    "defaultdict",
}

IMPLICIT_RAISES = {
    "builtins.int": ("ValueError", "TypeError"), "builtins.float": ("ValueError", "TypeError"),
    "builtins.next": ("StopIteration",), "builtins.open": ("OSError", "FileNotFoundError", "PermissionError"),
    "builtins.getattr": ("AttributeError",), "json.loads": ("ValueError", "json.JSONDecodeError"),
    "json.load": ("ValueError", "json.JSONDecodeError"), "builtins.max": ("ValueError",),
    "builtins.min": ("ValueError",), "importlib.import_module": ("ImportError", "ModuleNotFoundError"),
    "decimal.Decimal": ("decimal.InvalidOperation",), "statistics.mean": ("statistics.StatisticsError",),
    "datetime.datetime.strptime": ("ValueError",), "datetime.datetime.fromisoformat": ("ValueError",),
    "pandas.read_csv": ("FileNotFoundError", "OSError", "ValueError"), "uuid.UUID": ("ValueError",),
    "os.listdir": ("FileNotFoundError", "OSError"), "os.remove": ("FileNotFoundError", "OSError"),
    "math.sqrt": ("ValueError",), "math.log": ("ValueError",), "joblib.load": ("FileNotFoundError", "OSError"),
    "numpy.load": ("FileNotFoundError", "OSError", "ValueError"), "yaml.safe_load": ("yaml.YAMLError",),
    "builtins.unicode": (),
}  # fmt: skip
"""Exceptions that a call of the standard library raises on bad input."""
METHOD_RAISES = {
    "remove": ("ValueError", "KeyError"), "index": ("ValueError",), "pop": ("IndexError", "KeyError"),
    "decode": ("UnicodeDecodeError", "ValueError"), "raise_for_status": ("requests.HTTPError",),
    "fit": ("ValueError",), "predict": ("ValueError", "sklearn.exceptions.NotFittedError"),
    "read_text": ("FileNotFoundError", "OSError"), "read_bytes": ("FileNotFoundError", "OSError"),
}  # fmt: skip

PLAIN_MAKERS = frozenset({
    "builtins.frozenset", "builtins.tuple", "builtins.float", "builtins.int", "builtins.str", "builtins.bool",
    "builtins.bytes", "builtins.range", "pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath", "re.compile",
    "datetime.timedelta", "datetime.datetime", "datetime.date", "decimal.Decimal", "fractions.Fraction",
    "types.MappingProxyType", "torch.device",
})  # fmt: skip
"""Calls on constants that give the same value wherever they run: what they make is a constant too."""
