"""program_test.py WEIR - the program as scripts and other programs see it. Names of tests are sentences."""
import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from runner import run  # noqa: E402

PATIENCE = 60  # seconds: a ceiling for what a loaded machine may take
CREATE = "CREATE STREAM s (id INT KEY, v STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);"
INSERT = "INSERT INTO s VALUES ({}, '{}');"
EARLIEST = "SET 'auto.offset.reset' = 'earliest';"


def weir_says(weir, folder, *words, text=None):
    """Runs it to its end: (status, standard output, standard error)."""
    done = subprocess.run([weir, *words], input=text, stdin=None if text is not None else subprocess.DEVNULL,
                          env={**os.environ, "WEIR_DATA": folder}, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def expect(condition, *shown):
    assert condition, "\n".join(map(str, shown))


def statements_of_the_command_line_end_with_status_0(weir, folder):
    status, out, err = weir_says(weir, folder, "-e", CREATE, "-e", "SHOW STREAMS")
    expect(status == 0 and " S " in out and not err, status, out, err)


def a_statement_that_fails_gives_status_1_and_stops_the_rest(weir, folder):
    status, out, err = weir_says(weir, folder, "-e", "DROP STREAM nowhere; SHOW STREAMS;")
    expect(status == 1 and not out and err.startswith("line 1:13: "), status, out, err)


def a_wrong_command_line_gives_status_2(weir, folder):
    write(folder, "empty.test", "")
    for words in (["--outptu"], ["-o", "no.such.setting=1"], ["-e"], ["nothing"], ["datagen", "nothing"], ["test"],
                  ["test", "--brokr", "x"], ["test", "--broker", "x", folder], ["run", "-e", "SHOW STREAMS", "x"],
                  ["datagen", "--output", "json"], ["--timeout", "5"]):
        status, out, err = weir_says(weir, folder, *words)
        expect(status == 2 and not out and err.startswith("weir: "), words, status, out, err)


def an_unknown_setting_is_refused_with_the_nearest_name(weir, folder):
    for name, nearest in (("commit.intervall.ms", "commit.interval.ms"), ("sasl.pasword", "sasl.password"),
                          ("consumer.fetch.min.byte", "fetch.min.bytes")):
        status, out, err = weir_says(weir, folder, "-o", name + "=1")
        expect(status == 2 and f"'{nearest}'" in err, status, out, err)


def help_and_version_are_answers(weir, folder):
    for words in (["--help"], ["run", "--help"], ["datagen", "-h"], ["--version"], ["help"], ["test", "-h"]):
        status, out, err = weir_says(weir, folder, *words)
        expect(status == 0 and "weir" in out and not err, words, status, out, err)


def an_error_in_a_file_has_its_line_in_the_file(weir, folder):
    path = write(folder, "bad.sql", "-- two statements\nSHOW STREAMS;\n\n  DROP STREAM\n    nowhere;\n")
    status, out, err = weir_says(weir, folder, "-f", path)
    expect(status == 1 and "bad.sql, line 5:5: " in err and "    nowhere;\n      ^~~~~~~" in err, err)


def an_error_in_a_statement_with_variables_has_its_line_too(weir, folder):
    path = write(folder, "bad.sql", "DEFINE t = 'a_long_name';\n\nSHOW STREAMS;\nDESCRIBE\n  ${t};\n")
    status, _, err = weir_says(weir, folder, "-f", path)
    expect(status == 1 and "bad.sql, line 5:3: " in err and "A_LONG_NAME" in err and "\n    ${t};\n    ^~~~\n" in err, err)


def statements_come_from_a_pipe(weir, folder):
    status, out, err = weir_says(weir, folder, text=CREATE + "\nSHOW\nSTREAMS")
    expect(status == 0 and " S " in out and "weir>" not in out, status, out, err)
    status, out, err = weir_says(weir, folder, text="DROP STREAM nowhere;\nSHOW STREAMS;\n")
    expect(status == 1 and not out, status, out, err)
    status, out, err = weir_says(weir, folder, "-f", "-", text="SHOW STREAMS;\n")
    expect(status == 0 and " S " in out, status, out, err)


def an_error_in_a_pipe_has_its_line_in_the_input(weir, folder):
    status, out, err = weir_says(weir, folder, text="SHOW STREAMS;\n\\ds\n\nSHOW\n  NOTHING;\n")
    expect(status == 1 and "line 5:3: " in err, out, err)


def a_string_that_a_pipe_leaves_open_is_an_error(weir, folder):
    status, out, err = weir_says(weir, folder, text="SHOW STREAMS;\nPRINT 'topic\n")
    expect(status == 1 and "line 2:7: this string has no closing quote" in err, status, err)


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def a_statement_of_many_lines_comes_through_a_pipe_in_time(weir, folder):
    columns = "".join(f"\n  , v AS v{i}" for i in range(20000))
    before = processor_seconds()
    status, out, err = weir_says(weir, folder, text=f"SELECT id{columns}\n FROM nowhere EMIT CHANGES;")
    expect(status == 1 and "line 20002:7: " in err and "NOWHERE" in err and processor_seconds() - before < 5, err[:200])


def control_characters_of_a_message_are_not_shown(weir, folder):
    status, out, err = weir_says(weir, folder, "-e", "PRINT 'a\x1b[31m\nb'")
    expect(status == 1 and "\x1b" not in err and "a\\x1b[31m\n" in err, repr(err))


def variables_are_defined_from_outside(weir, folder):
    status, out, err = weir_says(weir, folder, "-d", "topic=t1", "-e", CREATE.replace("'s'", "'${topic}'"), "-e", "SHOW STREAMS")
    expect(status == 0 and "t1" in out, out, err)


def a_statement_keeps_its_meaning_under_other_settings(weir, folder):
    formats = ["-o", "ksql.persistence.default.format.value=JSON", "-o", "ksql.output.topic.name.prefix=out-"]
    create = "CREATE STREAM s (id INT KEY, h BYTES HEADER('h'), n INT) WITH (KAFKA_TOPIC='s', PARTITIONS=1);"
    query = "CREATE STREAM o AS SELECT id, n FROM s;"
    status, out, err = weir_says(weir, folder, *formats, "-e", create + query)
    expect(status == 0, out, err)
    off = ["-o", "ksql.headers.columns.enabled=false", "-o", "ksql.persistence.default.format.value=DELIMITED"]
    for words in ([], off):
        status, out, err = weir_says(weir, folder, *words, "-e", "SHOW STREAMS;")
        expect(status == 0 and "out-O" in out and "DELIMITED" not in out and out.count("JSON") == 2, out, err)


def settings_come_from_a_file_and_the_command_line(weir, folder):
    path = write(folder, "weir.properties", "# ours\nauto.offset.reset=earliest\ncommit.interval.ms = 100\n")
    status, out, err = weir_says(weir, folder, "--config", path, "-o", "commit.interval.ms=200", "--output", "json",
                                 "-e", "SHOW PROPERTIES")
    values = {p["name"].replace("ksql.streams.", ""): p["value"] for p in json.loads(out)["properties"]}
    expect(values["auto.offset.reset"] == "earliest" and values["commit.interval.ms"] == "200", values)


def fill(weir, folder, *values):
    inserts = "".join(INSERT.format(i, v.replace("'", "''")) for i, v in enumerate(values))
    status, out, err = weir_says(weir, folder, "-e", CREATE + inserts)
    expect(status == 0, out, err)


def select(weir, folder, output, n):
    status, out, err = weir_says(weir, folder, "--output", output, "-e",
                                 EARLIEST + f"SELECT * FROM s EMIT CHANGES LIMIT {n};")
    expect(status == 0 and not err, out, err)
    return out


def rows_are_a_table(weir, folder):
    fill(weir, folder, "alice", "bob")
    lines = [line.rstrip() for line in select(weir, folder, "table", 2).splitlines()]
    expect([line.split() for line in lines] == [["ID", "|", "V"], [lines[1].strip()], ["0", "|", "alice"], ["1", "|", "bob"]], lines)


def rows_are_json_objects_one_a_line(weir, folder):
    fill(weir, folder, "al\"ice", "工地")
    rows = [json.loads(line) for line in select(weir, folder, "json", 2).splitlines()]
    expect(rows == [{"ID": 0, "V": "al\"ice"}, {"ID": 1, "V": "工地"}], rows)


def rows_are_csv_with_a_header(weir, folder):
    values = ["plain", "a,b", "say \"x\"", "two\nlines", ""]
    fill(weir, folder, *values)
    rows = list(csv.reader(io.StringIO(select(weir, folder, "csv", len(values)))))
    expect(rows == [["ID", "V"]] + [[str(i), v] for i, v in enumerate(values)], rows)


def ctrl_c_ends_a_query_with_status_130(weir, folder):
    fill(weir, folder, "alice")
    process = subprocess.Popen([weir, "--data", folder, "-e", EARLIEST + "SELECT * FROM s EMIT CHANGES; SHOW STREAMS;"],
                               stdout=subprocess.PIPE, text=True)
    seen = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    expect(process.wait(PATIENCE) == 130 and "alice" in seen[2] and "Topic" not in rest, seen, rest, process.returncode)


RUN = CREATE + """
CREATE STREAM alarms AS SELECT * FROM s WHERE v LIKE '%ALARM%' EMIT CHANGES;
SELECT * FROM alarms EMIT CHANGES;
"""


def start_run(weir, folder, *paths):
    process = subprocess.Popen([weir, "--data", folder, "--output", "json", "run", *paths], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    expect("weir runs on" in process.stderr.readline(), "it did not say that it runs")
    return process


def stop_run(process, by):
    asked = time.monotonic()
    process.send_signal(by)
    status = process.wait(PATIENCE)
    took = time.monotonic() - asked
    process.stdout.close()
    process.stderr.close()
    expect(status == 0 and took < 10, status, took)


def await_line(stream, wanted, meanwhile):
    """Reads up to a line with `wanted` in it; does `meanwhile` until it is there, as nobody says when a query has begun."""
    reader = threading.Thread(target=lambda: any(wanted in line for line in stream), daemon=True)
    end = time.monotonic() + PATIENCE
    reader.start()
    while reader.is_alive():
        expect(time.monotonic() < end, wanted + " was not shown")
        meanwhile()
        reader.join(1)


def a_script_that_runs_prints_rows_as_they_come_and_can_be_restarted(weir, folder):
    def insert():
        status, out, err = weir_says(weir, folder, "-e", INSERT.format(1, "fine") + INSERT.format(2, "ALARM: no hard hat"))
        expect(status == 0, out, err)

    path = write(folder, "alarms.sql", RUN)
    for by in (signal.SIGTERM, signal.SIGINT):
        process = start_run(weir, folder, path)
        await_line(process.stdout, '"V":"ALARM: no hard hat"', insert)
        expect(process.poll() is None, "it ended")
        stop_run(process, by)


def queries_say_whether_a_server_runs_them(weir, folder):
    status, out, err = weir_says(weir, folder, "-e", CREATE + "CREATE STREAM o AS SELECT * FROM s;")
    expect(status == 0 and "go on with `weir run`" in err, out, err)
    status, out, err = weir_says(weir, folder, "-e", "SHOW QUERIES")
    expect("UNRESPONSIVE" in out and "no server" in err, out, err)
    process = start_run(weir, folder)
    end = time.monotonic() + PATIENCE
    while "RUNNING" not in (shown := weir_says(weir, folder, "-e", "SHOW QUERIES")[1]):
        expect(time.monotonic() < end, shown)
    stop_run(process, signal.SIGTERM)


def a_select_that_others_stand_behind_is_refused_before_anything_runs(weir, folder):
    path = write(folder, "wrong.sql", RUN + "SHOW STREAMS;")
    status, out, err = weir_says(weir, folder, "run", path)
    expect(status == 1 and "wrong.sql, line 3:1: " in err and not out, out, err)
    status, out, err = weir_says(weir, folder, "-e", "SHOW STREAMS")
    expect(" S " not in out, out)
    last = write(folder, "last.sql", CREATE)
    status, out, err = weir_says(weir, folder, "run", write(folder, "first.sql", RUN), last)
    expect(status == 1 and "first.sql" in err, err)


SCRIPT = CREATE + """

CREATE STREAM fine AS SELECT * FROM s WHERE v = 'fine';
--@ send s key=1 {"V": "fine"}
--@ expect FINE key=1 {"V": "fine"}
"""


def scripts_are_tested(weir, folder):
    write(folder, "a.test", SCRIPT)
    write(folder, "b.test", SCRIPT + '--@ send s key=2 {"V": "fine"}\n--@ expect FINE key=2 {"V": "bad"}\n')
    write(folder, "c.test", SCRIPT + "\nDROP\n  STREAM nowhere;\n")
    write(folder, "d.test", SCRIPT + "\n--@ xpect FINE\n")
    write(folder, "e.test", SCRIPT + "\n--@ send\n")
    status, out, err = weir_says(weir, folder, "test", os.path.join(folder, "a.test"))
    expect(status == 0 and out == "1 passed, 0 failed\n" and not err, status, out, err)
    status, out, err = weir_says(weir, folder, "test", folder)
    expect(status == 1 and out.endswith("1 passed, 4 failed\n"), status, out, err)
    expect('b.test:7\n  expected  key=2 {"V": "bad"}\n  came      key=2 {"V":"fine"}' in out, out)
    expect("c.test:7\nline 8:10: " in out, out)
    expect("line 7:1: there is no such directive" in out and "did you mean --@ expect?" in out, out)
    expect("--@ send TOPIC RECORD" in out, out)


def datagen_writes_what_a_stream_reads(weir, folder):
    status, out, err = weir_says(weir, folder, "datagen", "ppe", "topic=video", "count=300", "seed=1", "partitions=2")
    expect(status == 0 and "300 events written to video" in err, out, err)
    sql = ("CREATE STREAM video (camera_id STRING KEY, start_time STRING, end_time STRING, previous_status STRING, workers INT) "
           "WITH (KAFKA_TOPIC='video', VALUE_FORMAT='JSON');" + EARLIEST +
           "SELECT * FROM video WHERE previous_status LIKE '%ALARM%' EMIT CHANGES LIMIT 10;")
    status, out, err = weir_says(weir, folder, "--output", "json", "-q", "-e", sql)
    rows = [json.loads(line) for line in out.splitlines()][-10:]
    expect(status == 0 and all(row["CAMERA_ID"].startswith("CAM-") for row in rows), out, err)
    expect(all(row["PREVIOUS_STATUS"].startswith("ALARM: ") and row["WORKERS"] >= 0 for row in rows), rows)


def datagen_without_an_end_says_what_it_does(weir, folder):
    process = subprocess.Popen([weir, "--data", folder, "datagen", "users", "rate=50"], stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    process.stderr.close()
    expect("50 events a second go to the topic users in " + folder in line and "written to users" in rest, line, rest)
    expect(process.wait(PATIENCE) == 0, "it was not ended well")


def datagen_prints_the_same_for_the_same_seed(weir, folder):
    words = ["datagen", "users", "count=20", "seed=5", "--start", "2024-05-01T07:00:00", "--print"]
    first, second = weir_says(weir, folder, *words), weir_says(weir, folder, *words)
    expect(first == second and first[0] == 0 and len(first[1].splitlines()) == 20, first, second)


def a_reader_that_goes_away_ends_it(weir, folder):
    fill(weir, folder, "alice")
    query = ["-o", "auto.offset.reset=earliest", "-e", "SELECT * FROM s EMIT CHANGES"]
    for words in (["datagen", "users", "rate=0.001", "--print"], ["--output", "csv", *query], query):
        process = subprocess.Popen([weir, "--data", folder, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        process.wait(PATIENCE)
        expect(process.stderr.read() == b"", words)
        process.stderr.close()


def a_full_disk_is_told(weir, folder):
    with open("/dev/full", "w") as full:
        done = subprocess.run([weir, "--data", folder, "-e", "SHOW STREAMS"], stdout=full, stderr=subprocess.PIPE, text=True)
    expect(done.returncode == 1 and done.stderr == "cannot write the output: No space left on device\n", done)


def lists_are_csv_with_names_of_their_own(weir, folder):
    status, out, err = weir_says(weir, folder, "--output", "csv", "-e", CREATE, "-e", "SHOW TOPICS; SHOW STREAMS")
    lines = out.splitlines()
    expect(lines == ["topic,partitions,replicas", "s,1,1", "stream,topic,key_format,value_format,windowed", "S,s,KAFKA,JSON,false"], out)


TESTS = [
    statements_of_the_command_line_end_with_status_0,
    a_statement_that_fails_gives_status_1_and_stops_the_rest,
    a_wrong_command_line_gives_status_2,
    an_unknown_setting_is_refused_with_the_nearest_name,
    help_and_version_are_answers,
    an_error_in_a_file_has_its_line_in_the_file,
    an_error_in_a_statement_with_variables_has_its_line_too,
    statements_come_from_a_pipe,
    an_error_in_a_pipe_has_its_line_in_the_input,
    a_string_that_a_pipe_leaves_open_is_an_error,
    a_statement_of_many_lines_comes_through_a_pipe_in_time,
    control_characters_of_a_message_are_not_shown,
    variables_are_defined_from_outside,
    a_statement_keeps_its_meaning_under_other_settings,
    settings_come_from_a_file_and_the_command_line,
    rows_are_a_table,
    rows_are_json_objects_one_a_line,
    rows_are_csv_with_a_header,
    ctrl_c_ends_a_query_with_status_130,
    a_script_that_runs_prints_rows_as_they_come_and_can_be_restarted,
    queries_say_whether_a_server_runs_them,
    a_select_that_others_stand_behind_is_refused_before_anything_runs,
    scripts_are_tested,
    datagen_writes_what_a_stream_reads,
    datagen_without_an_end_says_what_it_does,
    datagen_prints_the_same_for_the_same_seed,
    a_reader_that_goes_away_ends_it,
    a_full_disk_is_told,
    lists_are_csv_with_names_of_their_own,
]

if __name__ == "__main__":
    sys.exit(run(TESTS))
