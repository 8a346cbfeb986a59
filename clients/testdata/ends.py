"""Uses daybook.py as a program does, and ends in the way that is asked for. Prints the ids of what it sent."""

import atexit
import multiprocessing
import os
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import daybook  # noqa: E402

how, url, token = sys.argv[1:4]


def make(**options):
    return daybook.Client(url, "acme", token, **{"interval": 60, "pause": 0.05, "longest_pause": 0.1, "exit_timeout": 10, "on_error": lambda _: None, **options})


def taken(client, n):
    return "".join("%s\n" % client.send(actor={"id": "user-1"}, action="created", metadata={"n": i}) for i in range(n))


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def send(client, n):
    say(taken(client, n))


def in_child(client):
    assert client.stats()["queued"] == 0, "what the parent took is sent by the parent"
    send(client, 2)


def anew():
    send(make(), 2)


def no_threads():
    """As at the end of newer interpreters."""
    def start(_):
        raise RuntimeError("can't start new thread")

    threading.Thread.start = start


def main():
    client = make()
    if how == "returns":
        send(client, 5)
    elif how == "raises":
        send(client, 5)
        raise SystemExit(0)
    elif how == "SIGTERM":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        send(client, 5)
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait()
    elif how == "with":
        with make(exit_timeout=0) as one:
            send(one, 5)
    elif how == "away":
        for _ in range(3):
            send(make(exit_timeout=2), 5)
    elif how == "no threads":
        no_threads()
        send(client, 5)
    elif how == "away, no threads":
        no_threads()
        send(make(exit_timeout=0.5), 5)
    elif how == "at exit":
        atexit.register(lambda: send(client, 5))
    elif how == "at exit, earlier":  # handlers run in the opposite order
        atexit.unregister(daybook._close_all)
        atexit.register(daybook._close_all)
        atexit.register(lambda: send(client, 5))
    elif how == "threads":
        threads = [threading.Thread(target=send, args=(client, 200)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    elif how == "forks":
        send(client, 3)
        if os.fork() == 0:
            in_child(client)
            sys.exit()
        os.wait()
        send(client, 3)
    elif how == "forks while sending":
        client, busy = make(interval=0.001), True

        def work():
            while busy:
                client.send(actor={"id": "user-1"}, action="created", id=None, metadata={"from": "thread"})

        thread = threading.Thread(target=work)
        thread.start()
        for _ in range(20):
            if os.fork() == 0:
                in_child(client)
                sys.exit()
        busy = False
        for _ in range(20):
            os.wait()
        thread.join()
    elif how == "multiprocessing":
        send(client, 3)
        for method in ("fork", "spawn"):
            context = multiprocessing.get_context(method)
            child = context.Process(target=in_child, args=(client,)) if method == "fork" else context.Process(target=anew)
            child.start()
            child.join()
            assert child.exitcode == 0, child.exitcode
    elif how == "signals":
        client = make(interval=0.001)
        signal.signal(signal.SIGALRM, lambda *_: client.send(actor={"id": "user-1"}, action="created"))
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        text = taken(client, 3000)
        signal.setitimer(signal.ITIMER_REAL, 0)
        say(text)


if __name__ == "__main__":
    main()
