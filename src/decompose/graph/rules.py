"""What libraries do with the code that is given to them, as tables. Names are dotted; the first match wins."""

from __future__ import annotations

from functools import cache

CALL_PROTOCOLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("torch.nn.", ("forward",)),
    ("torch.autograd.", ("forward",)),
    ("pytorch_lightning.", ("forward",)),
    ("lightning.", ("forward",)),
    ("transformers.", ("forward",)),
    ("sentence_transformers.", ("forward",)),
    ("torchvision.", ("forward",)),
    ("timm.", ("forward",)),
    ("torch_geometric.", ("forward",)),
    ("tensorflow.", ("build", "call")),
    ("keras.", ("build", "call")),
)
"""Base class prefix, and the methods that calling an instance runs, the one that gives the result last."""

LIGHTNING_HOOKS = (
    "prepare_data", "setup", "configure_optimizers", "configure_callbacks", "train_dataloader", "val_dataloader",
    "on_fit_start", "on_train_start", "on_train_epoch_start", "on_train_batch_start", "training_step",
    "on_train_batch_end", "on_train_epoch_end", "training_epoch_end", "on_validation_start",
    "on_validation_epoch_start", "on_validation_batch_start", "validation_step", "on_validation_batch_end",
    "on_validation_epoch_end", "validation_epoch_end", "on_validation_end", "on_train_end", "on_fit_end",
    "on_save_checkpoint", "on_load_checkpoint", "optimizer_step", "lr_scheduler_step", "on_before_optimizer_step",
    "on_before_zero_grad", "on_exception", "on_sanity_check_start", "on_sanity_check_end", "teardown",
)  # fmt: skip
LIGHTNING_TEST_HOOKS = (
    "prepare_data", "setup", "test_dataloader", "on_test_start", "on_test_epoch_start", "on_test_batch_start",
    "test_step", "on_test_batch_end", "on_test_epoch_end", "test_epoch_end", "on_test_end", "teardown",
)  # fmt: skip
LIGHTNING_PREDICT_HOOKS = (
    "prepare_data", "setup", "predict_dataloader", "on_predict_start", "on_predict_batch_start", "predict_step",
    "on_predict_batch_end", "on_predict_epoch_end", "on_predict_end", "teardown",
)  # fmt: skip
LIGHTNING_VALIDATE_HOOKS = ("prepare_data", "setup", "val_dataloader", "validation_step", "on_validation_epoch_end")
LIGHTNING_ALL = frozenset({
    *LIGHTNING_HOOKS, *LIGHTNING_TEST_HOOKS, *LIGHTNING_PREDICT_HOOKS, *LIGHTNING_VALIDATE_HOOKS,
})  # fmt: skip
KERAS_CALLBACK_HOOKS = (
    "set_model", "set_params", "on_train_begin", "on_epoch_begin", "on_train_batch_begin", "on_batch_begin",
    "on_train_batch_end", "on_batch_end", "on_epoch_end", "on_train_end",
)  # fmt: skip
KERAS_TEST_HOOKS = ("on_test_begin", "on_test_batch_begin", "on_test_batch_end", "on_test_end")
HF_CALLBACK_HOOKS = (
    "on_init_end", "on_train_begin", "on_epoch_begin", "on_step_begin", "on_substep_end", "on_step_end", "on_log",
    "on_evaluate", "on_predict", "on_save", "on_epoch_end", "on_train_end", "on_prediction_step",
)  # fmt: skip
HF_TRAINER_HOOKS = (
    "compute_loss", "training_step", "prediction_step", "create_optimizer", "create_scheduler",
    "create_optimizer_and_scheduler", "get_train_dataloader", "get_eval_dataloader", "evaluation_loop", "evaluate",
    "log", "_save", "save_model", "_prepare_inputs", "floating_point_ops",
)  # fmt: skip
DATASET_HOOKS = ("__getitem__", "__len__", "__iter__", "__getitems__", "on_epoch_end")

FASTAI_FITS = ("fit_one_cycle", "fine_tune", "fit_flat_cos", "fit_sgdr", "lr_find")
FASTAI_HOOKS = (
    "before_fit", "before_epoch", "before_train", "before_batch", "after_pred", "after_loss", "before_backward",
    "after_backward", "before_step", "after_step", "after_cancel_batch", "after_batch", "after_train", "before_validate",
    "after_validate", "after_epoch", "after_fit",
)  # fmt: skip

