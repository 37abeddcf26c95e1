import numpy as np
from torch import nn
from transformers import Trainer, TrainerCallback, TrainingArguments


class Net(nn.Module):
    def forward(self, input_ids, labels=None):
        return {"logits": input_ids}


class WeightedTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        outputs = model(**inputs)
        return self.weigh(outputs)

    def weigh(self, outputs):
        return outputs["logits"].sum()


class Stop(TrainerCallback):
    def on_evaluate(self, args, state, control, **kwargs):
        control.should_training_stop = True


def collate(rows):
    return {"input_ids": rows}


def metrics(pred):
    return {"acc": accuracy(pred)}


def accuracy(pred):
    return float(np.mean(pred.predictions == pred.label_ids))


def main(dataset):
    trainer = WeightedTrainer(
        model=Net(),
        args=TrainingArguments("out"),
        train_dataset=dataset,
        eval_dataset=dataset,
        data_collator=collate,
        compute_metrics=metrics,
        callbacks=[Stop()],
    )
    trainer.train()
    return trainer.evaluate()


main([])
