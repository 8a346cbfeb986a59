"""Sends what happens in an application to Daybook, and never gets in the application's way.

    import daybook

    activity = daybook.Client("https://daybook.example.com", "acme", token)
    activity.send(actor={"id": "user-123", "name": "Amara Okafor"}, action="created",
                  resource={"type": "project", "id": "42", "name": "New Website"})

One file, Python 3.8 or newer, the standard library alone: copy it to where your code is. send() only puts the event into a queue; a
thread, started by the first event, sends what is queued, again and again until it is acknowledged. It never raises, waits for the
network, or grows without bound: what cannot be kept is dropped, counted in stats(), and told to on_error. At the end of the program
what is left is sent for some seconds; SIGTERM leaves no time, and says nothing, unless a worker handles it:

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

An event is a dict as in the documentation of sending. Its id and occurred_at are set when send() is called, so that sending it twice
over the network is harmless. Dates and times, UUIDs, decimals and the like are written as text; a time without a zone is local.
"""

import atexit
import collections
import collections.abc
import datetime
import email.utils
import encodings.idna  # noqa: F401 - what a request needs is there before any thread: who forks amid an import has half of it for ever
import enum
import http.client
import io
import itertools
import json
import logging
import os
import random
import re
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import weakref

__all__ = ["Client", "Problem"]

MAX_EVENT = 64 << 10  # bytes of an event that the server takes
MAX_BATCH = 1000  # events of a request that the server takes
MAX_BATCH_BYTES = 8 << 20
MAX_ANSWER = 1 << 20  # bytes of an answer that are read
LONGEST_REQUESTED = 300.0  # seconds that a server may make us wait by Retry-After

# Why an event was dropped.
REASONS = ("invalid", "too_large", "queue_full", "refused", "closed", "unsent")


class Problem(collections.namedtuple("Problem", "reason message count event status")):
    """What on_error is told.

    reason: one of REASONS, or "retrying" when nothing was dropped. message: a sentence. count: how many events it is about. event: the
    id of the event, when it is about a single one that has an id. status: of the server's answer, or None.
    """

    __slots__ = ()


_Queued = collections.namedtuple("_Queued", "number id text taken")


