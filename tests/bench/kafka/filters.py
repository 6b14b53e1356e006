"""filters.py - a backlog of findings: one filter beside a bare loop, and many filters over one topic."""
import statistics

from meter import Meter
from place import ALERTS, SOURCE

N_FILTERS = 20


def make_findings(place, n_records):
    """(alarms, megabytes) of the topic that all filters read."""
    place.start_kafka()
    if not hasattr(place, 'findings'):
        place.topics('make', 1, 'findings')
        place.findings = place.fill('findings', n_records)
    return place.findings


def measure(place, command, sinks, expected):
    with Meter(command) as meter:
        cost, received = meter.run_until_quiet(), meter.received_mb()
        found = place.counts(sinks)
        if found != [expected] * len(sinks):
            raise SystemExit(f'{expected} alerts were to come, and these came: {found}\n{meter.said()}')
        return cost, received


def run_bare(place, i, alarms):
    sink = f'bare-{i}'
    place.topics('make', 1, sink)
    return measure(place, [place.program('bare'), place.address, 'findings', sink], [sink], alarms)


def run_weir(place, i, alarms, n=1):
    name = f'filters-{n}-{i}'
    sinks = [f'{name}-{j}' for j in range(n)]
    place.topics('make', 1, *sinks)
    queries = [ALERTS.format(f'VIDEO_ANALYSIS_ALERTS_{j}', sink) for j, sink in enumerate(sinks)]
    return measure(place, place.weir(name, 'run', place.script(name, SOURCE + ''.join(queries))), sinks, alarms)


def report(name, rounds, n_records):
    """Prints the medians, and the processor seconds of each round; returns the median of those."""
    each = [cost.processor_s / n_records * 1e6 for cost, _ in rounds]
    median = statistics.median
    print(f'{name:12} {median(each):6.3f} cpu s/M   wall {median(c.wall_s for c, _ in rounds):5.1f} s   '
          f'peak {median(c.peak_mb for c, _ in rounds):5.0f} MB   received {median(r for _, r in rounds):6.0f} MB   '
          f'of {" ".join(f"{s:.3f}" for s in each)}', flush=True)
    return median(each)


def one_filter(place, options):
    alarms, size = make_findings(place, options.records)
    print(f'one filter over {options.records} records, {size / 1e6:.0f} MB, {alarms} alarms')
    bare, weir = [], []
    for i in range(options.rounds):
        bare.append(run_bare(place, i, alarms))
        weir.append(run_weir(place, i, alarms))
    base = report('bare loop', bare, options.records)
    print(f'weir / bare loop: {report("weir", weir, options.records) / base:.2f}')


def many_filters(place, options):
    alarms, size = make_findings(place, options.records)
    print(f'{N_FILTERS} filters over one topic of {options.records} records, {size / 1e6:.0f} MB, {alarms} alarms for each')
    one, many = [], []
    for i in range(options.rounds):
        one.append(run_weir(place, f'beside-{i}', alarms))
        many.append(run_weir(place, i, alarms, N_FILTERS))
    base = report('1 filter', one, options.records)
    print(f'{N_FILTERS} filters / 1 filter: {report(f"{N_FILTERS} filters", many, options.records) / base:.2f}')
