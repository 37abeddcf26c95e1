from pipelines import training_pipeline


def main():
    run = training_pipeline.with_options(run_name="x")
    training_pipeline("data.csv")


if __name__ == "__main__":
    main()
