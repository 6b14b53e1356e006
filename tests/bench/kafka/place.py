"""place.py - where benchmarks run: a Kafka of their own in a temporary folder, the programs of a build, and how weir is called."""
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER = os.path.join(HERE, '../../kafka/cluster')

SOURCE = '''
SET 'auto.offset.reset' = 'earliest';
CREATE STREAM VIDEO_ANALYSIS (CAMERA_ID STRING, START_TIME BIGINT, END_TIME BIGINT, PREVIOUS_STATUS STRING, STATUS STRING,
    WORKERS INT, HARD_HATS INT, TRUCKS INT, EXCAVATORS INT, CONFIDENCE DOUBLE, DETAIL STRING)
  WITH (KAFKA_TOPIC = 'findings', VALUE_FORMAT = 'JSON');
'''

ALERTS = '''
CREATE STREAM {0} WITH (KAFKA_TOPIC = '{1}') AS
  SELECT START_TIME, END_TIME, PREVIOUS_STATUS FROM VIDEO_ANALYSIS WHERE PREVIOUS_STATUS LIKE '%ALARM%' EMIT CHANGES;
'''


class Place:
    def __init__(self, build):
        self.build = build
        self.folder = tempfile.mkdtemp(prefix='weir-bench-')
        self.address = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.address:
            subprocess.run([CLUSTER, 'kill', self.folder + '/kafka'], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_kafka(self):
        if not self.address:
            self.address = self._ask([CLUSTER, 'start', self.folder + '/kafka']).strip()

    def program(self, name):
        return os.path.join(self.build, 'tests/bench/kafka/bench-' + name)

    @staticmethod
    def _ask(command):
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    def topics(self, *words):
        return self._ask([self.program('topics'), self.address, *map(str, words)])

    def counts(self, names):
        return [int(line) for line in self.topics('count', *names).splitlines()]

    def fill(self, topic, n_records):
        """(alarms, bytes) of the records."""
        words = self._ask([self.program('events'), self.address, topic, str(n_records)]).split()
        return int(words[1]), int(words[2])

    def script(self, name, text):
        path = f'{self.folder}/{name}.sql'
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        return path

    def weir(self, name, *words, kafka=True):
        """The command line of a service of that name, with a data folder of its own."""
        options = ['-o', 'bootstrap.servers=' + self.address, '-o', f'ksql.service.id=bench_{name}_'] if kafka else []
        return [os.path.join(self.build, 'cli/weir'), '--data', f'{self.folder}/{name}', *options, *words]
