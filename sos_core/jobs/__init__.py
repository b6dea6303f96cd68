"""Jobs: whatever happens outside a transaction, run at least once; the schedule; and signals."""

from sos_core.jobs.outbox import BULK, enqueue, once
from sos_core.jobs.runner import Jobs
from sos_core.jobs.signals import Signals, send_signal

__all__ = ["BULK", "Jobs", "Signals", "enqueue", "once", "send_signal"]
