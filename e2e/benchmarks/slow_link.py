"""A TCP proxy that puts a link of a given round-trip time between two programs: each byte waits for half of it, in each direction, in order."""
import asyncio
import threading
import time


class SlowLink:
    """Listens on loopback from its making on; `port` is where."""

    # Two sendings are one after the other, not side by side, if the second comes this part of a round trip later at the least
    _APART = 0.9

    def __init__(self, target_port, round_trip_seconds):
        self._target_port = target_port
        self._round_trip = round_trip_seconds
        self._one_way = round_trip_seconds / 2
        self._sent = []
        ready = threading.Event()
        self.port = None
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    def _run(self, ready):
        async def serve():
            server = await asyncio.start_server(self._accept, '127.0.0.1', 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await server.serve_forever()

        asyncio.run(serve())

    async def _accept(self, near_in, near_out):
        far_in, far_out = await asyncio.open_connection('127.0.0.1', self._target_port)
        await asyncio.gather(self._carry(near_in, far_out, self._sent), self._carry(far_in, near_out, []))

    async def _carry(self, source, sink, times):
        loop = asyncio.get_running_loop()
        try:
            while data := await source.read(65536):
                times.append(time.perf_counter())
                # Calls of equal delay run in the order in which they were asked for
                loop.call_later(self._one_way, self._deliver, sink, data)
        except ConnectionError:
            pass
        loop.call_later(self._one_way, sink.close)

    @staticmethod
    def _deliver(sink, data):
        if not sink.is_closing():
            sink.write(data)

    def round_trips_since(self, start):
        """How many times since `start` (of time.perf_counter) something was sent that had waited for an answer to what was sent before it."""
        count, last = 0, float('-inf')
        for sent in [t for t in self._sent if t >= start]:
            if sent - last >= self._APART * self._round_trip:
                count, last = count + 1, sent
        return count
