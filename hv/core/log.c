// SPDX-License-Identifier: MIT
// The log ring. A writer composes its line on the stack first, so that it holds the slot that it
// then claims only while 128 bytes are copied. No CPU waits for a writer: a line is dropped if its
// slot is still held by a writer that the ring has overtaken.
//
// The memory has two banks. The bank that was written before a warm reset is kept and can be read;
// the new log goes into the other bank.
#include "hv/core/log.h"

#include "hv/core/cpu.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

#define BANKS       2
#define BANK_MAGIC  0x31474f4c53534554ULL // "TESSLOG1"

#define WRITTEN_MAX BIT(48) // no log gets that long; corrupt memory may say so

// struct tessera_log_line.ready
#define SLOT_EMPTY   0
#define SLOT_READY   1
#define SLOT_WRITING 2

// A writer holds a slot for less than 100 ns, unless an SMI or NMI interrupts it. The
// reader waits many times as long and then skips the line.
#define PATIENCE 1000

struct bank {
	u64 magic;
	u64 generation; // the larger one is the newer bank
	u64 slots;      // a power of two
	u64 check;      // of the three above, against memory that was partly lost
	u64 written;    // lines claimed so far; the next one's sequence is one more
	u64 reserved[11];
	struct tessera_log_line line[];
};

_Static_assert(sizeof(struct tessera_log_line) % sizeof(u64) == 0, "lines are copied by words");
_Static_assert(sizeof(struct bank) == 128, "the slots are aligned like the lines");

typedef u64 __attribute__((may_alias)) word;

static struct bank *current;
static struct bank *previous;
static u32 current_level;

static u64 check_of(const struct bank *b)
{
	return ~(b->magic ^ (b->generation << 20) ^ (b->slots << 40));
}

static bool bank_is_intact(const struct bank *b, u64 slots)
{
	return b->magic == BANK_MAGIC && b->slots == slots && b->check == check_of(b) &&
	       b->written < WRITTEN_MAX;
}

static struct bank *newest_bank(struct bank *a, struct bank *b, u64 slots)
{
	bool have_a = bank_is_intact(a, slots);
	bool have_b = bank_is_intact(b, slots);

	if (have_a && have_b)
		return a->generation > b->generation ? a : b;
	return have_a ? a : have_b ? b : NULL;
}

static u64 slots_that_fit(u64 bytes)
{
	u64 slots = 1;

	if (bytes < sizeof(struct bank) + sizeof(struct tessera_log_line))
		return 0;
	while (sizeof(struct bank) + 2 * slots * sizeof(struct tessera_log_line) <= bytes)
		slots *= 2;
	return slots;
}

void log_init(void *memory, u64 bytes, enum log_level level)
{
	u64 slots = slots_that_fit(bytes / BANKS);
	struct bank *first = memory;
	struct bank *second;

	current_level = level;
	current = previous = NULL;
	if (!slots)
		return;
	second = (struct bank *)&first->line[slots];
	previous = newest_bank(first, second, slots);
	current = previous == first ? second : first;

	memset(current, 0, sizeof(*current) + slots * sizeof(struct tessera_log_line));
	current->slots = slots;
	current->generation = previous ? previous->generation + 1 : 1;
	current->magic = BANK_MAGIC;
	current->check = check_of(current);
}

void log_set_level(enum log_level level)
{
	__atomic_store_n(&current_level, level, __ATOMIC_RELAXED);
}

enum log_level log_get_level(void)
{
	return __atomic_load_n(&current_level, __ATOMIC_RELAXED);
}

static struct tessera_log_line *log_slot(struct bank *b, u64 sequence)
{
	return &b->line[(sequence - 1) & (b->slots - 1)];
}

// Replaces control characters: lines contain names and texts from the guest, which must not control
// the operator's terminal.
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

// Claims the slot for line `sequence`. False if a later line has the slot already.
static bool claim_slot(struct tessera_log_line *slot, u64 sequence)
{
	u8 ready = __atomic_load_n(&slot->ready, __ATOMIC_RELAXED);

	do {
		if (ready == SLOT_WRITING)
			return false;
	} while (!__atomic_compare_exchange_n(&slot->ready, &ready, SLOT_WRITING, false,
					      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));

	if (__atomic_load_n(&slot->sequence, __ATOMIC_RELAXED) < sequence)
		return true;
	__atomic_store_n(&slot->ready, SLOT_READY, __ATOMIC_RELEASE);
	return false;
}

