"""Gradients end where a process ends: loudly, and only for who asks for them."""

from __future__ import annotations

import pytest
from service_runtime.restore import Received, overwrite
from service_runtime.values import Decoder, Encoder
from service_runtime.wire import pack, unpack

torch = pytest.importorskip("torch", reason="torch is not installed")


def sent(value):
    """Return the encoder of a request with the value, and its decoder."""
    encoder = Encoder()
    content_type, chunks = pack(encoder.encode(value), encoder.parts)
    message, parts = unpack(content_type, b"".join(bytes(chunk) for chunk in chunks))
    decoder = Decoder(parts)
    return encoder, decoder, decoder.decode(message)


def test_a_computed_tensor_can_be_read_and_changed_but_not_differentiated():
    weight = torch.ones(2, requires_grad=True)

    _, _, value = sent(weight * 3)

    assert value.requires_grad
    assert value.detach().tolist() == [3.0, 3.0]
    value.mul_(2)
    assert value.tolist() == [6.0, 6.0]
    with pytest.raises(RuntimeError, match="the gradient stops here"):
        value.sum().backward()


def test_what_was_not_computed_keeps_its_gradient():
    weight = torch.ones(2, requires_grad=True)
    (weight * 3).sum().backward()

    _, _, value = sent(weight)

    assert value.grad.tolist() == [3.0, 3.0]
    (value * 2).sum().backward()
    assert value.grad.tolist() == [5.0, 5.0]


def test_gradients_that_the_callee_computes_come_back():
    weight = torch.nn.Parameter(torch.ones(2))
    request, decoder, value = sent(weight)
    received = Received(decoder)

    (value * 4).sum().backward()

    answer = Encoder(received.numbers())
    changes = received.changes(answer)
    overwrite(request, Decoder([memoryview(bytes(p)) for p in answer.parts], request.objects), changes)
    assert weight.grad.tolist() == [4.0, 4.0]
    assert weight.tolist() == [1.0, 1.0]
