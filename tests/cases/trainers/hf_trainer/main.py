from transformers import AutoModel, Trainer, TrainerCallback, TrainingArguments


class Weighted(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        return scale(model(**inputs).loss)


class Printer(TrainerCallback):
    def on_log(self, args, state, control, logs=None, **kwargs):
        show(logs)


def scale(loss):
    return loss


def show(logs):
    pass


def collate(batch):
    return {"input_ids": batch}


def metrics(prediction):
    return {"n": len(prediction.predictions)}


def main(rows):
    trainer = Weighted(
        model=AutoModel.from_pretrained("x"),
        args=TrainingArguments("out"),
        data_collator=collate,
        compute_metrics=metrics,
        train_dataset=rows,
        callbacks=[Printer()],
    )
    trainer.train()
    return trainer.evaluate()


main([])