# (base of the own class or "*", pattern of the external callable's last name, hooks run)
OBJECT_HOOKS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("lightning", ("fit",), LIGHTNING_HOOKS),
    ("lightning", ("test",), LIGHTNING_TEST_HOOKS),
    ("lightning", ("predict",), LIGHTNING_PREDICT_HOOKS),
    ("lightning", ("validate",), LIGHTNING_VALIDATE_HOOKS),
    ("keras.callbacks", ("fit", "fit_generator"), KERAS_CALLBACK_HOOKS),
    ("keras.callbacks", ("evaluate",), KERAS_TEST_HOOKS),
    ("keras.utils", ("fit", "evaluate", "predict", "fit_generator"), DATASET_HOOKS),
    ("keras", ("fit", "train_on_batch"), ("train_step", "call", "compute_loss", "compute_metrics")),
    ("keras.metrics", ("fit", "evaluate", "train_on_batch"), ("update_state", "result", "reset_state", "reset_states")),
    ("keras", ("evaluate",), ("test_step", "call")),
    ("keras", ("predict",), ("predict_step", "call")),
    ("keras.layers", ("Sequential", "add"), ("build",)),
    ("TrainerCallback", ("train", "evaluate", "predict"), HF_CALLBACK_HOOKS),
    ("transformers.Trainer", ("train",), HF_TRAINER_HOOKS),
    ("transformers.Seq2SeqTrainer", ("train",), HF_TRAINER_HOOKS),
    ("transformers.Trainer", ("evaluate", "predict"), ("prediction_step", "compute_loss", "get_eval_dataloader")),
    ("torch.utils.data", ("train", "fit", "evaluate", "predict", "test", "validate", "DataLoader[]"), DATASET_HOOKS),
    ("torch.nn", ("train_model[]", "fit", "train", "Trainer[]"), ("forward",)),
    ("xgboost.callback", ("train", "fit"), ("before_training", "before_iteration", "after_iteration", "after_training")),
    ("sklearn", ("fit",), ("fit", "fit_transform", "transform", "get_params", "set_params")),
    ("sklearn", ("GridSearchCV.fit", "RandomizedSearchCV.fit", "HalvingGridSearchCV.fit"), ("__init__", "predict", "score")),
    ("sklearn", ("fit_transform",), ("fit", "fit_transform", "transform")),
    ("sklearn", ("fit_predict",), ("fit", "fit_transform", "transform", "fit_predict", "predict")),
    ("sklearn", ("transform",), ("transform",)),
    ("sklearn", ("predict", "predict_proba", "decision_function", "predict_log_proba"), ("transform", "predict", "predict_proba")),
    ("sklearn", ("score",), ("transform", "predict", "score")),
    ("sklearn", ("cross_val_score", "cross_validate", "cross_val_predict", "learning_curve"), ("fit", "fit_transform", "transform", "predict", "score")),
    ("sklearn", ("inverse_transform",), ("inverse_transform",)),
    ("sklearn", ("get_feature_names_out",), ("get_feature_names_out",)),
    ("sklearn", ("clone",), ("get_params",)),
    ("threading.Thread", ("start",), ("run",)),
    ("multiprocessing.Process", ("start",), ("run",)),
    ("multiprocessing.context.Process", ("start",), ("run",)),
    ("unittest.TestCase", ("main",), ("setUp", "tearDown", "setUpClass", "tearDownClass")),
    ("json.JSONEncoder", ("dumps", "dump"), ("default",)),
    ("xgboost", ("QuantileDMatrix", "DMatrix", "ExtMemQuantileDMatrix"), ("next", "reset")),
    ("keras_tuner", ("search",), ("build", "fit")),
    ("kerastuner", ("search",), ("build", "fit")),
    ("keras.optimizers.schedules", ("fit", "apply_gradients"), ("__call__",)),
    ("fastai", FASTAI_FITS, FASTAI_HOOKS),
    ("torch.nn", (*FASTAI_FITS, "checkpoint", "checkpoint_sequential", "functional_call", "jit.trace", "onnx.export", "Trainer.compute_loss", "Trainer.training_step", "Trainer.prediction_step"), ("forward",)),
    ("torch.utils.data", ("ConcatDataset", "random_split"), ("__len__",)),
    ("sklearn", ("permutation_importance", "partial_dependence", "validation_curve", "calibration_curve"), ("transform", "predict", "predict_proba", "score")),
    ("html.parser.HTMLParser", ("feed", "close"), ("handle_*", "unknown_decl")),
    ("cmd.Cmd", ("cmdloop", "onecmd"), ("preloop", "precmd", "onecmd", "default", "emptyline", "do_*", "postcmd", "postloop")),
    ("luigi", ("luigi.build", "luigi.run"), ("requires", "output", "run", "complete", "on_success", "on_failure")),
)  # fmt: skip
"""Base prefix of an own class, last names of the external callables that drive it, methods they run."""

