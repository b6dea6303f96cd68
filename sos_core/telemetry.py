"""What is counted for ``/metrics``: one registry for each Application, nothing about persons."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0)


class Telemetry:
    """Counters and histograms; labels come from the program (routes, actors), never from input."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._jobs = self._counter(
            "sos_jobs",
            "Attempts at jobs by how they ended: done, retry, dead, late or lease_lost.",
            "actor",
            "outcome",
        )
        self._job_seconds = self._seconds(
            "sos_job_seconds", "Time that attempts at jobs took.", "actor"
        )
        self._waiting = self._gauge("sos_jobs_waiting", "Jobs in the table by state.", "state")
        self._age = self._gauge(
            "sos_job_queue_age_seconds", "Time for which the oldest due job has been waiting."
        )
        self._sweeps = self._counter("sos_sweeps_failed", "Failed sweeps of the schedule.", "sweep")
        self._ballots = self._counter("sos_ballots_accepted", "Ballots that were acknowledged.")
        self._requests = self._counter(
            "sos_requests", "Answered requests.", "route", "method", "status"
        )
        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._request_seconds = self._seconds(
            "sos_request_seconds", "Time until requests were answered.", "route"
        )
        self._refused = self._counter(
            "sos_requests_refused",
            "Requests that came too fast, by whom they were counted for.",
            "counted_by",
        )
        self._unexpected = self._counter(
            "sos_unexpected_errors",
            "Errors that the program did not expect, by where they surfaced.",
            "place",
        )

    def job_ended(self, actor: str, outcome: str) -> None:
        """Count an attempt at a job that ended with ``outcome``."""
        self._jobs.labels(actor, outcome).inc()

    def job_took(self, actor: str, seconds: float) -> None:
        """Count the time of an attempt."""
        self._job_seconds.labels(actor).observe(seconds)

    def queue_is(self, waiting: dict[str, int], age_seconds: float) -> None:
        """Set how many jobs there are in each state, and how long the oldest due one has waited."""
        for state, number in waiting.items():
            self._waiting.labels(state).set(number)
        self._age.set(age_seconds)

    def sweep_failed(self, sweep: str) -> None:
        """Count a failed sweep."""
        self._sweeps.labels(sweep).inc()

    def ballots_accepted(self, number: int = 1) -> None:
        """Count acknowledged ballots, of all surveys and organizations together."""
        self._ballots.inc(number)

    def request_answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request; ``route`` is the pattern, never an address with a token."""
        known = self._answered.get((route, method, status))
        if known is None:
            known = (
                self._requests.labels(route, method, str(status)),
                self._request_seconds.labels(route),
            )
            self._answered[route, method, status] = known
        counter, histogram = known
        counter.inc()
        histogram.observe(seconds)

    def request_refused(self, counted_by: str) -> None:
        """Count a request that came too fast, by the kind of whom it was counted for."""
        self._refused.labels(counted_by).inc()

    def unexpected_error(self, place: str) -> None:
        """Count an error that was masked, by the part of the program where it surfaced."""
        self._unexpected.labels(place).inc()

    def render(self) -> bytes:
        """Return everything in Prometheus' text format, of type ``content_type``."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(name, what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(name, what, labels, registry=self.registry)

    def _seconds(self, name: str, what: str, *labels: str) -> Histogram:
        return Histogram(name, what, labels, buckets=SECONDS, registry=self.registry)
