"""A student's endless loop is interrupted by the notebook's stop button, and the kernel goes on."""

import threading
from pathlib import Path

import pytest

jupyter_client = pytest.importorskip("jupyter_client", reason="needs Jupyter")
pytest.importorskip("ipykernel", reason="needs Jupyter")

ENDLESS = """
import numpy as np
from cs231n.exercises import check, progress

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    while True:
        pass

rnn_step_forward = check(rnn_step_forward)
"""
RIGHT = """
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)

rnn_step_forward = check(rnn_step_forward)
"""


def run(client, code):
    """Run one cell in a real kernel. Returns its reply and what it printed."""
    printed = []

    def show(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=60, output_hook=show)
    return reply["content"], "".join(printed)


def test_the_stop_button_leaves_the_kernel_usable(monkeypatch, tmp_path):
    monkeypatch.setenv("CS231N_ANSWERS", "my_answers.py")
    manager, client = jupyter_client.manager.start_new_kernel(cwd=str(tmp_path))
    try:
        run(client, "import cs231n.exercises")
        threading.Timer(1.5, manager.interrupt_kernel).start()
        reply, printed = run(client, ENDLESS)
        assert reply["status"] == "ok"
        assert printed == "■ rnn_step_forward was stopped. The reference stands in.\n"
        assert not list(Path(tmp_path).iterdir())
        reply, printed = run(client, RIGHT)
        assert reply["status"] == "ok" and "rnn_step_forward is right" in printed
        assert (tmp_path / "my_answers.py").is_file()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_an_endless_loop_is_stopped_by_itself_and_the_kernel_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv("CS231N_ANSWERS", "off")
    manager, client = jupyter_client.manager.start_new_kernel(cwd=str(tmp_path))
    try:
        reply, printed = run(client, ENDLESS)
        assert reply["status"] == "ok" and "rnn_step_forward does not finish" in printed
        reply, printed = run(client, RIGHT)
        assert reply["status"] == "ok" and "rnn_step_forward is right" in printed
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
