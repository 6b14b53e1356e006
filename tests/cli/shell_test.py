"""shell_test.py WEIR - the shell as a person sees it, on a terminal. Names of tests are sentences."""
import os
import signal
import stat
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from runner import run  # noqa: E402
from terminal import Terminal  # noqa: E402

PROMPT = "weir> "
MORE = "    > "
UP = "\x1b[A"
CTRL_C, CTRL_D = "\x03", "\x04"
CREATE = "CREATE STREAM cameras (id STRING KEY, status STRING) WITH (KAFKA_TOPIC='cameras', VALUE_FORMAT='JSON', PARTITIONS=1);"


class Shell(Terminal):
    def __init__(self, weir, folder, *options, **more):
        super().__init__([weir, "--data", folder, *options], **more)
        self.expect(PROMPT)

    def say(self, line):
        """Types a line and returns what is shown until the next prompt."""
        self.type(line + "\n")
        self.expect("\n")
        return self.expect(PROMPT)


def it_greets_and_leaves(weir, folder):
    shell = Terminal([weir, "--data", folder])
    assert "weir 0" in shell.expect(PROMPT)
    shell.type("\\q\n")
    assert shell.status() == 0


def ctrl_d_leaves(weir, folder):
    shell = Shell(weir, folder)
    shell.type(CTRL_D)
    assert shell.status() == 0


def a_statement_may_have_many_lines_and_is_one_entry_of_the_history(weir, folder):
    shell = Shell(weir, folder)
    shell.type("SHOW\n")
    shell.expect(MORE)
    shell.type("STREAMS;\n")
    shell.expect("Key format")
    shell.expect(PROMPT)
    shell.type(UP)
    shell.expect("STREAMS;")
    shell.type("\n")
    shell.expect("Key format")
    shell.expect(PROMPT)
    shell.type("\\q\n")
    shell.status()
    path = os.path.join(folder, "history")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with open(path) as file:
        assert file.read() == "SHOW\\nSTREAMS;\n\\\\q\n"


def the_history_is_there_in_the_next_shell(weir, folder):
    first = Shell(weir, folder)
    first.say("SHOW TABLES;")
    first.type(CTRL_D)
    first.status()
    shell = Shell(weir, folder)
    shell.type(UP)
    shell.expect("SHOW TABLES;")
    shell.end()


def a_semicolon_inside_a_string_does_not_end_a_statement(weir, folder):
    shell = Shell(weir, folder)
    shell.type("DEFINE a = 'x;\n")
    shell.expect(MORE)
    shell.type("y';\n")
    shell.expect(PROMPT)
    shell.end()


def tab_completes_keywords_as_they_were_begun(weir, folder):
    shell = Shell(weir, folder)
    shell.type("desc\t")
    shell.expect("describe ")
    shell.type(CTRL_C)
    shell.expect(PROMPT)
    shell.type("SHOW STREA\t\t")
    shell.expect("STREAMS")
    shell.end()


def tab_completes_names_of_streams(weir, folder):
    shell = Shell(weir, folder)
    shell.say(CREATE.replace("cameras", "video_analysis"))
    shell.type("SELECT * FROM VIDEO_AN\t")
    shell.expect("VIDEO_ANALYSIS")
    shell.end()


def tab_completes_topics_and_settings_in_their_quotes(weir, folder):
    shell = Shell(weir, folder)
    shell.say(CREATE)
    shell.type("PRINT 'cam\t")
    shell.expect("PRINT 'cameras' ")
    shell.type(CTRL_C)
    shell.expect(PROMPT)
    shell.type("set 'auto\t")
    shell.expect("set 'auto.offset.reset' ")
    shell.end()


def ctrl_c_drops_what_was_typed(weir, folder):
    shell = Shell(weir, folder)
    shell.type("SELECT something\n")
    shell.expect(MORE)
    shell.type("else")
    shell.expect("else")
    shell.type(CTRL_C)
    assert shell.expect("^C") == "", "what was typed is shown twice"
    shell.expect(PROMPT)
    assert "Key format" in shell.say("SHOW STREAMS;")
    shell.end()


def ctrl_c_stops_a_query_and_the_shell_goes_on(weir, folder):
    shell = Shell(weir, folder)
    shell.say(CREATE)
    shell.type("SELECT * FROM cameras EMIT CHANGES;\n")
    shell.expect("STATUS")
    shell.type(CTRL_C)
    shell.expect("Query terminated")
    shell.expect(PROMPT)
    assert "Key format" in shell.say("SHOW STREAMS;")
    shell.type("\\q\n")
    assert shell.status() == 0


def a_query_without_rows_says_that_it_waits(weir, folder):
    shell = Shell(weir, folder)
    shell.say(CREATE)
    shell.type("SELECT * FROM cameras EMIT CHANGES;\n")
    shell.expect("STATUS")
    shell.expect("'auto.offset.reset' = 'earliest'")
    shell.type(CTRL_C)
    shell.expect("(0 rows)")
    shell.end()


def ctrl_c_stops_print(weir, folder):
    shell = Shell(weir, folder)
    shell.say(CREATE)
    shell.say("INSERT INTO cameras VALUES ('c1', 'fine');")
    shell.type("PRINT 'cameras' FROM BEGINNING;\n")
    shell.expect("fine")
    shell.type(CTRL_C)
    shell.expect(PROMPT)
    assert "Key format" in shell.say("SHOW STREAMS;")
    shell.end()


