PATH = "pipeline.yaml"