PLAIN_HOOKS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("catboost", ("fit", "train", "cv"), (
        "evaluate", "get_final_error", "is_max_optimal", "calc_ders_range", "calc_ders_multi", "after_iteration",
    )),
    ("lightgbm", ("fit", "train", "cv"), ("__call__",)),
    ("sklearn", ("fit",), ("fit", "transform", "fit_transform", "predict")),
    ("sklearn", ("fit", "cross_val_score", "cross_validate", "cross_val_predict", "learning_curve"), ("split", "get_n_splits")),
    ("sklearn", ("transform", "predict", "predict_proba", "score"), ("transform", "predict", "score")),
    ("torch.utils.data", ("DataLoader[]",), ("__getitem__", "__len__", "__iter__")),
)  # fmt: skip
"""As `OBJECT_HOOKS`, for own classes without an external base: prefix of the driving object's type instead."""

DRIVING = frozenset({
    "fit", "fit_transform", "fit_predict", "transform", "predict", "predict_proba", "score", "evaluate", "train",
    "start", "execute", "search", "optimize", "cross_val_score", "cross_validate", "cross_val_predict",
    "run", "DataLoader[]", "learning_curve", "validation_curve", "permutation_importance", "compute", "fit_resample",
    "partial_fit", "step", "fit_one_cycle", "fine_tune", "fit_flat_cos", "lr_find", "run_forever", "run_until_complete", "inverse_transform", "minimize", "validate", "test", "tune",
})  # fmt: skip
"""Last names of external callables that run the functions stored in the objects that they work on."""

WAITING = (
    "flask", "fastapi", "starlette", "sanic", "celery", "airflow", "streamlit", "gradio", "dagster", "aiohttp", "quart",
    "uvicorn", "discord", "telegram", "slack_bolt", "apscheduler", "schedule", "django",
)  # fmt: skip
"""Libraries that run registered functions on events from outside, not for the caller."""

ON_RECEIVER = frozenset(
    {"pipe", "apply", "map", "assign", "transform", "agg", "aggregate", "applymap", "map_partitions"}
)
"""Methods that hand their receiver (or parts of it) to the function that they are given."""

SCORING = frozenset({
    "cross_val_score", "cross_validate", "permutation_importance", "learning_curve", "validation_curve",
})  # fmt: skip
"""Last names of external functions that hand the estimator to an own function given as `scoring`."""

SWITCHES = frozenset({"train"})
"""Methods of a module that switch its mode and run nothing, though they are named like what drives modules."""

SCORED = frozenset({"predict", "predict_proba", "score"})
"""Methods of an estimator that such a function calls in the library's place."""

RUN_AT_ONCE = frozenset(
    {
        "materialize",
        "materialize_to_memory",
        "execute_job",
        "add_task",
        "run_in_threadpool",
        "run_sync",
        "on_commit",
        "sync_to_async",
        "async_to_sync",
    }
)
"""Last names of callables of those libraries that run a given function for the caller all the same."""

CONTAINERS = frozenset({
    "torch.nn.ModuleList", "torch.nn.Sequential", "torch.nn.ModuleDict", "torch.nn.modules.container.ModuleList",
    "torchvision.transforms.Compose", "keras.Sequential", "tensorflow.keras.Sequential",
})  # fmt: skip
"""External containers whose elements are the own objects that they were made with."""

ACCESSORS = frozenset({"register_dataframe_accessor", "register_series_accessor", "register_index_accessor"})
"""Decorators that make a class an attribute of every external data frame."""

NEVER_CALL_HELD = frozenset({"fastapi.FastAPI", "flask.Flask", "gradio.Interface", "gradio.Blocks"})

REMOTE_CALLS = frozenset({
    "remote", "delay", "apply_async", "submit", "map", "starmap", "s", "si", "fn", "py_func", "serve", "expand",
    "override", "with_options", "options", "__call__", "bind",
})  # fmt: skip
"""Methods that task libraries give to the functions and classes they decorate, and that run them."""

RESULTS = frozenset({"result", "get", "compute", "join", "collect", "exception", "wait"})
"""Methods that give back what a submitted function returned."""