def a_table_follows_the_width_of_the_terminal(weir, folder):
    shell = Shell(weir, folder, columns=60)
    shell.say(CREATE)
    shell.say("INSERT INTO cameras VALUES ('c1', 'a person without a hard hat stands behind the excavator');")
    shell.say("SET 'auto.offset.reset' = 'earliest';")
    shown = shell.say("SELECT id, status, status AS again FROM cameras EMIT CHANGES LIMIT 1;")
    assert max(len(line) for line in shown.splitlines()) <= 60, shown
    assert " c1 " in shown and "excavator" in shown.split("\n", 2)[2], shown
    shell.resize(20)
    shown = shell.say("SELECT id, status, status AS again FROM cameras EMIT CHANGES LIMIT 1;")
    assert "--- row 1" in shown, shown
    shell.end()


def a_line_survives_another_size_of_the_terminal(weir, folder):
    shell = Shell(weir, folder)
    shell.type("SHOW ST")
    shell.expect("SHOW ST")
    shell.resize(50)
    shell.expect("weir> SHOW ST")
    assert b"\r\x1b[J" in shell.bytes, "the line was not cleared before it was drawn again"
    shell.type("REAMS;\n")
    shell.expect("Windowed")
    shell.expect(PROMPT)
    shell.end()


def a_request_to_end_ends_it(weir, folder):
    shell = Shell(weir, folder)
    os.kill(shell.process, signal.SIGTERM)
    assert shell.status() == 0


def an_error_shows_its_place_in_red_and_the_shell_goes_on(weir, folder):
    shell = Shell(weir, folder, environment={"TERM": "xterm"})
    shown = shell.say("DROP STREAM nowhere;")
    assert "line 1:13: " in shown and "^~~" in shown, shown
    assert b"\x1b[31m" in shell.bytes
    assert "Key format" in shell.say("SHOW STREAMS;")
    shell.end()


def a_command_that_is_not_there_is_refused_at_once(weir, folder):
    shell = Shell(weir, folder)
    assert "did you mean \\timing?" in shell.say("\\timin")
    assert "no command '.tables'" in shell.say(".tables")
    assert "no command '\\dx'" in shell.say("\\dx")
    shell.end()


def a_backslash_command_may_stand_between_the_lines_of_a_statement(weir, folder):
    shell = Shell(weir, folder)
    shell.type("SHOW\n\\ds\n")
    shell.expect("Key format")
    shell.expect(MORE)
    shell.type("quit\n")
    shell.expect("Ctrl-C drops it")
    shell.type(CTRL_C)
    shell.expect(PROMPT)
    shell.type("DEFINE a = '\n\\ds\n")
    shell.expect("ds\n    > ")
    shell.type("';\n")
    assert "Key format" not in shell.expect(PROMPT)
    shell.type("SHOW\n\\q\n")
    assert shell.status() == 0


def help_lists_commands_and_topics(weir, folder):
    shell = Shell(weir, folder)
    assert "\\timing" in shell.say("help")
    assert "create stream as" in shell.say("\\h topics")
    assert "TUMBLING" in shell.say("HELP window;")
    assert "did you mean window?" in shell.say("help windou")
    shell.end()


def output_and_display_can_be_changed(weir, folder):
    shell = Shell(weir, folder)
    assert "Output is json" in shell.say("output JSON;")
    assert '"@type":"streams"' in shell.say("SHOW STREAMS;")
    assert "table, json or csv" in shell.say("\\o xml")
    assert "Output is table" in shell.say("\\o tabular")
    assert "on" in shell.say("\\x")
    assert "Timing is on" in shell.say("\\timing on")
    assert "Time: " in shell.say("SHOW TABLES;")
    shell.end()


def a_file_is_run_and_a_session_is_spooled(weir, folder):
    shell = Shell(weir, folder)
    script, copy = os.path.join(folder, "script.sql"), os.path.join(folder, "copy.txt")
    with open(script, "w") as file:
        file.write("-- what there is\nSHOW STREAMS;\nDROP STREAM nowhere;\nSHOW TABLES;\n")
    shell.say("spool " + copy)
    shown = shell.say("\\i " + script)
    assert "Key format" in shown and "script.sql, line 3:13: " in shown, shown
    shell.say("spool off")
    shell.say("SHOW TABLES;")
    shell.end()
    with open(copy) as file:
        spooled = file.read()
    assert "\\i " in spooled and "Key format" in spooled and "SHOW TABLES" not in spooled


def text_is_utf8_in_any_locale(weir, folder):
    shell = Shell(weir, folder, environment={"LC_ALL": "C"})
    shell.type("help 工地ü\n")
    shell.expect("there is no help on '工地ü'")
    shell.end()


TESTS = [
    it_greets_and_leaves,
    ctrl_d_leaves,
    a_statement_may_have_many_lines_and_is_one_entry_of_the_history,
    the_history_is_there_in_the_next_shell,
    a_semicolon_inside_a_string_does_not_end_a_statement,
    tab_completes_keywords_as_they_were_begun,
    tab_completes_names_of_streams,
    tab_completes_topics_and_settings_in_their_quotes,
    ctrl_c_drops_what_was_typed,
    ctrl_c_stops_a_query_and_the_shell_goes_on,
    a_query_without_rows_says_that_it_waits,
    ctrl_c_stops_print,
    a_table_follows_the_width_of_the_terminal,
    a_line_survives_another_size_of_the_terminal,
    a_request_to_end_ends_it,
    an_error_shows_its_place_in_red_and_the_shell_goes_on,
    a_command_that_is_not_there_is_refused_at_once,
    a_backslash_command_may_stand_between_the_lines_of_a_statement,
    help_lists_commands_and_topics,
    output_and_display_can_be_changed,
    a_file_is_run_and_a_session_is_spooled,
    text_is_utf8_in_any_locale,
]

if __name__ == "__main__":
    sys.exit(run(TESTS))
