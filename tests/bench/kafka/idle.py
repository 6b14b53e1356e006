"""idle.py - what it costs when nothing comes: 1,000 queries that wait, an engine without any, a program that starts."""
import statistics
import subprocess
import time

from meter import Meter

N_QUERIES = 1000
N_STREAMS = 200
N_STARTS = 20
IDLE_S = 20
SETTLE_S = 3  # after the last statement: metadata, first fetches
PROBED = (0, N_QUERIES // 2, N_QUERIES - 1)

QUERY = '''
CREATE STREAM S{0} (V INT) WITH (KAFKA_TOPIC = 'in-{0}', VALUE_FORMAT = 'JSON');
CREATE STREAM T{0} WITH (KAFKA_TOPIC = 'out-{0}') AS SELECT V FROM S{0} WHERE V > 0;
'''


def line(what, value, unit):
    print(f'{what:44} {value:9.2f} {unit}', flush=True)


def report_idle(meter):
    time.sleep(SETTLE_S)
    line(f'of a core, over {IDLE_S} s', meter.share_of_core(IDLE_S) * 100, '%')
    line('memory', meter.resident_mb(), 'MB')
    line('threads', meter.threads(), '')


# ---- 1,000 queries over 1,000 topics

def await_created(meter):
    while meter.said().count('Created query') < N_QUERIES:
        if meter.process.poll() is not None:
            raise SystemExit(meter.said())
        time.sleep(0.05)


def create(place, sources, sinks):
    script = place.script('many', ''.join(QUERY.format(i) for i in range(N_QUERIES)))
    with Meter(place.weir('many', 'run', script)) as meter:
        await_created(meter)
        line('created within', time.monotonic() - meter.started, 's')
        place.topics('put', '{"V":1}', *sources)
        put = time.monotonic()
        place.topics('await', 1, *sinks)
        line('a record comes out within', time.monotonic() - put, 's')
        report_idle(meter)
        line('stopped within', meter.stop(), 's')


def resume(place, sources, sinks, n_before):
    """Seconds from the start of the program until records that waited have come out, and until it has stopped."""
    place.topics('put', '{"V":1}', *sources)
    with Meter(place.weir('many', 'run', place.script('nothing', 'SHOW STREAMS;'))) as meter:
        place.topics('await', n_before + 1, *sinks)
        resumed = time.monotonic() - meter.started
        return resumed, meter.stop()


def many_queries(place, options):
    place.start_kafka()
    for way in ('in', 'out'):
        place.topics('make', 1, *(f'{way}-{i}' for i in range(N_QUERIES)))
    sources, sinks = [f'in-{i}' for i in PROBED], [f'out-{i}' for i in PROBED]
    print(f'{N_QUERIES} queries over {N_QUERIES} topics')
    create(place, sources, sinks)
    rounds = [resume(place, sources, sinks, i + 1) for i in range(options.rounds)]
    line('started again: records come out within', statistics.median(resumed for resumed, _ in rounds), 's')
    line('stopped at once: within', statistics.median(stopped for _, stopped in rounds), 's')


# ---- an engine that does nothing, and starting it

def median_start_ms(command):
    times = []
    for _ in range(N_STARTS):
        start = time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append((time.monotonic() - start) * 1000)
    return statistics.median(times)


def run_idle(place, name, kafka):
    with Meter(place.weir(name, 'run', place.script('nothing', 'SHOW STREAMS;'), kafka=kafka)) as meter:
        report_idle(meter)


def start(place, _):
    place.start_kafka()
    streams = ''.join(f"CREATE STREAM S{i} (V INT) WITH (KAFKA_TOPIC = 's{i}', PARTITIONS = 1, VALUE_FORMAT = 'JSON');"
                      for i in range(N_STREAMS))
    for name, kafka in (('local', False), ('kafka', True)):
        show = place.weir(name, '-e', 'SHOW STREAMS;', kafka=kafka)
        print(f'an engine on {"Kafka" if kafka else "the local log"}')
        run_idle(place, name, kafka)
        line(f'start to answer, median of {N_STARTS}', median_start_ms(show), 'ms')
        subprocess.run(place.weir(name, '-q', '-f', place.script('streams', streams), kafka=kafka), check=True,
                       stdout=subprocess.DEVNULL)
        line(f'the same with {N_STREAMS} streams', median_start_ms(show), 'ms')