REGISTERING = frozenset({
    "register", "add_argument", "set_defaults", "signal", "connect", "subscribe", "bind", "add_command", "add_typer",
    "include_router", "add_url_rule", "add_api_route", "add_route", "register_blueprint", "errorhandler", "on_event",
    "add_event_handler", "exception_handler", "middleware", "add_middleware", "isinstance", "issubclass", "type", "id",
    "hasattr", "setattr", "getattr", "callable", "super", "print", "repr", "wraps", "update_wrapper", "register_hook",
    "TypeVar", "cast", "add_node", "add_edge", "attach", "add_job", "add_function", "post_init", "__init__", "path", "re_path", "url", "dump", "dumps", "load", "loads", "field", "Field", "append", "put",
    "partial", "partialmethod", "property", "classmethod", "staticmethod", "lru_cache", "cache", "singledispatch",
    "delayed", "list", "tuple", "dict", "set", "len", "str", "vars", "dir", "format", "enumerate", "zip", "reversed",
    "signature", "getsource", "iscoroutinefunction", "info", "debug", "warning", "error", "exception", "log", "Depends",
    "patch", "Mock", "MagicMock", "object", "get_type_hints", "make_scorer", "FunctionTransformer", "Lambda",
    "PythonOperator", "BranchPythonOperator", "register_module", "node", "compile", "jit", "pjit", "pmap", "vmap", "grad", "value_and_grad", "vectorize", "njit", "register_buffer", "save", "export", "script",
})  # fmt: skip
"""Last names of external callables that keep, inspect or wrap a function without running it there and then."""

SUBMITTING = frozenset({
    "Pool", "ProcessPoolExecutor", "ThreadPoolExecutor", "call_soon", "call_later",
    "submit", "apply_async", "map", "imap", "imap_unordered", "starmap", "map_async", "starmap_async", "Process",
    "Thread", "Timer", "apply", "run_in_executor", "remote", "run", "create_task", "to_thread", "delay", "spawn",
    "map_partitions", "map_blocks", "applymap", "transform", "agg", "aggregate", "pipe", "filter", "reduce",
})  # fmt: skip
"""Last names of external callables that run a given function, maybe elsewhere."""

LAZY_HOLDERS: dict[str, tuple[str, ...]] = {
    "FunctionTransformer": ("fit", "transform", "fit_transform", "predict", "score", "fit_predict"),
    "make_scorer": ("fit", "cross_val_score", "cross_validate", "score"),
    "Lambda": ("__call__", "fit", "__getitem__"),
    "PythonOperator": (),
}
"""External classes that keep a function and run it later, and the calls that do."""

ROUTES: dict[str, tuple[str, str]] = {
    "route": ("route", ""), "get": ("route", "GET"), "post": ("route", "POST"), "put": ("route", "PUT"),
    "delete": ("route", "DELETE"), "patch": ("route", "PATCH"), "websocket": ("route", "WS"),
    "api_route": ("route", ""), "head": ("route", "HEAD"), "options": ("route", "OPTIONS"),
}  # fmt: skip
"""Last name of a decorator on a web application: kind of entry, HTTP method."""

ENTRY_DECORATORS: tuple[tuple[str, str, str], ...] = (
    ("hydra.main", "cli", "hydra"),
    ("click.", "cli", "click"),
    ("typer.", "cli", "typer"),
    ("fire.", "cli", "fire"),
    ("celery.", "task", "celery"),
    ("prefect.flow", "flow", "prefect"),
    ("prefect.task", "task", "prefect"),
    ("airflow.decorators.dag", "flow", "airflow"),
    ("airflow.decorators.task", "task", "airflow"),
    ("airflow.sdk.dag", "flow", "airflow"),
    ("airflow.sdk.task", "task", "airflow"),
    ("airflow.", "task", "airflow"),
    ("dagster.", "task", "dagster"),
    ("kfp.dsl.pipeline", "flow", "kubeflow"),
    ("kfp.", "task", "kubeflow"),
    ("zenml.pipeline", "flow", "zenml"),
    ("zenml.", "task", "zenml"),
    ("metaflow.", "task", "metaflow"),
    ("modal.", "task", "modal"),
    ("ray.serve.", "route", "ray"),
    ("ray.remote", "task", "ray"),
    ("pytest.", "test", "pytest"),
    ("streamlit.", "page", "streamlit"),
    ("luigi.", "task", "luigi"),
    ("bentoml.", "route", "bentoml"),
    ("flask_restful.", "route", "flask"),
    ("django.dispatch.", "hook", "django"),
    ("django.views.", "route", "django"),
    ("django.contrib.auth.decorators.", "route", "django"),
    ("rest_framework.decorators.", "route", "django"),
    ("chainlit.", "page", "chainlit"),
    ("apscheduler.", "job", "apscheduler"),
    ("schedule.", "job", "schedule"),
)
"""Prefix of a decorator's name, kind of entry, framework; the first match wins."""


@cache
def called_methods(base: str) -> tuple[str, ...]:
    """Return the methods that calling an instance of a class with an external base runs, the one that gives the result last."""
    return next((methods for prefix, methods in CALL_PROTOCOLS if base.startswith(prefix)), ())


def matches(base: str, pattern: str) -> bool:
    """Return whether the dotted name of a base class is, holds or ends with a pattern of `OBJECT_HOOKS`."""
    return base.startswith(pattern) or f".{pattern}" in base or base.endswith(pattern) or f"{pattern}." in base