// Copies by atomic words. A reader may copy at the same time; it detects that.
static void copy_words(struct tessera_log_line *to, const struct tessera_log_line *from)
{
	word *d = (word *)to;
	const word *s = (const word *)from;

	for (u32 i = 0; i < sizeof(*to) / sizeof(word); i++)
		__atomic_store_n(&d[i], __atomic_load_n(&s[i], __ATOMIC_RELAXED), __ATOMIC_RELAXED);
}

static void publish_line(struct tessera_log_line *line)
{
	struct tessera_log_line *slot;

	line->sequence = __atomic_add_fetch(&current->written, 1, __ATOMIC_RELAXED);
	line->ready = SLOT_WRITING;
	slot = log_slot(current, line->sequence);
	if (!claim_slot(slot, line->sequence))
		return;
	__atomic_store_n(&slot->sequence, line->sequence, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	copy_words(slot, line);
	__atomic_store_n(&slot->ready, SLOT_READY, __ATOMIC_RELEASE);
}

void log_write(enum log_level level, const char *format, ...)
{
	struct tessera_log_line line = { .level = (u8)level };
	va_list list;

	if (!current || level > log_get_level())
		return;
	va_start(list, format);
	format_list(line.text, sizeof(line.text), format, list);
	va_end(list);
	make_printable(line.text);
	line.tsc = __builtin_ia32_rdtsc();
	line.cpu = (u16)cpu_number();
	publish_line(&line);
}

// Copies the slot if it holds exactly this line, complete. A writer marks the slot, then sets the
// new sequence, then the content. The reader therefore reads the sequence before the mark
// (otherwise it could combine the old line's mark with the new line's sequence), and again after
// the content.
static bool copy_line(struct bank *b, u64 sequence, struct tessera_log_line *line)
{
	struct tessera_log_line *slot = log_slot(b, sequence);

	if (__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) != sequence ||
	    __atomic_load_n(&slot->ready, __ATOMIC_ACQUIRE) != SLOT_READY)
		return false;
	copy_words(line, slot);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	line->ready = SLOT_READY; // a late writer may have changed the mark meanwhile
	return __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED) == sequence;
}

static bool copy_line_patiently(struct bank *b, u64 sequence, struct tessera_log_line *line)
{
	for (u32 tries = 0; tries < PATIENCE; tries++) {
		if (copy_line(b, sequence, line))
			return true;
		if (__atomic_load_n(&log_slot(b, sequence)->sequence, __ATOMIC_RELAXED) > sequence)
			return false;
		__builtin_ia32_pause();
	}
	return false;
}

static u64 oldest_of(const struct bank *b, u64 written)
{
	return written > b->slots ? written - b->slots + 1 : 1;
}

bool log_read(u64 from, struct tessera_log_line *line)
{
	u64 written;

	if (!current)
		return false;
	written = __atomic_load_n(&current->written, __ATOMIC_ACQUIRE);
	for (from = MAX(from, oldest_of(current, written)); from <= written; from++)
		if (copy_line_patiently(current, from, line))
			return true;
	return false;
}

u64 log_written(void)
{
	return current ? __atomic_load_n(&current->written, __ATOMIC_RELAXED) : 0;
}

// Memory may have lost bits during a reset: a line is accepted only if all its fields are valid.
static bool line_is_plausible(const struct tessera_log_line *line)
{
	return line->level < LOG_LEVEL_COUNT && line->cpu < BOOT_CPUS_MAX &&
	       line->text[LOG_TEXT_SIZE - 1] == 0;
}

bool log_previous(u64 from, struct tessera_log_line *line)
{
	if (!previous)
		return false;
	for (from = MAX(from, oldest_of(previous, previous->written)); from <= previous->written;
	     from++) {
		if (copy_line(previous, from, line) && line_is_plausible(line)) {
			make_printable(line->text);
			return true;
		}
	}
	return false;
}