class Client:
    """Sends to one workspace. Make one for the whole program; all threads may use it, also after a fork.

    Times are in seconds. queue_size, queue_bytes: how much may wait; beyond it the newest is dropped. batch_size (at most 1000),
    batch_bytes: how much goes in one request. interval: how long an event waits for others. timeout: of a whole request. pause: after the
    first failure, it doubles with each further one up to longest_pause. exit_timeout: how long the end of the program may be held up.
    on_error: called with a Problem, from whatever thread; without it problems are logged as warnings of the logger "daybook". A number
    that is none, or not above 0, is the default; exit_timeout may be 0.
    """

    def __init__(self, url, workspace, token, *, queue_size=10000, queue_bytes=64 << 20, batch_size=500, batch_bytes=1 << 20,
                 interval=1.0, timeout=30.0, pause=1.0, longest_pause=60.0, exit_timeout=5.0, on_error=None):
        self._address = "%s/api/v1/workspaces/%s/activity" % (str(url).rstrip("/"), urllib.parse.quote(str(workspace), safe=""))
        self._token = str(token or "").strip()
        self._queue_size, self._queue_bytes = _above_0(queue_size, 10000), _above_0(queue_bytes, 64 << 20)
        self._batch_size = max(1, int(min(_above_0(batch_size, 500), MAX_BATCH)))
        self._most_bytes = max(1, min(_above_0(batch_bytes, 1 << 20), MAX_BATCH_BYTES))
        self._interval, self._timeout = _above_0(interval, 1.0), _above_0(timeout, 30.0)
        self._exit_timeout = 0.0 if exit_timeout == 0 else _above_0(exit_timeout, 5.0)
        self._pause, self._longest_pause = _above_0(pause, 1.0), _above_0(longest_pause, 60.0)
        self._on_error = on_error or _log
        self._closed = False
        self._begin()
        _remember(self)

    def _begin(self):
        """What a process has of its own: after a fork the child starts anew, and the parent sends what it had taken."""
        self._changed = threading.Condition()  # of a lock that its owner may take again: send() may be called by a signal handler
        self._thread = None
        self._starting = False
        self._queue = collections.deque()
        self._bytes = 0  # of the queue
        self._numbers = itertools.count(1)  # one step, which no signal handler comes between
        self._number = 0  # of the last event taken
        self._flush_to = 0  # events up to this number are in a hurry
        self._limit = self._batch_size  # events of the next request; less while something is refused
        self._batch_bytes = self._most_bytes
        self._failures = 0  # since something was acknowledged
        self._tried = self._not_before = 0.0
        self._told_to_wait = self._told_full = self._told_closed = False
        self._told_in_vain = None  # the last problem of something that is flushed
        self._telling = threading.local()
        self._sent = self._duplicates = 0
        self._dropped = dict.fromkeys(REASONS, 0)

    def send(self, event=None, **fields):
        """Takes an event, given as a dict, as fields, or both. Gives its id, or None when it was dropped. Does not raise."""
        try:
            return self._take(event, fields)
        except Exception as error:  # of values that JSON does not have
            self._drop("invalid", "an event cannot be written as JSON: %s: %s" % (type(error).__name__, error))
            return None

    def flush(self, timeout=5.0):
        """Sends what was taken so far without waiting for more. Gives True when all of it is settled, False when time ran out.
        A timeout that is no number is the default, here and of close()."""
        timeout = _patience(timeout)
        deadline = time.monotonic() + timeout
        with self._changed:
            number = self._hurry()
            thread = self._thread
            if thread is threading.current_thread():
                return self._settled(number)  # called by on_error: nobody else would go on
            if thread is not None:
                return self._changed.wait_for(lambda: self._settled(number), timeout)
        self._work(deadline)  # the interpreter is ending and starts no threads
        with self._changed:
            return self._settled(number)

    def close(self, timeout=5.0):
        """Sends what is left, and ends. What is still queued when time runs out is dropped as unsent. Gives True when nothing was."""
        with self._changed:
            self._closed = True
        self.flush(timeout)
        with self._changed:
            left = len(self._queue)
            self._queue.clear()
            self._bytes = 0
            self._changed.notify_all()
        _forget(self)
        if left:
            self._drop("unsent", "time ran out with events that are not acknowledged: %d" % left, count=left)
        return not left

    def stats(self):
        """Counts of events: queued, sent (acknowledged as new), duplicates (acknowledged as known) and dropped, by reason. Their sum is
        how often send() was called."""
        with self._changed:
            return {"queued": len(self._queue), "sent": self._sent, "duplicates": self._duplicates, "dropped": dict(self._dropped)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Taking

    def _take(self, event, fields):
        if event is None and fields:
            event = {}
        event = {**event, **fields}
        if not event.get("id"):
            event["id"] = _new_id()
        if not any(event.get(key) for key in ("occurred_at", "timestamp", "created_at")):
            event["occurred_at"] = _time(datetime.datetime.now(datetime.timezone.utc))
        event_id, text = str(event["id"]), _written(event)
        if len(text) > MAX_EVENT:
            self._drop("too_large", "an event has %d bytes; at most %d are accepted" % (len(text), MAX_EVENT), event=event_id)
            return None
        with self._changed:
            refused = self._refusal(len(text))
            if refused is None:
                number = next(self._numbers)
                self._number = max(self._number, number)
                self._queue.append(_Queued(number, event_id, text, time.monotonic()))
                self._bytes += len(text)
                self._start()
                if len(self._queue) == 1 or self._full_batch():
                    self._changed.notify_all()
                return event_id
            untold = not (self._told_full if refused == "queue_full" else self._told_closed)
            self._told_full, self._told_closed = refused == "queue_full" or self._told_full, refused == "closed" or self._told_closed
        message = "the client is closed" if refused == "closed" else "the queue is full: events are dropped until there is room"
        self._drop(refused, message, event=event_id, told=untold)
        return None

    def _refusal(self, size):
        if self._closed:
            return "closed"
        full = len(self._queue) >= self._queue_size or self._bytes + size > self._queue_bytes
        return "queue_full" if full else None

    def _drop(self, reason, message, count=1, event=None, status=None, told=True):
        with self._changed:
            self._dropped[reason] += count
        if told:  # a full queue is told of once, until something is acknowledged, and that the client is closed once for all
            self._tell(Problem(reason, message, count, event, status))

    def _tell(self, problem):
        if getattr(self._telling, "now", False):  # what on_error itself brings about is counted, and not told again
            return
        self._telling.now = True
        try:
            self._on_error(problem)
        except Exception:  # it must not end the thread, nor reach whoever called send()
            pass
        finally:
            self._telling.now = False

    def _hurry(self):
        """Lets the thread send what there is. Gives the number of the last of it."""
        with self._changed:
            self._flush_to = max(self._flush_to, self._number)
            self._start()
            self._changed.notify_all()
            return self._number

    # Sending. The thread alone takes from the queue, and nothing leaves it before it is settled.

    def _start(self):
        if self._starting or self._thread is not None and self._thread.is_alive() or not self._queue:
            return
        self._starting = True  # a signal handler may send meanwhile
        try:
            thread = threading.Thread(target=self._work, name="daybook", daemon=True)
            thread.start()
            self._thread = thread
            _end_with_process()
        except RuntimeError:  # no more threads now; the next event tries again
            self._thread = None
            _threadless.add(self)
        finally:
            self._starting = False

    def _work(self, deadline=None):
        while True:
            batch = self._next(deadline)
            if not batch:
                return
            try:
                answer = self._post(batch, self._timeout if deadline is None else max(0.01, min(self._timeout, deadline - time.monotonic())))
            except Exception as error:
                answer = _Answer(None, None, "no answer: %s" % _reason(error))
            with self._changed:
                self._tried = time.monotonic()
                current = bool(self._queue) and self._queue[0] is batch[0]  # else the client was closed meanwhile
                try:
                    problems = self._settle(batch, answer) if current else []
                except Exception as error:  # nothing that a server answers may end the thread
                    problems = self._retry(len(batch), _Answer(None, None, "no answer: %s" % type(error).__name__))
                self._changed.notify_all()
            for problem in problems:
                self._tell(problem)

    def _next(self, deadline):
        """Waits for a batch that is due. None: nothing will come, or the deadline has passed."""
        with self._changed:
            while True:
                now = time.monotonic()
                if not self._queue and (self._closed or deadline is not None) or deadline is not None and now >= deadline:
                    return None
                wait = self._due() - now if self._queue else None
                if wait is not None and wait <= 0:
                    return self._batch()
                if deadline is not None:
                    wait = min(wait, deadline - now)
                self._changed.wait(wait)

    def _due(self):
        first = self._queue[0]
        hurry, pause = self._in_hurry(), self._not_before
        if hurry and not self._told_to_wait:
            pause = min(pause, self._tried + self._pause)
        return max(first.taken + (0 if hurry or self._full_batch() else self._interval), pause)

    def _in_hurry(self):
        return self._queue[0].number <= self._flush_to

    def _full_batch(self):
        return len(self._queue) >= self._limit or self._bytes >= self._batch_bytes

    def _batch(self):
        batch, size = [], 2
        for queued in self._queue:
            size += len(queued.text) + 1
            if batch and (size > self._batch_bytes or len(batch) >= self._limit):
                break
            batch.append(queued)
        return batch

    def _post(self, batch, timeout):
        if not re.match("https?://[^/]", self._address, re.IGNORECASE):
            raise ValueError("no address")
        body = b"[" + b",".join(queued.text for queued in batch) + b"]"
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "daybook-python/1"}
        if re.fullmatch("[!-~]+", self._token):  # another one is none, and must not stand in an error message
            headers["Authorization"] = "Bearer " + self._token
        request = urllib.request.Request(self._address, body, headers, method="POST")
        _local.until = time.monotonic() + timeout
        try:
            with _opener().open(request, timeout=timeout) as response:
                return _Answer(response.status, response.headers, response.read(MAX_ANSWER))
        except urllib.error.HTTPError as response:
            with response:
                return _Answer(response.code, response.headers, response.read(MAX_ANSWER))

    def _settle(self, batch, answer):
        """Does what the answer says, and gives the problems to tell of."""
        accepted = answer.acknowledged(len(batch))
        if accepted is not None:
            self._sent += accepted
            self._duplicates += len(batch) - accepted
            self._limit = min(self._batch_size, self._limit * 2)
            self._failures, self._not_before, self._told_full = 0, 0.0, False
            self._remove(batch, batch)
            return []
        wrong = answer.wrong(len(batch))
        if not wrong and answer.refuses():
            if len(batch) == 1:
                wrong = {0: answer.message}
            elif answer.status == 413:  # of something between, which takes less than the server
                self._batch_bytes = sum(len(queued.text) for queued in batch) // 2
        elif not wrong:
            return self._retry(len(batch), answer)
        self._limit = max(1, len(batch) // 2)  # what is wrong must not take the rest with it, or be sent along many times
        self._failures, self._not_before = 0, 0.0
        self._remove(batch, [batch[index] for index in wrong])
        self._dropped["refused"] += len(wrong)
        return [Problem("refused", message, 1, batch[index].id, answer.status) for index, message in sorted(wrong.items())]

    def _remove(self, batch, gone):
        numbers = {queued.number for queued in gone}
        for _ in batch:
            self._queue.popleft()
        self._queue.extendleft(queued for queued in reversed(batch) if queued.number not in numbers)
        self._bytes = self._bytes - sum(len(queued.text) for queued in gone) if self._queue else 0

    def _retry(self, count, answer):
        """Pauses, and tells so; of what is flushed in vain, once for each text."""
        self._failures += 1
        pause = min(self._longest_pause, self._pause * 2.0 ** min(self._failures - 1, 30))
        if answer.needs_somebody():
            pause = self._longest_pause
        pause *= random.uniform(0.5, 1)
        self._told_to_wait = answer.retry_after is not None
        if self._told_to_wait:
            pause = max(pause, answer.retry_after)
        self._not_before = self._tried + pause
        if self._in_hurry():
            about = self._flush_to, answer.message
            if about == self._told_in_vain:
                return []
            self._told_in_vain = about
        message = "%s; the next attempt is in %.1f s" % (answer.message.rstrip("."), self._due() - self._tried)
        return [Problem("retrying", message, count, None, answer.status)]

    def _settled(self, number):
        return not self._queue or self._queue[0].number > number


class _Answer:
    """An answer of the server, or that there was none."""

    def __init__(self, status, headers, body):
        self.status, self.retry_after, self._body = status, None, {}
        if status is None:
            self.message = body
            return
        self.retry_after = _seconds(headers.get("Retry-After"))
        try:
            parsed = json.loads(body.decode("utf-8"))
            self._body = parsed if isinstance(parsed, dict) else {}
        except (ValueError, RecursionError):
            pass
        detail = self._body.get("detail")
        self.message = detail if isinstance(detail, str) and detail else "the answer is %d and not one of Daybook" % status

    def acknowledged(self, count):
        """How many events were new, of an answer that acknowledges so many; else None. Any proxy may answer 200."""
        if self.status not in (200, 201):
            return None
        accepted, duplicates = self._body.get("accepted"), self._body.get("duplicates")
        return accepted if _is_count(accepted) and _is_count(duplicates) and accepted + duplicates == count else None

    def _is_daybooks(self):
        """Whether it is a problem as Daybook tells of one. What stands between answers errors, too, which say nothing of the events."""
        detail, errors = self._body.get("detail"), self._body.get("errors")
        return detail == self.message and self._body.get("status") == self.status and isinstance(errors, list) and all(map(_is_error, errors))

    def refuses(self):
        """Whether so many events are not taken, or one of them, whichever it is."""
        return self.status == 413 or self.status in (400, 422) and self._is_daybooks()

    def wrong(self, count):
        """What is wrong with which events of the batch."""
        found = {}
        if self.status is None or not 400 <= self.status < 500 or not self._is_daybooks():
            return found
        for error in self._body["errors"]:
            index = error.get("index")
            if _is_count(index) and index < count:
                found.setdefault(index, "%s: %s" % (error.get("field") or "", error.get("message") or ""))
        return found

    def needs_somebody(self):
        """Whether waiting alone mends nothing: a token, an address, a workspace that is archived."""
        return self.status is not None and 300 <= self.status < 500 and self.status not in (408, 425, 429)


def _is_count(value):
    return type(value) is int and value >= 0  # True is an int as well


def _is_error(value):
    if not isinstance(value, dict):
        return False
    index, texts = value.get("index"), (value.get("field"), value.get("message"))
    return (index is None or type(index) is int) and all(text is None or isinstance(text, str) for text in texts)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None  # a POST that is redirected arrives as a GET, and a token elsewhere


class _Answering(io.RawIOBase):
    """What a server answers, until the time of the whole request is over. A timeout of sockets is of each byte."""

    def __init__(self, sock):
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)

    def readable(self):
        return True

    def readinto(self, into):
        self._sock.settimeout(_left())
        return self._raw.readinto(into)

    def close(self):
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock, *args, **kwargs):
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Answering(sock))


