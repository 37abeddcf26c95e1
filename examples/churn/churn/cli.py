"""Command line: `python -m churn.cli STAGE --workdir DIR`."""

import argparse
import json
import sys

from churn import pipeline
from churn.config import load_config
from churn.data.generate import generate_data
from churn.exceptions import ChurnError
from churn.models.evaluate import compare_versions
from churn.models.registry import ModelRegistry
from churn.monitoring.report import format_drift


def cmd_generate(config, args):
    return generate_data(config.data, config.as_of, config.seed)


def cmd_data(config, args):
    return pipeline.run_data(config).rows


def cmd_features(config, args):
    return pipeline.run_features(config).rows


def cmd_train(config, args):
    return pipeline.retrain_and_promote(config)


def cmd_score(config, args):
    result = pipeline.run_scoring(config)
    return {"rows": result.rows, "by_band": result.by_band, "digest": result.digest}


def cmd_monitor(config, args):
    report = pipeline.run_monitoring(config)
    print(format_drift(report), file=sys.stderr)
    return {"level": report.level, "alerts": report.alerts}


def cmd_models(config, args):
    registry = ModelRegistry(config.registry.root)
    if args.rollback:
        registry.rollback()
    if args.compare:
        return compare_versions(config.registry.root, *args.compare)
    return [entry.to_dict() for entry in registry.versions()]


def cmd_serve(config, args):
    pipeline.serve(config)


def cmd_run_all(config, args):
    return pipeline.run_all(config)


COMMANDS = {
    "generate": (cmd_generate, "write the seeded raw data"),
    "data": (cmd_data, "ingest and validate"),
    "features": (cmd_features, "build the feature tables"),
    "train": (cmd_train, "train, evaluate, register, promote"),
    "score": (cmd_score, "score all customers without an outcome"),
    "monitor": (cmd_monitor, "compare present customers with the training ones"),
    "models": (cmd_models, "list, compare or roll back registered models"),
    "serve": (cmd_serve, "run the online app"),
    "run-all": (cmd_run_all, "all stages in order"),
}


def build_parser():
    """Return the argument parser."""
    parser = argparse.ArgumentParser(prog="churn", description="Customer churn, from raw tables to predictions")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (handler, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("--config", help="YAML file; the one of the project without it")
        command.add_argument("--workdir", default=".", help="where data and artifacts live")
        command.set_defaults(handler=handler)
        if name == "models":
            command.add_argument("--rollback", action="store_true", help="put the previous version back")
            command.add_argument("--compare", nargs=2, type=int, metavar=("A", "B"), help="two versions")
    return parser


def main(argv=None):
    """Run one command; return the exit status."""
    args = build_parser().parse_args(argv)
    try:
        result = args.handler(load_config(args.config, args.workdir), args)
    except ChurnError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if result is not None:
        print(json.dumps(result, indent=2, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
