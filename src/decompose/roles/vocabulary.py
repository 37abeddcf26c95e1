"""What names say: words of identifiers, files and docstrings, and the role that each suggests.

Weights are 0 (says nothing) to 1 (hardly ever means anything else). They were set once, from the names that the layouts
of public templates use (cookiecutter data science, Kedro, MLflow recipes, `src/components` + `src/pipeline`).
"""

from __future__ import annotations

import functools
import itertools
import re

INFERENCE = "inference"
"""Role of the knowledge base and of words that only the surroundings turn into batch or online inference."""

_WORDS = {
    "ingest": "ingest ingestion ingestor fetch:.6 download downloader crawl crawler scrape scraper etl"
    " acquisition extraction extract:.7 extractor:.6 load:.35 loader:.5 read:.4 reader:.5"
    " collect:.6 dataset:.6 datasets:.6 datasource:.8 source:.3 data:.12 query:.4 import:.3"
    " upload:.5 sync:.4 stream:.4 streaming:.5 kafka:.6 producer:.6 consumer:.5 sql:.5 database:.5 db:.5",
    "validation": "validate validation validator validations schema:.5 check:.4 checks:.5 quality:.6"
    " expectation expectations sanity verify:.5 missing:.3",
    "features": "feature features featurize featurizer featurization preprocess preprocessing preprocessor"
    " preprocessors transform transformation transformations transforms transformer:.5 clean"
    " cleaning cleaner cleaned encode encoding:.7 encoder:.5 tokenize tokenizer:.8 tokenization"
    " normalize:.7 normalizer:.7 normalization:.6 scale:.4 scaler:.8 impute imputer engineering:.8"
    " embed:.5 embedding:.6 embeddings:.6 vectorize vectorizer augment augmentation augmentations"
    " split:.7 splitter:.6 prep:.7 prepare:.5 chunk:.5 collate:.7 pad:.5 lag:.5 stopwords:.7"
    " process:.4 processing:.5 convert:.3 balance:.5 label:.3 labels:.3 labeling:.5",
    "training": "train trainer training fit:.4 fitting:.7 learner:.6 finetune finetuning pretrain pretraining"
    " epoch loss:.6 optimizer:.7 model:.25 models:.2 network:.4 net:.3 layer:.5 layers:.4"
    " forward:.5 backward:.6 estimator:.5 classifier:.4 regressor:.4 lora:.7 callback:.3",
    "tuning": "tune tuner tuning hyperparameter hyperparameters hyperparam hyperparams hyperopt optuna"
    " sweep sweeps gridsearch objective:.5 trial:.7 trials:.7 experimentation:.3",
    "evaluation": "evaluate evaluation evaluator evaluating eval metric:.7 metrics:.7 scores:.5 benchmark"
    " benchmarks:.8 compare:.4 confusion accuracy:.8 explain:.5 explainer:.7 perplexity:.7"
    " slice:.4 slices:.5 test:.2 smoke:.6",
    "registry": "register:.6 registry registration registered promote promotion artifact:.3 artifacts:.3"
    " checkpoint:.7 run_id:.5 checkpoints:.5 pusher:.8 publish:.4 versioning:.6 load_model:.6 save_model:.8"
    " export_model:.8 load_artifacts:.7 save_artifacts:.8 load_pipeline:.8 save_pipeline:.9",
    "batch_inference": "batchscore batchscoring batchpredict batchpredictions batch_inference batch_predict"
    " batch_score batch_prediction batch_scoring",
    "online_inference": "serve:.8 serving:.8 predictor:.6 chatbot:.7 bot:.6 endpoint:.5 recommender:.5 recommend:.6"
    " recommendation:.5 recommendations:.5 chain:.4 chains:.4 agent:.4 prompt:.4 prompts:.4 llm:.3"
    " generate:.3",
    INFERENCE: "predict prediction:.9 predictions:.8 inference infer score:.5 scoring:.7 forecast:.6"
    " synthesize:.6 synthesizer:.5 vocoder:.4 detect:.4 detection:.3 classify:.6",
    "postprocess": "postprocess postprocessing postprocessor decode:.6 format:.4 prob:.4 threshold:.6 rank:.5"
    " rerank:.7 nms:.9 calibrate:.8 calibration:.7 copyoutput:.6 denormalize:.7 inverse:.5"
    " output:.3 outputs:.3",
    "monitoring": "monitor monitoring drift alert:.7 alerts:.7 alerting watch:.4 exporter:.6 health:.4"
    " telemetry observability",
    "orchestration": "pipeline:.7 pipelines:.8 orchestrate orchestrator orchestration dag dags flow:.6 flows:.7"
    " workflow workflows scheduler:.8 schedule:.7 job:.4 jobs:.5 main:.4 stage:.4 stages:.4"
    " launch:.4 run:.0 runner:.5 deploy:.7 deployment:.7 deployments:.7 airflow:.9 prefect:.9"
    " register_pipelines pipeline_registry dagster:.9 entrypoint:.5 step:.2 steps:.3 task:.3 workers:.3",
    "gateway_ui": "app:.5 api:.5 route:.8 routes:.8 router:.8 routers:.8 view:.4 views:.6 ui:.9 gui:.9 web:.6"
    " webapp frontend dashboard page:.6 pages:.7 html:.7 server:.4 handler:.3 index:.4 home:.5"
    " gateway streamlit gradio flask fastapi toolbox:.5 widget:.6 window:.5 button:.6 form:.4"
    " demo:.4 interface:.4",
    "config_util": "config configs configuration configurations settings util utils utility utilities helper:.6"
    " helpers:.6 common constants constant logger logging log:.6 logs:.5 exception exceptions"
    " error:.7 errors:.7 setup:.5 env:.6 environment:.7 path:.5 paths:.6 io:.5 args:.4 argument:.4"
    " arguments:.4 parser:.4 parse:.3 bootstrap:.8 misc tools:.6 tool:.3 params:.5 parameters:.4"
    " seed:.5 seeds:.5 version:.4 compute:.2 entity:.6 init:.0 credentials:.7 initialize:.4"
    " secrets:.6 package:.4 install:.5 base:.2 types:.4 typing:.5 creds:.7 default:.4 defaults:.8 hash:.4 time:.3 timer:.5"
    " profiler:.4 argutils:.9 repr:.4 str:.3 json:.4 yaml:.5",
    "exploration": "eda explore exploration exploratory visualize visualise visualization visualisation plot:.8"
    " plots:.8 plotting:.8 notebook:.4 notebooks:.4 sandbox:.6 analysis:.5 viz vis:.6 draw:.4"
    " display:.3 histogram:.5",
}


@functools.cache
def roles_of_word(word: str) -> tuple[tuple[str, float], ...]:
    """Return the roles that one lower-case word suggests, with weights from 0 to 1."""
    return _index().get(word, ())


@functools.cache
def words_of(name: str) -> tuple[str, ...]:
    """Return the lower-case words of an identifier or path: `initiate_modelTrainer` gives initiate, model, trainer."""
    words = [w.lower() for w in _SPLIT.findall(name)]
    pairs = [*itertools.pairwise(words), *([(words[0], words[-1])] if len(words) > 2 else [])]  # `load_rf_model`
    joined = [f"{a}_{b}" for a, b in pairs]
    return tuple(dict.fromkeys([*words, *(j for j in joined if j in _index())]))


_SPLIT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+")


@functools.cache
def _index() -> dict[str, tuple[tuple[str, float], ...]]:
    index: dict[str, list[tuple[str, float]]] = {}
    for role, text in _WORDS.items():
        for item in text.split():
            word, _, weight = item.partition(":")
            index.setdefault(word, []).append((role, float(weight or 1.0)))
    return {word: tuple(found) for word, found in index.items()}