class _Timed:
    response_class = _Response

    def connect(self):
        self.timeout = _left()
        super().connect()

    def send(self, data):
        if self.sock is not None:
            self.sock.settimeout(_left())
        super().send(data)


class _Connection(_Timed, http.client.HTTPConnection):
    pass


class _HTTP(urllib.request.HTTPHandler):
    def http_open(self, request):
        return self.do_open(_Connection, request)


_own_handlers = [_Stay, _HTTP]

if hasattr(http.client, "HTTPSConnection"):  # Python may have been built without
    class _SecureConnection(_Timed, http.client.HTTPSConnection):
        pass

    class _HTTPS(urllib.request.HTTPSHandler):
        def https_open(self, request):
            return self.do_open(_SecureConnection, request, context=getattr(self, "_context", None))

    _own_handlers.append(_HTTPS)

_local = threading.local()  # of the thread that makes requests


def _left():
    """Seconds that the request under way may still take."""
    left = _local.until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _opener():
    if not hasattr(_local, "opener"):
        _local.opener = urllib.request.build_opener(*_own_handlers)
    return _local.opener


def _log(problem):
    logging.getLogger("daybook").warning("%s: %s%s", problem.reason, problem.message, " (event %s)" % problem.event if problem.event else "")


def _patience(value):
    return min(max(value, 0.0), threading.TIMEOUT_MAX / 2) if isinstance(value, (int, float)) and value == value else 5.0


