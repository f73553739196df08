// SPDX-License-Identifier: MIT
// Events as text and JSON, and the picture that is drawn of them.
#include "tests/host/tools/fake.h"

#include <errno.h>
#include <stdio.h>

static void add_event(uint64_t gpa, uint16_t rule, uint8_t action)
{
	fake.events[fake.event_count] = (struct tessera_event){
		.tsc = 1000 + fake.event_count,
		.gpa = gpa,
		.gva = gpa | 0xffff888000000000,
		.rip = 0xffffffff81000000,
		.before = 0x11,
		.after = 0x22,
		.sequence = fake.event_count + 1,
		.cr3_page = 0x12345,
		.rule = rule,
		.cpu = 1,
		.action = action,
		.size = 8,
		.info = TESSERA_EVENT_DELIVERY,
	};
	fake.event_count++;
}

static void events_are_lines(void **state)
{
	(void)state;
	assert_string_equal(succeeds("events")->out, "");
	add_event(0x5000, 0, TESSERA_ACTION_DENY);
	add_event(0x6080, 2, TESSERA_ACTION_AUDIT);
	assert_string_equal(succeeds("events")->out,
			    "1 deny gpa 0x5000 gva 0xffff888000005000 rip 0xffffffff81000000 "
			    "cpl 0 cpu 1 rule deny\n"
			    "2 audit gpa 0x6080 gva 0xffff888000006080 rip 0xffffffff81000000 "
			    "cpl 0 cpu 1 rule 2 0x0000000000000011 -> 0x0000000000000022\n");
	assert_string_equal(succeeds("events --new")->out, "");
}

static void events_are_json(void **state)
{
	(void)state;
	add_event(0x6080, 2, TESSERA_ACTION_AUDIT);
	assert_string_equal(succeeds("events --json")->out,
			    "{\"sequence\": 1, \"action\": \"audit\", \"rule\": 2, \"rule_name\": "
			    "\"\", \"cpu\": 1, \"cpl\": 0, "
			    "\"delivery\": true, \"tsc\": 1000, \"gpa\": \"0x6080\", "
			    "\"gva\": \"0xffff888000006080\", \"rip\": \"0xffffffff81000000\", "
			    "\"cr3\": \"0x12345000\", \"size\": 8, \"before\": \"0x11\", "
			    "\"after\": \"0x22\"}\n");
	fake.events[0].action = TESSERA_ACTION_DENY;
	assert_null(strstr(succeeds("events --json")->out, "before"));
}

// The symbols of the address and of the instruction, also of a module; user space has none.
static void events_name_symbols(void **state)
{
	(void)state;
	fake_text("/proc/kallsyms", "0000000000005000 A percpu\n"
				    "ffffffff81000000 T _text\n"
				    "ffffffff81000008 T writer\n"
				    "ffffffff81000008 T writer_alias\n"
				    "ffffffff81000100 T end\n"
				    "ffffffffc0000010 d table\t[mod]\n"
				    "ffffffffc0000050 d more\t[mod]\n"
				    "ffffffffc0100000 d beyond\t[mod2]");
	add_event(0x6080, 0, TESSERA_ACTION_DENY);
	fake.events[0].gva = 0xffffffffc0000018;
	fake.events[0].rip = 0xffffffff8100000c;
	assert_says(
		succeeds("events")->out,
		"gva 0xffffffffc0000018 <table+0x8 [mod]> rip 0xffffffff8100000c <writer+0x4> ");
	assert_says(succeeds("events --json")->out, "\"gva_symbol\": \"table+0x8 [mod]\", ");
	assert_says(succeeds("events --json")->out, "\"rip_symbol\": \"writer+0x4\", ");
	assert_null(strchr(succeeds("events --numeric")->out, '<'));
	assert_says(succeeds("events --numeric")->out, " rule 0\n");
	assert_null(strstr(succeeds("events --numeric --json")->out, "symbol"));
	fake.events[0].gva = 0x5000;             // user space
	fake.events[0].rip = 0xffff888000005000; // below the kernel's image
	assert_null(strchr(succeeds("events")->out, '<'));
	fake.events[0].gva = 0xffffffffc0003000; // far beyond the last symbol of mod
	fake.events[0].rip = 0xffffffffc0100000;
	assert_says(succeeds("events")->out,
		    "gva 0xffffffffc0003000 rip 0xffffffffc0100000 <beyond "
		    "[mod2]> ");
}

