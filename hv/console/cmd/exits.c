// SPDX-License-Identifier: MIT
// Commands that count VM exits: exits, and top, which shows their rates.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/core/event.h"
#include "hv/lib/string.h"
#include "vmx/exit/timing.h"

// Exits of one reason on the CPUs [first, end), since the last reset.
static struct exit_times count_exits(const struct vm *vm, u32 reason, u64 first, u64 end)
{
	struct exit_times sum = { .least = UINT64_MAX };
	u64 timed = 0;

	for (u64 i = first; i < end; i++) {
		const struct cpu *c = vm->cpu[i];
		const struct exit_times *t = c->timing.book ? &c->timing.book->times[reason] : NULL;

		sum.count +=
			c->exits[reason] - (c->timing.book ? c->timing.book->before[reason] : 0);
		if (!t || !t->count)
			continue;
		timed += t->count;
		sum.sum += t->sum;
		sum.least = MIN(sum.least, t->least);
		sum.most = MAX(sum.most, t->most);
	}
	if (timed)
		sum.sum /= timed; // now the mean
	return sum;
}

static void print_exits(struct shell *s, u64 first, u64 end)
{
	u32 reason = (u32)shell_position(s);

	if (reason == 0)
		shell_print(s, "%-25s %14s %9s %9s %9s\n", "reason", "count", "min", "mean",
			    "max ticks");
	for (; reason < REASON_COUNT && shell_room(s); reason++) {
		struct exit_times t = count_exits(console_vm(), reason, first, end);

		if (t.count && t.most)
			shell_print(s, "%2u %-22s %14lu %9lu %9lu %9lu\n", reason,
				    exit_reason_name(reason), t.count, t.least, t.sum, t.most);
		else if (t.count)
			shell_print(s, "%2u %-22s %14lu\n", reason, exit_reason_name(reason),
				    t.count);
	}
	if (reason < REASON_COUNT)
		shell_again(s, reason);
}

// Every CPU gets its book before the first exit is timed.
static bool reset_exit_counts(struct shell *s)
{
	int error = timing_reset(console_vm());

	shell_result(s, error);
	return !error;
}

static void set_timing(struct shell *s, const char *word)
{
	struct vm *vm = console_vm();
	s32 on = shell_word_index(on_off, word);

	if (on < 0)
		shell_usage(s);
	else if (!on || reset_exit_counts(s))
		timing_set(vm, on);
}

void command_exits(struct shell *s, u32 argc, const char **argv)
{
	const struct cpu *c;

	if (!argc) {
		print_exits(s, 0, console_vm()->cpus);
	} else if (strcmp(argv[0], "reset") == 0 && argc == 1) {
		reset_exit_counts(s);
	} else if (strcmp(argv[0], "timing") == 0) {
		if (argc == 2)
			set_timing(s, argv[1]);
		else
			shell_print(s, "timing is %s\n", timing_is_on(console_vm()) ? "on" : "off");
	} else if (argc > 1) {
		shell_usage(s);
	} else {
		c = read_cpu(s, argv[0]);
		if (c)
			print_exits(s, c->number, c->number + 1);
	}
}

bool complete_exits(u32 arg, u32 index, char *text, u32 size)
{
	return arg < 2 && shell_word(arg ? on_off : "reset timing", index, text, size);
}

// A screen of top: a title, so many CPUs and so many reasons.
#define TOP_CPUS    8
#define TOP_REASONS 11

#define HOME        "\x1b[H"
#define CLEAR       "\x1b[2J"
#define TO_END      "\x1b[K"
#define BELOW       "\x1b[J"

// The counts at the last screen.
static struct {
	u64 time;
	u64 exits[REASON_COUNT];
	u64 cpu[TOP_CPUS];
	u32 events;
} before;

// Returns the growth per second from *then to `now`, and stores `now` in *then.
static u64 rate_per_second(const struct shell *s, u64 now, u64 *then, u64 ticks)
{
	u64 more = now - *then;

	*then = now;
	return ticks ? more * s->tsc_hz / ticks : 0;
}

static u64 sum_exits(const struct vm *vm, u32 reason)
{
	u64 sum = 0;

	for (u32 i = 0; i < vm->cpus; i++)
		sum += vm->cpu[i]->exits[reason];
	return sum;
}

static void print_top_cpus(struct shell *s, const struct vm *vm, u64 ticks)
{
	for (u32 i = 0; i < vm->cpus && i < TOP_CPUS; i++) {
		const struct cpu *c = vm->cpu[i];

		shell_print(s, "cpu %-3u %-8s %10lu exits/s" TO_END "\n", i, cpu_state_name(c),
			    rate_per_second(s, c->exits_total, &before.cpu[i], ticks));
	}
}

// Reasons with most exits first, without those that had no exit.
static void print_top_reasons(struct shell *s, const struct vm *vm, u64 ticks)
{
	u64 rates[REASON_COUNT];

	for (u32 i = 0; i < REASON_COUNT; i++)
		rates[i] = rate_per_second(s, sum_exits(vm, i), &before.exits[i], ticks);
	for (u32 row = 0; row < TOP_REASONS; row++) {
		u32 best = 0;

		for (u32 i = 1; i < REASON_COUNT; i++)
			best = rates[i] > rates[best] ? i : best;
		if (!rates[best])
			break;
		shell_print(s, "%2u %-22s %10lu" TO_END "\n", best, exit_reason_name(best),
			    rates[best]);
		rates[best] = 0;
	}
}

void command_top(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	u64 now = __builtin_ia32_rdtsc();
	bool first = shell_position(s) == 0;
	u64 ticks = first ? 0 : now - before.time;
	u32 events = events_last() - before.events;

	(void)argc;
	(void)argv;
	if (!first && shell_key(s))
		return;
	shell_print(s, "%sTessera: %u CPUs, %lu writes blocked, %lu events/s" TO_END "\n",
		    first ? CLEAR HOME : HOME, vm->cpus, vm_blocked(vm),
		    ticks ? events * s->tsc_hz / ticks : 0);
	print_top_cpus(s, vm, ticks);
	print_top_reasons(s, vm, ticks);
	shell_print(s, "(press any key to end)" TO_END BELOW "\n");
	before.time = now;
	before.events = events_last();
	shell_again_later(s, 1, s->tsc_hz);
}