def _above_0(value, fallback):
    return min(value, 1 << 31) if isinstance(value, (int, float)) and value > 0 else fallback


def _reason(error):
    if isinstance(error, (ValueError, http.client.InvalidURL)):  # its text may hold what was to be sent, or a password
        return "the address of Daybook is none"
    return "%s: %s" % (type(error).__name__, getattr(error, "reason", None) or error)


def _seconds(text):
    """Reads Retry-After: a number of seconds, or a date."""
    if not text:
        return None
    try:
        wait = float(text) if text.strip().isdigit() else email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(wait, 0.0), LONGEST_REQUESTED)


def _written(event):
    text = json.dumps(event, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff]", "\ufffd", text).encode("utf-8")  # as in names of files that are no UTF-8


def _plain(value):
    if isinstance(value, datetime.datetime):
        return _time(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, collections.abc.Mapping):
        return dict(value)
    return str(value)


def _time(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _new_id():
    """A UUID of version 7, RFC 9562: the time in milliseconds, and random bits."""
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    text = "%032x" % value
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


# What is to be done for all clients at the end of the process, and in the child of a fork.

_clients = weakref.WeakSet()
_threadless = set()  # those that no thread keeps, when the application forgets them
_registered = False


def _remember(client):
    global _registered
    _clients.add(client)
    if not _registered:
        _registered = True
        atexit.register(_close_all)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_begin_all)


def _forget(client):
    _clients.discard(client)
    _threadless.discard(client)


def _begin_all():
    _threadless.clear()
    for client in list(_clients):
        client._begin()


def _close_all():
    began, clients = time.monotonic(), list(_clients)
    for client in clients:  # all of them send at the same time
        client._hurry()
    for client in clients:
        client.close(max(0.0, began + client._exit_timeout - time.monotonic()))


def _end_with_process():
    """The children that multiprocessing makes end without atexit."""
    process, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if process and util and process.parent_process() is not None:
        util.Finalize(None, _close_all, exitpriority=0)