static void lost_events_are_told(void **state)
{
	(void)state;
	fake.stream = (struct tessera_events){ .missed = 3, .dropped = 4 };
	const struct outcome *o = run_tool("events");

	assert_int_equal(o->status, DONE);
	assert_says(o->err, "3 events were missed: overwritten before they were read; 4 were "
			    "dropped");
}

static void errors_end_the_stream(void **state)
{
	(void)state;
	fake.read_error = EBUSY;
	fails("events", REFUSED, "in use");
	fake.read_error = 0;
	fails("events --follow", REFUSED, "events: "); // this device cannot wait
}

static unsigned int count_parts(const char *text, const char *part)
{
	unsigned int n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

static void writes_to_the_new_guard(const struct tessera_guard *g)
{
	add_event(g->start, (uint16_t)g->rule, TESSERA_ACTION_AUDIT);
	for (int i = 0; i < 10; i++)
		add_event(g->start + 130, (uint16_t)g->rule, TESSERA_ACTION_AUDIT);
	add_event(g->start + 130, (uint16_t)(g->rule + 1), TESSERA_ACTION_AUDIT); // another's
	add_event(g->start + 0x5000, (uint16_t)g->rule, TESSERA_ACTION_AUDIT); // beside the place
}

static void heat_draws_tiles(void **state)
{
	char words[600];

	(void)state;
	fake_text("/out/x", "");
	fake.on_guard = writes_to_the_new_guard;
	fake.stream.missed = 6;
	snprintf(words, sizeof(words), "heat --phys 0x10f80 --len 0x1081 --for 0 --out %s",
		 fake_path("/out/heat.svg"));
	assert_says(succeeds(words)->out,
		    ": 3 pages, 11 writes; 6 events were missed or dropped\n");

	const char *svg = fake_read("/out/heat.svg");

	assert_int_equal(count_parts(svg, "<rect"), 1 + 34 + 5);
	assert_int_equal(count_parts(svg, "<title>0x"), 34);
	assert_says(svg, "#fee391\"><title>0x10f80: 1 writes</title>");
	assert_says(svg, "#fe9929\"><title>0x11000: 10 writes</title>");
	assert_says(svg, "#e9ecef\"><title>0x11080: 0 writes</title>");
	assert_says(svg, "<title>0x12000: 0 writes</title>");
	assert_says(svg, "11 writes, 6 missed;");
	assert_int_equal(fake.guard_count, 0);
	assert_int_equal(fake.rule_count, 2);
}

static void heat_names_what_it_cannot_draw(void **state)
{
	char words[600];

	(void)state;
	fails("heat --phys 0 --len 1", USAGE, "give the file for the picture");
	fails("heat --out x", USAGE, "name exactly one target");
	fake_text("/out/x", "");
	snprintf(words, sizeof(words), "heat --phys 0 --len 5M --for 0 --out %s",
		 fake_path("/out/heat.svg"));
	fails(words, REFUSED, "more than 1024 pages");
	assert_false(fake_exists("/out/heat.svg"));
	assert_int_equal(fake.guard_count, 0);
	assert_int_equal(fake.rule_count, 2);
	fails("heat --phys 0 --len 1 --for 0 --out /no/where", REFUSED, "No such file");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(events_are_lines),
		TEST(events_are_json),
		TEST(events_name_symbols),
		TEST(lost_events_are_told),
		TEST(errors_end_the_stream),
		TEST(heat_draws_tiles),
		TEST(heat_names_what_it_cannot_draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
