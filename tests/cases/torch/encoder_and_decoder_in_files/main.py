import torch

import nets


def main():
    model = nets.build(4).to("cpu")
    model.train()
    return model(torch.zeros(5, 2, 4))


main()
