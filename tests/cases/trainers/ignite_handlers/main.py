from ignite.engine import Engine, Events


def train_step(engine, batch):
    return loss(batch)


def loss(batch):
    return 0.0


def checkpoint(engine):
    pass


def main(loader):
    trainer = Engine(train_step)

    @trainer.on(Events.EPOCH_COMPLETED)
    def log(engine):
        print(engine.state.epoch)

    trainer.add_event_handler(Events.COMPLETED, checkpoint)
    trainer.run(loader, max_epochs=1)


main([1])
